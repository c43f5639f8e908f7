package redirect_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/internal/redirect"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestTo(t *testing.T) {
	t.Parallel()
	r := web.Begin(&web.Application{}, httptest.NewRequest(http.MethodGet, "/a?q=1&r=2", nil))
	resp := redirect.To(r, http.StatusPermanentRedirect, "/a/")
	assert.Equal(t, http.StatusPermanentRedirect, resp.Status())
	assert.Equal(t, "/a/?q=1&r=2", resp.Header("Location"))
	assert.Nil(t, redirect.To(r, http.StatusPermanentRedirect, "/%zz/"))
}

// A location that a browser resolves on the page itself stays on its host.
func FuzzSameHost(f *testing.F) {
	for _, seed := range []string{"/a/", "//evil.example/", "/\\evil.example/", "/%2Fevil.example/", "/a%20b/%C3%A4/", "/%00", "/a:b@c/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, escaped string) {
		location, ok := redirect.SameHost("", "/"+escaped)
		if !ok {
			return
		}
		at, err := (&url.URL{Scheme: "https", Host: "here.example"}).Parse(location)
		require.NoError(t, err)
		require.Equal(t, "here.example", at.Host)
		require.NotContains(t, location, "\\")
	})
}
