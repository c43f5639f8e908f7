package tweens_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views/web"
)

// securityHeaders returns the headers of the response of main inside the tween.
func securityHeaders(t *testing.T, o tweens.SecurityHeadersOptions, r *web.Request, main web.Handler) http.Header {
	t.Helper()
	resp, err := around(t, tweens.SecurityHeaders(o), main)(r)
	require.NoError(t, err)
	require.NoError(t, web.Drive(r).RunResponseCallbacks(resp))
	return resp.Headers()
}

// secure returns a request over TLS.
func secure(url string) *web.Request {
	hr := httptest.NewRequest("GET", url, nil)
	hr.TLS = new(tls.ConnectionState)
	return web.Begin(nil, hr)
}

func TestSecurityHeadersByDefault(t *testing.T) {
	t.Parallel()
	h := securityHeaders(t, tweens.SecurityHeadersOptions{}, secure("https://example.com/"), text("x"))
	assert.Equal(t, http.Header{
		"Content-Type":                 {"text/plain; charset=utf-8"},
		"Content-Security-Policy":      {"default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"},
		"X-Frame-Options":              {"DENY"},
		"X-Content-Type-Options":       {"nosniff"},
		"Referrer-Policy":              {"same-origin"},
		"Permissions-Policy":           {"bluetooth=(), camera=(), display-capture=(), geolocation=(), hid=(), microphone=(), midi=(), payment=(), serial=(), usb=()"},
		"Strict-Transport-Security":    {"max-age=31536000"},
		"Cross-Origin-Opener-Policy":   {"same-origin"},
		"Cross-Origin-Resource-Policy": {"same-origin"},
	}, h)
}

func TestSecurityHeadersOptions(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		o    tweens.SecurityHeadersOptions
		want map[string]string // "" for none
	}{
		"own pages frame": {tweens.SecurityHeadersOptions{FrameAncestors: []string{"'self'"}, CSP: tweens.CSP{}},
			map[string]string{"Content-Security-Policy": "frame-ancestors 'self'", "X-Frame-Options": "SAMEORIGIN"}},
		"a portal frames": {tweens.SecurityHeadersOptions{FrameAncestors: []string{"'self'", "https://portal.example.com"}, CSP: tweens.CSP{}},
			map[string]string{"Content-Security-Policy": "frame-ancestors 'self' https://portal.example.com", "X-Frame-Options": ""}},
		"reports": {tweens.SecurityHeadersOptions{
			CSP:        tweens.CSP{"default-src": {"'self'"}, "upgrade-insecure-requests": nil, "img-src": {"'self'", "data:"}},
			ReportOnly: tweens.CSP{"script-src": {"'none'"}, "report-to": {"default"}},
			Reporting:  map[string]string{"default": "https://example.com/reports", "b": "https://example.com/b"},
		}, map[string]string{
			"Content-Security-Policy":             "default-src 'self'; frame-ancestors 'none'; img-src 'self' data:; upgrade-insecure-requests",
			"Content-Security-Policy-Report-Only": "report-to default; script-src 'none'",
			"Reporting-Endpoints":                 `b="https://example.com/b", default="https://example.com/reports"`,
		}},
		"others": {tweens.SecurityHeadersOptions{
			ReferrerPolicy: "no-referrer", OpenerPolicy: "unsafe-none", ResourcePolicy: "cross-origin",
			Permissions: tweens.PermissionsPolicy{"geolocation": {"self", "https://maps.example.com"}, "fullscreen": {"*"}, "camera": nil},
		}, map[string]string{
			"Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "unsafe-none", "Cross-Origin-Resource-Policy": "cross-origin",
			"Permissions-Policy": `camera=(), fullscreen=*, geolocation=(self "https://maps.example.com")`,
		}},
		"HSTS": {tweens.SecurityHeadersOptions{HSTS: 2 * 365 * 24 * time.Hour, HSTSSubdomains: true, HSTSPreload: true},
			map[string]string{"Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload"}},
		"no HSTS":        {tweens.SecurityHeadersOptions{HSTS: -1}, map[string]string{"Strict-Transport-Security": ""}},
		"no permissions": {tweens.SecurityHeadersOptions{Permissions: tweens.PermissionsPolicy{}}, map[string]string{"Permissions-Policy": ""}},
		"left out": {tweens.SecurityHeadersOptions{Without: []string{"x-frame-options", "Strict-Transport-Security", "X-Content-Type-Options", "Content-Security-Policy"},
			CSP: tweens.CSP{"script-src": {tweens.Nonce}}},
			map[string]string{"X-Frame-Options": "", "Strict-Transport-Security": "", "X-Content-Type-Options": "", "Content-Security-Policy": "", "Referrer-Policy": "same-origin"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := securityHeaders(t, tt.o, secure("https://example.com/"), text("x"))
			for header, want := range tt.want {
				assert.Equal(t, want, h.Get(header), header)
			}
		})
	}
}

