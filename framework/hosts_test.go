package framework_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// showURL responds with the URL of the application.
func showURL(r *framework.Request) (*framework.Response, error) {
	return r.Text(r.ApplicationURL()), nil
}

func TestAllowedHosts(t *testing.T) {
	t.Parallel()
	const direct, proxy = "198.51.100.1:1", "10.0.0.1:1"
	for name, tt := range map[string]struct {
		from, host string
		headers    []string
		want       string // "" for 400
	}{
		"an allowed host":                      {direct, "example.com", nil, "http://example.com"},
		"on any port":                          {direct, "Example.com:8080", nil, "http://example.com:8080"},
		"a subdomain":                          {direct, "wiki.example.org", nil, "http://wiki.example.org"},
		"the domain of the subdomains":         {direct, "example.org", nil, ""},
		"a foreign host":                       {direct, "evil.example", nil, ""},
		"a host that ends alike":               {direct, "evil-example.com", nil, ""},
		"a host with user information":         {direct, "example.com:80@evil.example", nil, ""},
		"no host":                              {direct, "", nil, ""},
		"an address":                           {direct, "192.0.2.1", nil, ""},
		"a client that poses as a proxy":       {direct, "evil.example", []string{"X-Forwarded-Host", "example.com"}, ""},
		"a client that names another host":     {direct, "example.com", []string{"X-Forwarded-Host", "evil.example"}, "http://example.com"},
		"the host that a proxy gives":          {proxy, "internal", []string{"X-Forwarded-Host", "example.com"}, "http://example.com"},
		"a foreign host that a proxy gives":    {proxy, "example.com", []string{"X-Forwarded-Host", "evil.example"}, ""},
		"Forwarded":                            {proxy, "internal", []string{"Forwarded", "for=192.0.2.9;host=example.com;proto=https"}, "https://example.com"},
		"a foreign host in Forwarded":          {proxy, "example.com", []string{"Forwarded", "for=192.0.2.9;host=evil.example"}, ""},
		"a proxy that gives no host":           {proxy, "example.com", []string{"X-Forwarded-For", "192.0.2.9"}, "http://example.com"},
		"a foreign port makes no foreign host": {proxy, "example.com", []string{"X-Forwarded-Host", "example.com:1"}, "http://example.com:1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := quiet(framework.Options{AllowedHosts: []string{"example.com", "*.example.org"}, TrustedProxies: []string{"10.0.0.0/8"}})
			config.AddView(views.Func(showURL))
			config.AddRoute("deep", "/deep")
			config.AddView(views.Func(showURL), views.Route("deep"))
			var seen []string
			config.AddTween("watch", tweens.Wrap(func(next web.Handler) web.Handler {
				return func(r *framework.Request) (*framework.Response, error) {
					seen = append(seen, r.ApplicationURL(), r.ClientAddr().String())
					return next(r)
				}
			}))
			registry.Subscribe(config, func(e *web.NewRequest) error {
				seen = append(seen, "routed")
				return nil
			})
			app := frameworktest.New(t, config)
			for _, path := range []string{"/", "/deep"} {
				seen = nil
				hr := httptest.NewRequest("GET", path, nil)
				hr.Host, hr.RemoteAddr = tt.host, tt.from
				client := "198.51.100.1"
				if tt.from == proxy {
					client = "10.0.0.1"
				}
				for at := 0; at < len(tt.headers); at += 2 {
					hr.Header.Set(tt.headers[at], tt.headers[at+1])
					if tt.from == proxy && strings.Contains(tt.headers[at+1], "192.0.2.9") {
						client = "192.0.2.9"
					}
				}
				before := hr.Header.Clone()
				got := app.Send(hr)
				assert.Equal(t, before, hr.Header, "the request of net/http stays as it is")
				if tt.want == "" {
					got.Status(http.StatusBadRequest)
					assert.Equal(t, []string{"http://localhost", client}, seen, "tweens see no host, and the router nothing")
					continue
				}
				assert.Equal(t, tt.want, got.Status(http.StatusOK).Body)
				assert.Equal(t, []string{tt.want, client, "routed"}, seen)
			}
		})
	}
}

// A request for a foreign host is logged and counted, error views respond to it, and its response
// has the headers of every response.
func TestForeignHostsPassTheTweens(t *testing.T) {
	t.Parallel()
	log := new(frameworktest.Log)
	config := framework.New(framework.Options{AllowedHosts: []string{"example.com"}, Logger: log.Logger()})
	config.AddView(views.Func(sayHello))
	config.AddErrorView(views.ErrorStatus(400, 400, func(r *framework.Request, _ error) (*framework.Response, error) {
		return r.Text("a page of its own: " + r.ApplicationURL()), nil
	}))
	config.AddTween("request id", tweens.RequestID())
	config.AddTween("access log", tweens.AccessLog(tweens.AccessLogOptions{}))
	app := frameworktest.New(t, config)
	got := app.Get("/", frameworktest.Header("Host", "evil.example")).Status(http.StatusBadRequest)
	assert.Equal(t, "a page of its own: http://localhost", got.Body)
	assert.NotEmpty(t, got.Header.Get("X-Request-Id"))
	require.Len(t, log.Lines(), 1)
	assert.EqualValues(t, http.StatusBadRequest, log.Lines()[0]["status"])
}

