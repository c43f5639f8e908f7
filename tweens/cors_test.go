package tweens_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views/web"
)

const (
	allowOrigin      = "Access-Control-Allow-Origin"
	allowCredentials = "Access-Control-Allow-Credentials"
	allowMethods     = "Access-Control-Allow-Methods"
	allowHeaders     = "Access-Control-Allow-Headers"
	requestedMethod  = "Access-Control-Request-Method"
	requestedHeaders = "Access-Control-Request-Headers"
	requestedNetwork = "Access-Control-Request-Private-Network"
)

func TestCORSOrigins(t *testing.T) {
	t.Parallel()
	h := around(t, tweens.CORS(tweens.CORSOptions{
		Origins: []string{"https://example.org", "https://*.example.com", "http://*.dev.example:8080"},
		OriginFunc: func(r *web.Request, origin string) bool {
			return r.URL.Path == "/" && strings.HasPrefix(origin, "http://localhost:")
		},
		Credentials: true,
		Expose:      []string{"X-Total", "ETag"},
	}), text("hello"))
	for origin, want := range map[string]bool{
		"https://example.org":              true,
		"https://example.org:8443":         false,
		"http://example.org":               false,
		"https://EXAMPLE.org":              false,
		"https://example.org.evil.example": false,
		"https://www.example.org":          false,
		"https://a.example.com":            true,
		"https://a.b-c.example.com":        true,
		"https://example.com":              false,
		"https://.example.com":             false,
		"https://a..example.com":           false,
		"https://evil/.example.com":        false,
		"https://a@b.example.com":          false,
		"https://a:1.example.com":          false,
		"https://aexample.com":             false,
		"https://a.example.com:444":        false,
		"http://x.dev.example:8080":        true,
		"http://x.dev.example":             false,
		"http://localhost:3000":            true,
		"null":                             false,
		"":                                 false,
	} {
		w := send(t, h, "GET", "Origin", origin)
		assert.Equal(t, 200, w.Code)
		assert.Equal(t, "Origin", w.Header().Get("Vary"), origin)
		if want {
			assert.Equal(t, origin, w.Header().Get(allowOrigin))
			assert.Equal(t, "true", w.Header().Get(allowCredentials))
			assert.Equal(t, "X-Total, ETag", w.Header().Get("Access-Control-Expose-Headers"))
		} else {
			assert.Empty(t, w.Header().Get(allowOrigin), origin)
			assert.Empty(t, w.Header().Get(allowCredentials), origin)
		}
	}
	w := send(t, h, "GET")
	assert.Equal(t, "Origin", w.Header().Get("Vary"), "a cache must not use it for requests with an origin")
	w = send(t, h, "GET", "Origin", "https://example.org", "Origin", "https://a.example.com")
	assert.Empty(t, w.Header().Get(allowOrigin), "two origins are invalid")

	all := around(t, tweens.CORS(tweens.CORSOptions{Origins: []string{"*"}}), text("hello"))
	for _, headers := range [][]string{nil, {"Origin", "https://anyone.example"}} {
		w = send(t, all, "GET", headers...)
		assert.Equal(t, "*", w.Header().Get(allowOrigin))
		assert.Empty(t, w.Header().Get("Vary"), "the same for all")
		assert.Empty(t, w.Header().Get(allowCredentials))
	}
}