func TestInvalidSecurityHeaders(t *testing.T) {
	t.Parallel()
	for want, o := range map[string]tweens.SecurityHeadersOptions{
		`CSP: img-src: invalid source "'self'; script-src *": want visible ASCII without spaces, commas and semicolons`: {CSP: tweens.CSP{"img-src": {"'self'; script-src *"}}},
		`invalid source "a.example\r\nX-Evil: 1"`:                                    {CSP: tweens.CSP{"img-src": {"a.example\r\nX-Evil: 1"}}},
		`invalid source "'self' data:"`:                                              {CSP: tweens.CSP{"img-src": {"'self' data:"}}},
		`invalid source ""`:                                                          {CSP: tweens.CSP{"img-src": {""}}},
		`invalid source "bücher.example"`:                                            {CSP: tweens.CSP{"img-src": {"bücher.example"}}},
		`unknown directive "script-scr": did you mean "script-src"?`:                 {CSP: tweens.CSP{"script-scr": {"'self'"}}},
		`unknown directive "img-src; script-src"`:                                    {CSP: tweens.CSP{"img-src; script-src": {"*"}}},
		`invalid source "self": without quotes it is a host: want "'self'"`:          {CSP: tweens.CSP{"img-src": {"self"}}},
		`invalid source "'unsafe-inlin'": unknown keyword`:                           {CSP: tweens.CSP{"style-src": {"'unsafe-inlin'"}}},
		`a nonce that is always the same protects from nothing: want tweens.Nonce`:   {CSP: tweens.CSP{"script-src": {"'nonce-abc'"}}},
		`img-src: invalid source "'nonce'": a nonce works only in script-src`:        {CSP: tweens.CSP{"img-src": {tweens.Nonce}}},
		`want the hash in base64`:                                                    {CSP: tweens.CSP{"script-src": {"'sha256-???'"}}},
		`img-src: no sources: want "'none'" to allow nothing`:                        {CSP: tweens.CSP{"img-src": nil}},
		`'none' with other sources has no effect`:                                    {CSP: tweens.CSP{"img-src": {"'none'", "data:"}}},
		`upgrade-insecure-requests: takes no values`:                                 {CSP: tweens.CSP{"upgrade-insecure-requests": {"1"}}},
		`report-to: no values`:                                                       {CSP: tweens.CSP{"report-to": nil}},
		`want a scheme such as data:, or a host`:                                     {CSP: tweens.CSP{"img-src": {"<a>"}}},
		`CSP: report-to: Reporting has no endpoint "default"`:                        {CSP: tweens.CSP{"report-to": {"default"}}},
		`ReportOnly: script-src: invalid source "nonce"`:                             {ReportOnly: tweens.CSP{"script-src": {"nonce"}}},
		`CSP: frame-ancestors: set FrameAncestors`:                                   {CSP: tweens.CSP{"frame-ancestors": {"*"}}},
		`CSP: frame-ancestors: invalid source "none"`:                                {FrameAncestors: []string{"none"}},
		`Reporting: invalid name "A b"`:                                              {Reporting: map[string]string{"A b": "https://example.com/"}},
		`Reporting: invalid URL "http://example.com/" of "a"`:                        {Reporting: map[string]string{"a": "http://example.com/"}},
		`Reporting: invalid URL "https://example.com/\", b=\"" of "a"`:               {Reporting: map[string]string{"a": `https://example.com/", b="`}},
		`ReferrerPolicy: invalid value "never": want one of no-referrer`:             {ReferrerPolicy: "never"},
		`OpenerPolicy: invalid value "x\ny"`:                                         {OpenerPolicy: "x\ny"},
		`ResourcePolicy: invalid value "same"`:                                       {ResourcePolicy: "same"},
		`Permissions: invalid feature "Camera=*"`:                                    {Permissions: tweens.PermissionsPolicy{"Camera=*": {}}},
		`camera: invalid origin "'self'": this header has no quotes`:                 {Permissions: tweens.PermissionsPolicy{"camera": {"'self'"}}},
		`camera: invalid origin "none": want an empty list for nobody`:               {Permissions: tweens.PermissionsPolicy{"camera": {"none"}}},
		`camera: invalid origin "*": it allows everyone: leave the others out`:       {Permissions: tweens.PermissionsPolicy{"camera": {"*", "self"}}},
		`camera: invalid origin "https://a.example/x": want "self", "*" or an`:       {Permissions: tweens.PermissionsPolicy{"camera": {"https://a.example/x"}}},
		`HSTS is off, but HSTSSubdomains or HSTSPreload is set`:                      {HSTS: -1, HSTSSubdomains: true},
		`HSTS of 1ms: want at least a second`:                                        {HSTS: time.Millisecond},
		`HSTSPreload needs HSTSSubdomains and at least 365 days`:                     {HSTSPreload: true, HSTSSubdomains: true, HSTS: time.Hour},
		`Without: "X-Powered-By" is not a header of this tween: want one of Content`: {Without: []string{"X-Powered-By"}},
	} {
		_, err := build(func(c *registry.Config) { tweens.Add(c, "security headers", tweens.SecurityHeaders(o)) })
		require.NoError(t, err)
		reg := mustBuild(t, func(c *registry.Config) { tweens.Add(c, "security headers", tweens.SecurityHeaders(o)) })
		_, err = tweens.Chain(reg, text("x"))
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, `tween "security headers": security headers: `)
	}
}

