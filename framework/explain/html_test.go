package explain_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWriteHTMLShowsWhatTheTextShows(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	require.NoError(t, sample().WriteHTML(&b))
	page := b.String()
	for _, unsafe := range []string{"<script", "<b>", "<i>", "http:", "https:"} {
		assert.NotContains(t, page, unsafe)
	}
	for _, text := range []string{
		"403 Forbidden", "denied", "too late", "user: <code>ann", "<code>&lt;group&gt;</code>", "denied by entry 2 of /a: deny &lt;group&gt; *", "&lt;b&gt;note", "stopped at views", "not of the tweens above", "matched with year=&#34;&lt;i&gt;&#34;",
		"an earlier route matched first", "not a container", "does not hold", "not ann", "app.go:8", `class="outcome poor"`, `<li class="wrong"><code>view 2`,
	} {
		assert.Contains(t, page, text)
	}
}