func TestCORSMistakes(t *testing.T) {
	t.Parallel()
	reg := mustBuild(t, noTweens)
	admit := func(*web.Request, string) bool { return true }
	for _, test := range []struct {
		o    tweens.CORSOptions
		want string
	}{
		{tweens.CORSOptions{}, "cors: no origins: set Origins or OriginFunc"},
		{tweens.CORSOptions{Origins: []string{"*"}, Credentials: true}, "let any page act as the user"},
		{tweens.CORSOptions{Origins: []string{"*", "https://a.example"}}, "leave the others out"},
		{tweens.CORSOptions{Origins: []string{"*"}, OriginFunc: admit}, "leave the others out"},
		{tweens.CORSOptions{Origins: []string{"null"}}, `origin "null": any page can have this origin`},
		{tweens.CORSOptions{Origins: []string{"example.org"}}, "want it as browsers send it"},
		{tweens.CORSOptions{Origins: []string{"https://"}}, "want it as browsers send it"},
		{tweens.CORSOptions{Origins: []string{"https://example.org/"}}, "an origin has only a scheme, a host and a port"},
		{tweens.CORSOptions{Origins: []string{"https://Example.org"}}, "lower case"},
		{tweens.CORSOptions{Origins: []string{"https://example.org:443"}}, "leave out the default port"},
		{tweens.CORSOptions{Origins: []string{"http://example.org:80"}}, "leave out the default port"},
		{tweens.CORSOptions{Origins: []string{"https://a*.example.org"}}, "a star stands for subdomains"},
		{tweens.CORSOptions{Origins: []string{"https://*.*.example.org"}}, "a star stands for subdomains"},
		{tweens.CORSOptions{Origins: []string{"https://*.org"}}, "a whole top-level domain"},
		{tweens.CORSOptions{OriginFunc: admit, Methods: []string{"GE T"}}, `invalid method "GE T"`},
		{tweens.CORSOptions{OriginFunc: admit, Methods: []string{"trace"}}, "no browser lets a page use"},
		{tweens.CORSOptions{OriginFunc: admit, Headers: []string{"X-A", "*"}}, `invalid header "*"`},
		{tweens.CORSOptions{OriginFunc: admit, Expose: []string{"X A"}}, `invalid header "X A"`},
	} {
		_, err := tweens.CORS(test.o).Build(text("x"), reg)
		assert.ErrorContains(t, err, test.want)
	}
	_, err := tweens.CORS(tweens.CORSOptions{Origins: []string{"null"}, Methods: []string{""}}).Build(text("x"), reg)
	assert.ErrorContains(t, err, "null")
	assert.ErrorContains(t, err, `invalid method ""`, "all mistakes at once")
}

func TestCORSPreflight(t *testing.T) {
	t.Parallel()
	const origin = "https://example.org"
	origins := []string{origin}
	called := errors.New("the application was called")
	preflight := []string{"Origin", origin, requestedMethod, "PUT"}
	for _, test := range []struct {
		name    string
		o       tweens.CORSOptions
		main    web.Handler
		headers []string
		status  int
		want    map[string]string
	}{
		{"methods of the options", tweens.CORSOptions{Methods: []string{"GET", "PUT"}, MaxAge: time.Hour}, failing(called), preflight, 204,
			map[string]string{allowMethods: "GET, PUT", "Access-Control-Max-Age": "3600", allowHeaders: "", allowOrigin: origin,
				"Vary": "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"}},
		{"no cache", tweens.CORSOptions{MaxAge: -1}, text("x"), preflight, 204, map[string]string{"Access-Control-Max-Age": "0"}},
		{"methods of the application", tweens.CORSOptions{}, func(r *web.Request) (*web.Response, error) {
			resp := r.Text("a body, too")
			resp.SetHeader("Allow", "DELETE, PUT, OPTIONS")
			return resp, nil
		}, preflight, 204, map[string]string{allowMethods: "DELETE, PUT, OPTIONS", "Content-Length": ""}},
		{"methods of a 405", tweens.CORSOptions{}, failing(web.MethodNotAllowed("GET", "PUT")), preflight, 204, map[string]string{allowMethods: "GET, PUT"}},
		{"authentication", tweens.CORSOptions{}, failing(web.Unauthorized("Basic")), preflight, 204, map[string]string{allowMethods: "PUT"}},
		{"login page", tweens.CORSOptions{}, func(r *web.Request) (*web.Response, error) { return r.Redirect(303, "/login"), nil }, preflight, 204,
			map[string]string{allowMethods: "PUT", "Location": ""}},
		{"failure", tweens.CORSOptions{}, failing(errors.New("boom")), preflight, 204, map[string]string{allowMethods: "PUT"}},
		{"panic", tweens.CORSOptions{}, func(*web.Request) (*web.Response, error) { panic("bang") }, preflight, 204, map[string]string{allowMethods: "PUT"}},
		{"neither", tweens.CORSOptions{}, func(*web.Request) (*web.Response, error) { return nil, nil }, preflight, 204, map[string]string{allowMethods: "PUT"}},
		{"odd method", tweens.CORSOptions{}, text("x"), []string{"Origin", origin, requestedMethod, "BREW"}, 204, map[string]string{allowMethods: "GET, HEAD, POST"}},
		{"other origin", tweens.CORSOptions{}, failing(called), []string{"Origin", "https://stranger.example", requestedMethod, "PUT"}, 403,
			map[string]string{allowMethods: "", allowOrigin: "", "Vary": "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"}},
		{"headers", tweens.CORSOptions{}, text("x"), append(preflight, requestedHeaders, "content-type,x-a"), 204, map[string]string{allowHeaders: "Content-Type"}},
		{"own headers", tweens.CORSOptions{Headers: []string{"X-A", "Authorization"}}, text("x"), append(preflight, requestedHeaders, "x-a"), 204,
			map[string]string{allowHeaders: "X-A, Authorization"}},
		{"no headers", tweens.CORSOptions{Headers: []string{}}, text("x"), append(preflight, requestedHeaders, "x-a"), 204, map[string]string{allowHeaders: ""}},
		{"any headers", tweens.CORSOptions{Headers: []string{"*"}}, text("x"), append(preflight, requestedHeaders, "x-a, authorization", requestedHeaders, "x-b"), 204,
			map[string]string{allowHeaders: "x-a, authorization, x-b"}},
		{"hostile headers", tweens.CORSOptions{Headers: []string{"*"}}, text("x"), append(preflight, requestedHeaders, "x-a\nx: y"), 204, map[string]string{allowHeaders: ""}},
		{"endless headers", tweens.CORSOptions{Headers: []string{"*"}}, text("x"), append(preflight, requestedHeaders, strings.Repeat("a,", 4096)), 204,
			map[string]string{allowHeaders: ""}},
		{"credentials", tweens.CORSOptions{Credentials: true}, text("x"), preflight, 204, map[string]string{allowCredentials: "true"}},
		{"private network", tweens.CORSOptions{PrivateNetwork: true}, text("x"), append(preflight, requestedNetwork, "true"), 204,
			map[string]string{"Access-Control-Allow-Private-Network": "true",
				"Vary": "Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network"}},
		{"no private network", tweens.CORSOptions{}, text("x"), append(preflight, requestedNetwork, "true"), 204, map[string]string{"Access-Control-Allow-Private-Network": ""}},
		{"only OPTIONS", tweens.CORSOptions{}, text("its own response"), []string{"Origin", origin}, 200, map[string]string{allowMethods: "", allowOrigin: origin}},
		{"not from a page", tweens.CORSOptions{}, text("its own response"), []string{requestedMethod, "PUT"}, 200, map[string]string{allowMethods: ""}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.o.Origins = origins
			w := send(t, around(t, tweens.CORS(test.o), test.main), "OPTIONS", test.headers...)
			assert.Equal(t, test.status, w.Code)
			for name, value := range test.want {
				assert.Equal(t, value, w.Header().Get(name), name)
			}
			if test.status == 204 {
				assert.Empty(t, w.Body.String())
			}
		})
	}
}