// What a response has of its own stays, even if it is empty, except for what concerns the whole
// application.
func TestOwnSecurityHeaders(t *testing.T) {
	t.Parallel()
	own := func(r *web.Request) (*web.Response, error) {
		resp := r.Text("x")
		resp.SetHeader("Content-Security-Policy", "default-src 'none'")
		resp.SetHeader("Referrer-Policy", "")
		resp.SetHeader("X-Content-Type-Options", "sniff")
		resp.SetHeader("Strict-Transport-Security", "max-age=0")
		return resp, nil
	}
	for _, csp := range []tweens.CSP{nil, {"script-src": {tweens.Nonce}}} {
		h := securityHeaders(t, tweens.SecurityHeadersOptions{CSP: csp}, secure("https://example.com/"), own)
		assert.Equal(t, []string{"default-src 'none'"}, h["Content-Security-Policy"])
		assert.Equal(t, []string{""}, h["Referrer-Policy"])
		assert.Equal(t, []string{"nosniff"}, h["X-Content-Type-Options"])
		assert.Equal(t, []string{"max-age=31536000"}, h["Strict-Transport-Security"])
		assert.Equal(t, []string{"DENY"}, h["X-Frame-Options"])
	}

	inner := around(t, tweens.SecurityHeaders(tweens.SecurityHeadersOptions{CSP: tweens.CSP{"img-src": {"*"}}, FrameAncestors: []string{"'self'"}}), text("x"))
	h := securityHeaders(t, tweens.SecurityHeadersOptions{}, secure("https://example.com/"), inner)
	assert.Equal(t, []string{"frame-ancestors 'self'; img-src *"}, h["Content-Security-Policy"])
	assert.Equal(t, []string{"SAMEORIGIN"}, h["X-Frame-Options"])
}

func TestHSTSOnlyOverTLS(t *testing.T) {
	t.Parallel()
	trusted, err := web.ParseTrustedProxies([]string{"192.0.2.1"})
	require.NoError(t, err)
	for name, tt := range map[string]struct {
		url, proto string
		trusted    web.TrustedProxies
		want       bool
	}{
		"TLS":                       {"https://example.com/", "", nil, true},
		"plain":                     {"http://example.com/", "", nil, false},
		"a client's word":           {"http://example.com/", "https", nil, false},
		"a proxy's word":            {"http://example.com/", "https", trusted, true},
		"a proxy of a plain client": {"https://example.com/", "http", trusted, false},
		"localhost":                 {"https://localhost:8443/", "", nil, false},
		"below localhost":           {"https://wiki.localhost/", "", nil, false},
		"not localhost":             {"https://notlocalhost/", "", nil, true},
	} {
		hr := httptest.NewRequest("GET", tt.url, nil)
		if !strings.HasPrefix(tt.url, "https:") {
			hr.TLS = nil
		}
		if tt.proto != "" {
			hr.Header.Set("X-Forwarded-Proto", tt.proto)
		}
		h := securityHeaders(t, tweens.SecurityHeadersOptions{}, web.Begin(&web.Application{Trusted: tt.trusted}, hr), text("x"))
		assert.Equal(t, tt.want, h.Get("Strict-Transport-Security") != "", name)
	}
}