// No tween can respond to a foreign host in place of the router, other than with an error.
func TestTweensDoNotRespondToForeignHosts(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		respond web.Handler
		want    int
	}{
		"a cache":    {func(r *web.Request) (*web.Response, error) { return r.Text("cached"), nil }, 400},
		"a redirect": {func(r *web.Request) (*web.Response, error) { return r.Redirect(301, "https://example.com/"), nil }, 400},
		"a stream": {func(r *web.Request) (*web.Response, error) {
			resp := r.Empty(200)
			resp.SetStream(func(web.StreamWriter) error { panic("sent") })
			return resp, nil
		}, 400},
		"maintenance":    {func(r *web.Request) (*web.Response, error) { return r.Empty(503), nil }, 503},
		"a late error":   {func(*web.Request) (*web.Response, error) { return nil, web.Conflict("") }, 409},
		"a plain error":  {func(*web.Request) (*web.Response, error) { return nil, errors.New("broken") }, 500},
		"a panic":        {func(*web.Request) (*web.Response, error) { panic("broken") }, 500},
		"nothing at all": {func(*web.Request) (*web.Response, error) { return nil, nil }, 500},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := quiet(framework.Options{AllowedHosts: []string{"example.com"}})
			config.AddTween("instead", instead(tt.respond))
			got := frameworktest.New(t, config).Get("/", frameworktest.Header("Host", "evil.example")).Status(tt.want)
			assert.NotContains(t, got.Body, "cached")
		})
	}
}

// The program's own requests need no host of the application.
func TestOwnRequestsAndHosts(t *testing.T) {
	t.Parallel()
	config := quiet(framework.Options{AllowedHosts: []string{"*.example.com", "wiki.example.com:8443"}})
	config.AddView(views.Func(showURL), views.Name("url"))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		sub, err := http.NewRequest("GET", "http://elsewhere/url", nil)
		if err != nil {
			return nil, err
		}
		return r.SubrequestWithTweens(sub)
	}))
	app := frameworktest.New(t, config)
	assert.Equal(t, "wiki.example.com:8443", app.Host())
	assert.Equal(t, "http://wiki.example.com:8443", app.Get("/url").Status(200).Body, "frameworktest uses the host")
	assert.Equal(t, "http://elsewhere", app.Get("/").Status(200).Body)
	r, done, err := app.Prepare(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, "http://wiki.example.com:8443", r.ApplicationURL())
	require.NoError(t, done())
}

func TestHostsAreConfiguration(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{AllowedHosts: []string{"https://example.com", "*"}})
	_, err := config.App()
	require.ErrorContains(t, err, "hosts_test.go:")
	require.ErrorContains(t, err, `allowed hosts: invalid host "https://example.com": want a host without scheme and path`)
	require.ErrorContains(t, err, `invalid host "*": a star stands for subdomains`)

	config = quiet(framework.Options{AllowedHosts: []string{"example.com"}})
	config.AddView(views.Func(showURL))
	config.Commit()
	config.SetAllowedHosts()
	app := frameworktest.New(t, config)
	assert.Empty(t, app.Host())
	app.Get("/", frameworktest.Header("Host", "evil.example")).Status(200)
}

func BenchmarkAllowedHosts(b *testing.B) {
	for name, patterns := range map[string][]string{"none": nil, "exact": {"example.com"}, "subdomains": {"*.example.org", ".example.com"}} {
		b.Run(name, func(b *testing.B) {
			log := zerolog.Nop()
			config := framework.New(framework.Options{AllowedHosts: patterns, Logger: &log})
			config.AddView(views.Func(sayHello))
			app := build(b, config)
			hr := httptest.NewRequestWithContext(context.Background(), "GET", "/", nil)
			w := &writer{header: http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				app.ServeHTTP(w, hr)
			}
		})
	}
}

// A refused request leaves nothing behind for the one that uses its memory again.
func TestRefusedHostsAndRecycledRequests(t *testing.T) {
	t.Parallel()
	config := quiet(framework.Options{AllowedHosts: []string{"example.com"}, RecycleRequests: true})
	config.AddView(views.Func(showURL))
	config.AddTween("security headers", tweens.SecurityHeaders(tweens.SecurityHeadersOptions{CSP: tweens.CSP{"script-src": {tweens.Nonce}}}))
	app := build(t, config)
	policies := map[string]bool{}
	for i := range 200 {
		hr := httptest.NewRequest("GET", "/", nil)
		want := http.StatusOK
		if i%2 == 0 {
			hr.Host, want = "evil.example", http.StatusBadRequest
		}
		w := httptest.NewRecorder()
		app.ServeHTTP(w, hr)
		require.Equal(t, want, w.Code)
		if want == http.StatusOK {
			require.Equal(t, "http://example.com", w.Body.String())
		}
		policies[w.Header().Get("Content-Security-Policy")] = true
	}
	assert.Len(t, policies, 200, "each request has a nonce of its own")
}
