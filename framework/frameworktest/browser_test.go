package frameworktest_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/views"
)

// A browser for tests that kept cookies which browsers ignore would let tests pass for a login that
// works nowhere; one that sent them where they do not belong would hide a leak.
func TestBrowserIgnoresWhatBrowsersIgnore(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		resp := r.Text("")
		resp.AddHeader("Set-Cookie", r.URL.Query().Get("c"))
		return resp, nil
	}), views.Name("set"))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		return r.Text(strings.Join(r.Request.Header["Cookie"], "|")), nil
	}))
	app := frameworktest.New(t, config)
	for cookie, kept := range map[string]bool{
		"a=1": true, "a=1; Secure": true, "a=1; HttpOnly; SameSite=Lax; Path=/": true,
		"__Host-a=1; Secure; Path=/":                       true,
		"__Host-a=1; Path=/":                               false,
		"__Host-a=1; Secure; Path=/set":                    false,
		"__Host-a=1; Secure":                               false, // its path is that of the page
		"__Host-a=1; Secure; Path=/; Domain=example.com":   false,
		"__host-a=1; Path=/":                               false,
		"__Secure-a=1; Secure; Domain=example.com; Path=/": true,
		"__Secure-a=1":                                     false,
		"a=1; SameSite=None":                               false,
		"a=1; SameSite=None; Secure":                       true,
		"a=1; Domain=evil.example":                         false,
		"a=1; Domain=com":                                  false,
		"a=1; Domain=.example.com":                         true,
		"a=" + strings.Repeat("x", 4096):                   false,
		"a=" + strings.Repeat("x", 4095):                   true,
	} {
		b := app.Browser()
		b.Get("/set?c=" + url.QueryEscape(cookie))
		assert.Equal(t, kept, b.Get("/").Body != "", "%.80s", cookie)
		assert.Empty(t, b.Get("https://evil.example/").Body, "%.80s", cookie)
		if strings.Contains(cookie, "Secure") {
			assert.Empty(t, b.Get("http://example.com/").Body, "%.80s", cookie)
		}
		plain := app.Browser()
		plain.Get("http://example.com/set?c=" + url.QueryEscape(cookie))
		assert.Equal(t, kept && !strings.Contains(cookie, "Secure"), plain.Get("/").Body != "", "over plain http: %.80s", cookie)
	}
}
