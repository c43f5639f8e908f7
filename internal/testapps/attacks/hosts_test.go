package attacks_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/tweens/ratelimit"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// mirror shows what an application believes about a request.
func mirror(t frameworktest.T, o framework.Options) *frameworktest.App {
	o.Logger = new(frameworktest.Log).Logger()
	config := framework.New(o)
	config.AddRoute("reset", "/reset/{token}")
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		url, err := r.RouteURL("reset", web.Params{"token": "t"})
		return r.Text("mail: " + url), err
	}))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		return r.Text("from " + r.ClientAddr().String() + " by " + r.Scheme()), nil
	}), views.Name("who"))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text("reset"), nil }), views.Route("reset"))
	config.AddTween("security headers", tweens.SecurityHeaders(tweens.SecurityHeadersOptions{}))
	return frameworktest.New(t, config)
}

// Defence: framework.Options.AllowedHosts. No URL, mail or cache entry contains a host that a client
// invented, and a website that points its own name at the application reads nothing.
func TestForeignHostsGetNothing(t *testing.T) {
	t.Parallel()
	mirror(t, framework.Options{AllowedHosts: []string{"wiki.example.com", "*.example.org"}}).Transcript(`
		GET /                                                        -> 200 "mail: http://wiki.example.com/reset/t"
		GET / Host:WIKI.example.com:8080                             -> 200 "mail: http://wiki.example.com:8080/reset/t"
		GET / Host:a.example.org                                     -> 200 "mail: http://a.example.org/reset/t"

		GET / Host:evil.example                                      -> 400
		GET / Host:wiki.example.com.evil.example                     -> 400
		GET / Host:evilwiki.example.com                              -> 400
		GET / Host:wiki.example.com@evil.example                     -> 400
		GET / Host:wiki.example.com:80@evil.example                  -> 400
		GET / "Host:wiki.example.com evil.example"                   -> 400
		GET / Host:evil.example/.example.org                         -> 400
		GET / Host:evil.example#.example.org                         -> 400
		GET / Host:example.org                                       -> 400   # not a subdomain
		GET / Host:192.0.2.1                                         -> 400
		GET / Host:[::1]                                             -> 400
		GET / Host:localhost                                         -> 400
		GET http://evil.example/                                     -> 400
		GET /none Host:evil.example                                  -> 400   # before any route
		OPTIONS / Host:evil.example                                  -> 400
		GET / X-Forwarded-Host:evil.example                          -> 200 "mail: http://wiki.example.com/reset/t"
		GET / Forwarded:host=evil.example                            -> 200 "mail: http://wiki.example.com/reset/t"
		GET / Host:evil.example X-Forwarded-Host:wiki.example.com    -> 400
	`)
}

// Defence: framework.Options.TrustedProxies. Forwarding headers of anyone else are ignored; of a
// trusted proxy, only what it wrote itself counts.
func TestForwardedHeadersOfUntrustedPeers(t *testing.T) {
	t.Parallel()
	mirror(t, framework.Options{TrustedProxies: []string{"10.0.0.0/8"}}).Transcript(`
		GET /who X-Forwarded-For:127.0.0.1                           -> 200 "from 192.0.2.1 by http"
		GET /who Forwarded:for=127.0.0.1;proto=https                 -> 200 "from 192.0.2.1 by http"
		GET /who X-Forwarded-Proto:https                             -> 200 "from 192.0.2.1 by http"
		GET /who X-Real-IP:127.0.0.1                                 -> 200 "from 192.0.2.1 by http"
		GET / X-Forwarded-Prefix://evil.example                      -> 200 "mail: http://example.com/reset/t"
		GET / X-Forwarded-Host:evil.example X-Forwarded-Port:81      -> 200 "mail: http://example.com/reset/t"
	`)
	mirror(t, framework.Options{TrustedProxies: []string{"192.0.2.1"}}).Transcript(`
		GET /who "X-Forwarded-For:127.0.0.1, 203.0.113.9"                 -> 200 "from 203.0.113.9 by http"
		GET /who X-Forwarded-For:127.0.0.1 X-Forwarded-For:203.0.113.9    -> 200 "from 203.0.113.9 by http"
		GET /who "X-Forwarded-For:203.0.113.9, unknown"                   -> 200 "from 192.0.2.1 by http"
		GET /who X-Forwarded-For:203.0.113.9 Forwarded:for=127.0.0.1      -> 200 "from 203.0.113.9 by http"
		GET /who "X-Forwarded-Proto:https, http"                          -> 200 "by http"
		GET / X-Forwarded-Host:evil.example@wiki.example.com              -> 200 "mail: http://example.com/reset/t"
		GET / X-Forwarded-Prefix://evil.example                           -> 200 "mail: http://example.com/reset/t"
		GET / X-Forwarded-Prefix:/../..                                   -> 200 "mail: http://example.com/reset/t"
	`)
	for proto, want := range map[string]bool{"https": false, "": false} {
		h := mirror(t, framework.Options{}).Get("/", frameworktest.Header("X-Forwarded-Proto", proto)).Header
		assert.Equal(t, want, h.Get("Strict-Transport-Security") != "", "a client cannot turn HSTS on")
	}
}

// Defence: rate limits count the address that trusted proxies give. A client cannot become another
// one by a header, nor by another address of its own network.
func TestRateLimitsCannotBeEvaded(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{TrustedProxies: []string{"10.0.0.1"}, Logger: new(frameworktest.Log).Logger()})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text("x"), nil }))
	config.AddTween("rate limit", ratelimit.New(ratelimit.Options{}, ratelimit.Rate{Requests: 1, Per: time.Hour}))
	a := frameworktest.New(t, config)
	visit := func(from string, headers ...string) int {
		hr := httptest.NewRequest("GET", "/", nil)
		hr.RemoteAddr = from
		for at := 0; at < len(headers); at += 2 {
			hr.Header.Add(headers[at], headers[at+1])
		}
		return a.Send(hr).Code
	}
	for _, tt := range []struct {
		from    string
		headers []string
		want    int
	}{
		{"192.0.2.1:1", nil, 200},
		{"192.0.2.1:2", nil, 429},
		{"192.0.2.1:1", []string{"X-Forwarded-For", "1.1.1.1"}, 429},
		{"192.0.2.1:1", []string{"Forwarded", "for=1.1.1.1"}, 429},
		{"[::ffff:192.0.2.1]:1", nil, 429},
		{"[2001:db8::1]:1", nil, 200},
		{"[2001:db8::cafe:2]:1", nil, 429},
		{"10.0.0.1:1", []string{"X-Forwarded-For", "203.0.113.9"}, 200},
		{"10.0.0.1:1", []string{"X-Forwarded-For", "1.1.1.1, 203.0.113.9"}, 429},
		{"10.0.0.1:1", []string{"X-Forwarded-For", "1.1.1.1", "X-Forwarded-For", "203.0.113.9"}, 429},
		{"10.0.0.1:1", []string{"X-Forwarded-For", "203.0.113.9:4711"}, 429},
	} {
		assert.Equal(t, tt.want, visit(tt.from, tt.headers...), "%s %v", tt.from, tt.headers)
	}
}
