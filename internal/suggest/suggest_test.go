package suggest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/internal/suggest"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	names := []string{"json", "string", "page.html", "jsonp"}
	for name, want := range map[string]string{
		"jsno":      "json",
		"JSON":      "",
		"strin":     "string",
		"page.htm":  "page.html",
		"jsonpp":    "jsonp",
		"unrelated": "",
		"x":         "",
		"":          "",
	} {
		assert.Equal(t, want, suggest.Nearest(name, names), name)
	}
	assert.Empty(t, suggest.Nearest("json", nil))
}
