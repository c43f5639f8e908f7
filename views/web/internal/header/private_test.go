package header_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/views/web/internal/header"
)

func TestPrivate(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		lines []string
		want  string
	}{
		{nil, "private"},
		{[]string{"public, max-age=60"}, "private, max-age=60"},
		{[]string{"Public,S-MaxAge=60,immutable", "", ",,"}, "private, immutable"},
		{[]string{"max-age=1", "public"}, "private, max-age=1"},
		{[]string{`private="X-A, \", Set-Cookie", no-cache="a, public"`}, `private, no-cache="a, public"`},
		{[]string{"no-store, public"}, "no-store"},
		{[]string{"private"}, "private"},
	} {
		assert.Equal(t, tc.want, header.Private(tc.lines), "%q", tc.lines)
		h := http.Header{"Cache-Control": tc.lines, "Cdn-Cache-Control": {"max-age=9"}, "Surrogate-Control": {"max-age=9"}, "X": {"y"}}
		header.KeepPrivate(h)
		assert.Equal(t, http.Header{"Cache-Control": {tc.want}, "X": {"y"}}, h)
	}
}