func TestCSPNonce(t *testing.T) {
	t.Parallel()
	o := tweens.SecurityHeadersOptions{
		CSP:        tweens.CSP{"script-src": {tweens.Nonce, "'strict-dynamic'"}, "style-src": {"'self'", tweens.Nonce}},
		ReportOnly: tweens.CSP{"script-src": {tweens.Nonce}},
	}
	seen := map[string]bool{}
	for range 100 {
		nonce := ""
		r := secure("https://example.com/")
		h := securityHeaders(t, o, r, func(r *web.Request) (*web.Response, error) {
			nonce = tweens.CSPNonce(r.WithContext(t.Context()))
			return r.HTML(`<script nonce="` + nonce + `">`), nil
		})
		assert.Regexp(t, `^[A-Za-z0-9_-]{22}$`, nonce)
		assert.False(t, seen[nonce], "the nonce of another request")
		seen[nonce] = true
		assert.Equal(t, nonce, tweens.CSPNonce(r))
		assert.Equal(t, "frame-ancestors 'none'; script-src 'nonce-"+nonce+"' 'strict-dynamic'; style-src 'self' 'nonce-"+nonce+"'",
			h.Get("Content-Security-Policy"))
		assert.Equal(t, "script-src 'nonce-"+nonce+"'", h.Get("Content-Security-Policy-Report-Only"))
	}

	notModified := func(r *web.Request) (*web.Response, error) { return r.Empty(http.StatusNotModified), nil }
	h := securityHeaders(t, o, secure("https://example.com/"), notModified)
	assert.NotContains(t, h, "Content-Security-Policy", "the page in the cache has another nonce")
	assert.Contains(t, h, "X-Frame-Options")
	h = securityHeaders(t, tweens.SecurityHeadersOptions{}, secure("https://example.com/"), notModified)
	assert.Contains(t, h, "Content-Security-Policy")
}

// Whatever the sources are, the header is one line, and each source is in its directive alone.
func FuzzCSP(f *testing.F) {
	f.Add("img-src", "'self'", "https://a.example:8080/path")
	f.Add("script-src", "'nonce'", "a;b")
	f.Add("sandbox", "allow-forms", "\r\n")
	token := regexp.MustCompile(`^[!-+\--:<-~]+$`)
	f.Fuzz(func(t *testing.T, directive, a, b string) {
		o := tweens.SecurityHeadersOptions{CSP: tweens.CSP{directive: {a, b}}, Reporting: map[string]string{"a": "https://a.example/"}}
		h, err := tweens.SecurityHeaders(o).Build(text("x"), mustBuild(t, noTweens))
		if err != nil {
			return
		}
		resp, err := h(request("GET", "/"))
		require.NoError(t, err)
		parts := strings.Split(resp.Header("Content-Security-Policy"), "; ")
		require.Len(t, parts, 2)
		for _, part := range parts {
			for word := range strings.SplitSeq(part, " ") {
				require.Regexp(t, token, word)
			}
		}
	})
}

func BenchmarkSecurityHeaders(b *testing.B) {
	for name, o := range map[string]tweens.SecurityHeadersOptions{
		"default": {}, "nonce": {CSP: tweens.CSP{"script-src": {tweens.Nonce}}},
	} {
		b.Run(name, func(b *testing.B) {
			h := around(b, tweens.SecurityHeaders(o), text("x"))
			hr := httptest.NewRequest("GET", "/", nil)
			b.ReportAllocs()
			for b.Loop() {
				r := web.Begin(nil, hr)
				resp, err := h(r)
				if err != nil {
					b.Fatal(err)
				}
				_ = web.Drive(r).RunResponseCallbacks(resp)
			}
		})
	}
}
