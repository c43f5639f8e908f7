package views_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// slashed are routes that match every path with a slash at its end.
type slashed struct{ routeNames }

func (slashed) LacksSlash(escaped string) bool { return !strings.HasSuffix(escaped, "/") }

func TestAppendSlash(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		c.Commit()
		provideRoutes(c, slashed{})
		views.AddNotFound(c, say("nothing here"), views.AppendSlash())
	})
	for target, location := range map[string]string{
		"/a":                     "/a/",
		"/a?b=c&d":               "/a/?b=c&d",
		"/a%2Fb":                 "/a%2Fb/",
		"/%C3%BC%20x":            "/%C3%BC%20x/",
		"/a/":                    "",
		"//evil.example.com":     "/.//evil.example.com/",
		"/%5Cevil.example.com":   "/%5Cevil.example.com/",
		"/%0D%0ASet-Cookie:%20a": "/%0D%0ASet-Cookie:%20a/",
	} {
		hr := httptest.NewRequest(http.MethodPost, "/", nil)
		u, err := hr.URL.Parse("http://example.com")
		require.NoError(t, err)
		path, query, _ := strings.Cut(target, "?")
		u.RawQuery, u.RawPath = query, path
		u.Path = strings.NewReplacer("%2F", "/", "%C3%BC%20", "ü ", "%5C", "\\", "%0D%0A", "\r\n", "%20", " ").Replace(path)
		hr.URL, hr.RequestURI = u, target
		r := web.Begin(&web.Application{Registry: reg}, hr)
		resp, handled, err := views.TableOf(reg).CallError(r, web.NotFound(""))
		require.NoError(t, err)
		require.True(t, handled)
		assert.Equal(t, location, resp.Header("Location"), target)
		if location == "" {
			assert.Equal(t, http.StatusNotFound, resp.Status())
		} else {
			assert.Equal(t, http.StatusTemporaryRedirect, resp.Status())
		}
	}
}

func TestAppendSlashIsForNotFoundViews(t *testing.T) {
	t.Parallel()
	got := refused(t, func(c *registry.Config) {
		views.AddForbidden(c, say("403"), views.AppendSlash())
		views.AddNotFound(c, say("404"), views.AppendSlash(200))
	})
	assert.Contains(t, got, "AddForbiddenView: the option append_slash=307 is for AddNotFoundView")
	assert.Contains(t, got, "views.AppendSlash([200]): invalid redirect: want one of [301 302 303 307 308]")
}