// The page may read errors too, wherever they become responses.
func TestCORSOfErrors(t *testing.T) {
	t.Parallel()
	cors := tweens.CORS(tweens.CORSOptions{Origins: []string{"https://example.org"}})
	for name, h := range map[string]web.Handler{
		"outside": around(t, cors, around(t, tweens.ErrorViews(plain), failing(web.NotFound("")))),
		"inside":  around(t, tweens.ErrorViews(plain), around(t, cors, failing(web.NotFound("")))),
	} {
		w := send(t, h, "GET", "Origin", "https://example.org")
		assert.Equal(t, http.StatusNotFound, w.Code, name)
		assert.Equal(t, "https://example.org", w.Header().Get(allowOrigin), name)
		assert.Contains(t, w.Header().Get("Vary"), "Origin", name)
	}
}

func FuzzCORSHeaders(f *testing.F) {
	f.Add("https://a.example.org", "PUT", "x-a, x-b")
	f.Add("https://a.example.org\r\nX: y", "P\nUT", "x\n")
	f.Fuzz(func(t *testing.T, origin, method, headers string) {
		h := around(t, tweens.CORS(tweens.CORSOptions{Origins: []string{"https://*.example.org"}, Headers: []string{"*"}}), text("x"))
		w := send(t, h, "OPTIONS", "Origin", origin, requestedMethod, method, requestedHeaders, headers) // never panics or fails
		if w.Header().Get(allowOrigin) != "" {
			assert.True(t, strings.HasPrefix(origin, "https://") && strings.HasSuffix(origin, ".example.org"))
		}
	})
}

func BenchmarkCORS(b *testing.B) {
	for name, headers := range map[string]http.Header{
		"same origin":  {},
		"other origin": {"Origin": {"https://a.example.org"}},
		"preflight":    {"Origin": {"https://a.example.org"}, requestedMethod: {"PUT"}},
	} {
		h := around(b, tweens.CORS(tweens.CORSOptions{Origins: []string{"https://example.org", "https://*.example.org"}, Methods: []string{"PUT"}}), text("x"))
		b.Run(name, func(b *testing.B) {
			hr := request("GET", "/").Request
			hr.Header = headers
			if headers[requestedMethod] != nil {
				hr.Method = "OPTIONS"
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := h(web.Begin(nil, hr)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
