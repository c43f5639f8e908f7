package security_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"html/template"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// csrfSessions are sessions in memory, each known by the value of the cookie "sid".
type csrfSessions struct {
	mu  sync.Mutex
	all map[string]*csrfSession
	err error
}

func (f *csrfSessions) Session(r *web.Request) (web.Session, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return nil, f.err
	}
	id := ""
	if c, err := r.Request.Cookie("sid"); err == nil {
		id = c.Value
	}
	if f.all == nil {
		f.all = map[string]*csrfSession{}
	}
	if f.all[id] == nil {
		f.all[id] = &csrfSession{values: map[string][]byte{}}
	}
	return f.all[id], nil
}

// csrfSession has what tokens need of a session.
type csrfSession struct {
	web.Session
	mu     sync.Mutex
	values map[string][]byte
}

func (s *csrfSession) Get(name string, into any) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text, ok := s.values[name]
	if !ok {
		return false, nil
	}
	return true, json.Unmarshal(text, into)
}

func (s *csrfSession) Set(name string, value any) (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values[name], err = json.Marshal(value)
	return err
}

func (s *csrfSession) Renew() {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.values, web.CSRFTokenKey)
}

// protected is an application whose views are checked, but for "hook".
func protected(t *testing.T, policy web.CSRFPolicy, o framework.Options) *frameworktest.App {
	o.CSRF = policy
	if o.Sessions == nil {
		o.Sessions = &csrfSessions{}
	}
	if o.Security == nil {
		o.Security = frameworktest.Policy{}
	}
	config := framework.New(o)
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text("done"), nil }))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text("hook"), nil }),
		views.Name("hook"), views.CSRF(false))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		text, err := security.CSRFToken(r)
		return r.Text(text), err
	}), views.Name("token"))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		return r.Text("in"), r.Remember("alice")
	}), views.Name("login"))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		form, err := r.Parameters()
		if err != nil {
			return nil, err
		}
		text, _ := form.Get("text")
		return r.Text(text), nil
	}), views.Name("form"))
	return frameworktest.New(t, config)
}

// ask sends a request over https, from a page of the application unless headers say otherwise.
// Headers are names and values in turn; an empty value removes one.
func ask(app http.Handler, method, path, body string, headers ...string) (int, string, http.Header) {
	hr := httptest.NewRequest(method, "https://example.com"+path, strings.NewReader(body))
	hr.Header.Set("Origin", "https://example.com")
	hr.AddCookie(&http.Cookie{Name: "sid", Value: "mine"})
	if body != "" {
		hr.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(headers); i += 2 {
		switch {
		case headers[i] == "Host":
			hr.Host = headers[i+1]
		case headers[i+1] == "":
			hr.Header.Del(headers[i])
		default:
			hr.Header.Set(headers[i], headers[i+1])
		}
	}
	w := httptest.NewRecorder()
	app.ServeHTTP(w, hr)
	return w.Code, w.Body.String(), w.Result().Header
}

func tokenFor(t *testing.T, app http.Handler, sid string) string {
	code, text, _ := ask(app, "GET", "/token", "", "Cookie", "sid="+sid)
	require.Equal(t, 200, code)
	require.NotEmpty(t, text)
	return text
}

func TestCSRFToken(t *testing.T) {
	t.Parallel()
	app := protected(t, security.NewCSRF(security.CSRFOptions{}), framework.Options{})
	mine, theirs := tokenFor(t, app, "mine"), tokenFor(t, app, "theirs")
	field := url.Values{"csrf_token": {mine}}.Encode()
	for name, tt := range map[string]struct {
		method, path, body string
		headers            []string
		status             int
	}{
		"header":                      {"POST", "/", "", []string{"X-CSRF-Token", mine}, 200},
		"form field":                  {"POST", "/", field, nil, 200},
		"form field of a PUT":         {"PUT", "/", field, nil, 200},
		"the view reads the form":     {"POST", "/form", field + "&text=hello", nil, 200},
		"a safe method":               {"GET", "/", "", nil, 200},
		"HEAD":                        {"HEAD", "/", "", nil, 200},
		"OPTIONS":                     {"OPTIONS", "/", "", nil, 200},
		"an exempt view":              {"POST", "/hook", "", nil, 200},
		"no view":                     {"POST", "/nothing", "", nil, 404},
		"no token":                    {"POST", "/", "", nil, 400},
		"an empty token":              {"POST", "/", "csrf_token=", nil, 400},
		"DELETE":                      {"DELETE", "/", "", nil, 400},
		"an unknown method":           {"FROB", "/", "", nil, 400},
		"a method in lower case":      {"get", "/", "", nil, 400},
		"QUERY":                       {"QUERY", "/", "", nil, 400},
		"an override of the method":   {"POST", "/?_method=GET", "", []string{"X-HTTP-Method-Override", "GET"}, 400},
		"in the query":                {"POST", "/?" + field, "", nil, 400},
		"in the query, beside a form": {"POST", "/?" + field, "a=b", nil, 400},
		"in the form, the query lies": {"POST", "/?csrf_token=wrong", field, nil, 200},
		"a token in another field":    {"POST", "/", "token=" + mine, nil, 400},
		"a wrong header decides":      {"POST", "/", field, []string{"X-CSRF-Token", "wrong"}, 400},
		"an empty header does not":    {"POST", "/", field, []string{"X-CSRF-Token", ""}, 200},
		"of another session":          {"POST", "/", "", []string{"X-CSRF-Token", theirs}, 400},
		"without a session":           {"POST", "/", "", []string{"X-CSRF-Token", mine, "Cookie", ""}, 400},
		"with a line break":           {"POST", "/", url.Values{"csrf_token": {mine[:10] + "\n" + mine[10:]}}.Encode(), nil, 400},
		"in a form of another type":   {"POST", "/", field, []string{"Content-Type", "text/plain"}, 400},
		"a JSON body":                 {"POST", "/", `{"csrf_token":"` + mine + `"}`, []string{"Content-Type", "application/json"}, 400},
		"a form that cannot be read":  {"POST", "/", "csrf_token=%FF", nil, 400},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, body, _ := ask(app, tt.method, tt.path, tt.body, tt.headers...)
			assert.Equal(t, tt.status, status, body)
			if tt.path == "/form" {
				assert.Equal(t, "hello", body)
			}
		})
	}
}

// A token that was changed in any bit is refused.
func TestCSRFTokenChangedBitByBit(t *testing.T) {
	t.Parallel()
	app := protected(t, security.NewCSRF(security.CSRFOptions{}), framework.Options{})
	good := tokenFor(t, app, "mine")
	refused := func(text string) {
		t.Helper()
		status, _, _ := ask(app, "POST", "/", "", "X-CSRF-Token", text)
		assert.Equal(t, 400, status, text)
	}
	raw, err := base64.RawURLEncoding.DecodeString(good)
	require.NoError(t, err)
	for i := range raw {
		for bit := range 8 {
			changed := bytes.Clone(raw)
			changed[i] ^= 1 << bit
			refused(base64.RawURLEncoding.EncodeToString(changed))
		}
	}
	for i := range good { // also the bits of the text that encode nothing
		for _, c := range "AZaz09-_=+/ " {
			if byte(c) != good[i] {
				refused(good[:i] + string(c) + good[i+1:])
			}
		}
		refused(good[:i])
	}
	for _, text := range []string{good + "A", good + "=", good + good, strings.Repeat("A", len(good)), "A", good[len(good)/2:]} {
		refused(text)
	}
	status, _, _ := ask(app, "POST", "/", "", "X-CSRF-Token", good)
	assert.Equal(t, 200, status)
}

// Each response gets other text for the same token, and all of it works.
func TestCSRFTokenIsMasked(t *testing.T) {
	t.Parallel()
	sessions := &csrfSessions{}
	app := protected(t, security.NewCSRF(security.CSRFOptions{}), framework.Options{Sessions: sessions})
	seen := map[string]bool{}
	for range 20 {
		text := tokenFor(t, app, "mine")
		assert.False(t, seen[text])
		seen[text] = true
		status, _, _ := ask(app, "POST", "/", "", "X-CSRF-Token", text)
		assert.Equal(t, 200, status)
	}
	var kept string
	_, err := sessions.all["mine"].Get(web.CSRFTokenKey, &kept)
	require.NoError(t, err)
	for text := range seen {
		assert.NotContains(t, text, kept)
	}
	status, _, _ := ask(app, "POST", "/", "", "X-CSRF-Token", kept)
	assert.Equal(t, 400, status, "what the session keeps is not for clients")
}

func TestCSRFTokenInMultipartForm(t *testing.T) {
	t.Parallel()
	app := protected(t, security.NewCSRF(security.CSRFOptions{}), framework.Options{})
	for token, want := range map[string]int{tokenFor(t, app, "mine"): 200, "wrong": 400, "": 400} {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		require.NoError(t, form.WriteField("csrf_token", token))
		file, err := form.CreateFormFile("upload", "a.txt")
		require.NoError(t, err)
		_, _ = io.WriteString(file, strings.Repeat("x", 100_000))
		require.NoError(t, form.WriteField("text", "hello"))
		require.NoError(t, form.Close())
		status, text, _ := ask(app, "POST", "/form", body.String(), "Content-Type", form.FormDataContentType())
		assert.Equal(t, want, status)
		if want == 200 {
			assert.Equal(t, "hello", text, "the view can still read the form")
		}
	}
}

// The headers say which page has sent the request.
func TestCSRFOrigin(t *testing.T) {
	t.Parallel()
	trusted := []string{"partner.org", "api.partner.org:8443", ".friends.net", "http://old.example.com"}
	app := protected(t, security.NewCSRF(security.CSRFOptions{TrustedOrigins: trusted}), framework.Options{})
	lax := protected(t, security.NewCSRF(security.CSRFOptions{TrustedOrigins: []string{"null"}, AllowNoOrigin: true}), framework.Options{})
	for name, tt := range map[string]struct {
		app     *frameworktest.App
		headers []string
		status  int
	}{
		"the same":                           {app, nil, 200},
		"with the port of https":             {app, []string{"Origin", "https://example.com:443"}, 400}, // no browser sends it
		"in capitals":                        {app, []string{"Origin", "HTTPS://EXAMPLE.COM"}, 200},
		"another":                            {app, []string{"Origin", "https://evil.org"}, 400},
		"a sibling":                          {app, []string{"Origin", "https://blog.example.com"}, 400},
		"the domain above":                   {app, []string{"Origin", "https://com"}, 400},
		"another port":                       {app, []string{"Origin", "https://example.com:8443"}, 400},
		"plain http":                         {app, []string{"Origin", "http://example.com"}, 400},
		"plain http on port 443":             {app, []string{"Origin", "http://example.com:443"}, 400},
		"an end that looks right":            {app, []string{"Origin", "https://evilexample.com"}, 400},
		"a start that looks right":           {app, []string{"Origin", "https://example.com.evil.org"}, 400},
		"a user that looks right":            {app, []string{"Origin", "https://example.com@evil.org"}, 400},
		"a path that looks right":            {app, []string{"Origin", "https://evil.org/https://example.com"}, 400},
		"a path":                             {app, []string{"Origin", "https://example.com/"}, 400},
		"no scheme":                          {app, []string{"Origin", "example.com"}, 400},
		"another scheme":                     {app, []string{"Origin", "ftp://example.com"}, 400},
		"trusted":                            {app, []string{"Origin", "https://partner.org"}, 200},
		"below a trusted one":                {app, []string{"Origin", "https://x.partner.org"}, 400},
		"a trusted port":                     {app, []string{"Origin", "https://api.partner.org:8443"}, 200},
		"not the trusted port":               {app, []string{"Origin", "https://api.partner.org"}, 400},
		"a trusted domain":                   {app, []string{"Origin", "https://friends.net"}, 200},
		"below a trusted domain":             {app, []string{"Origin", "https://a.b.friends.net"}, 200},
		"beside a trusted domain":            {app, []string{"Origin", "https://notfriends.net"}, 400},
		"below a trusted domain, plain http": {app, []string{"Origin", "http://a.friends.net"}, 400},
		"trusted on plain http":              {app, []string{"Origin", "http://old.example.com"}, 200},
		"the last value counts":              {app, []string{"Origin", "https://evil.org https://example.com"}, 200},
		"the last value is another":          {app, []string{"Origin", "https://example.com https://evil.org"}, 400},
		"null":                               {app, []string{"Origin", "null"}, 400},
		"null is trusted":                    {lax, []string{"Origin", "null"}, 200},
		"null, says the browser, is us":      {app, []string{"Origin", "null", "Sec-Fetch-Site", "same-origin"}, 200},
		"nothing":                            {app, []string{"Origin", ""}, 400},
		"nothing is allowed":                 {lax, []string{"Origin", ""}, 200},
		"nothing, but the browser knows":     {lax, []string{"Origin", "", "Sec-Fetch-Site", "cross-site"}, 400},
		"a referer":                          {app, []string{"Origin", "", "Referer", "https://example.com/form?x=y"}, 200},
		"another referer":                    {app, []string{"Origin", "", "Referer", "https://evil.org/https://example.com/"}, 400},
		"a referer on plain http":            {app, []string{"Origin", "", "Referer", "http://example.com/"}, 400},
		"a referer with a user":              {app, []string{"Origin", "", "Referer", "https://example.com@evil.org/"}, 400},
		"a referer that is no URL":           {app, []string{"Origin", "", "Referer", "https://example.com:x/"}, 400},
		"a referer does not mend an origin":  {app, []string{"Origin", "https://evil.org", "Referer", "https://example.com/"}, 400},
		"null is no referer":                 {lax, []string{"Origin", "", "Referer", "null"}, 400},
		"the browser says another site":      {app, []string{"Sec-Fetch-Site", "cross-site"}, 400},
		"the browser says a sibling":         {app, []string{"Sec-Fetch-Site", "same-site"}, 400},
		"the browser says trusted":           {app, []string{"Origin", "https://partner.org", "Sec-Fetch-Site", "cross-site"}, 200},
		"the browser says the same":          {app, []string{"Sec-Fetch-Site", "same-origin"}, 200},
		"typed":                              {app, []string{"Sec-Fetch-Site", "none", "Origin", ""}, 200},
		"an unknown word of the browser":     {app, []string{"Sec-Fetch-Site", "sam-origin"}, 400},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			token := tokenFor(t, tt.app, "mine")
			status, body, _ := ask(tt.app, "POST", "/", "", append(tt.headers, "X-CSRF-Token", token)...)
			assert.Equal(t, tt.status, status, body)
			if tt.status == 400 {
				assert.Contains(t, body, "origin check failed: ")
			}
			status, _, _ = ask(tt.app, "POST", "/", "", tt.headers...)
			assert.Equal(t, 400, status, "a right origin does not replace the token")
			status, _, _ = ask(tt.app, "GET", "/", "", tt.headers...)
			assert.Equal(t, 200, status, "a safe method changes nothing")
			status, _, _ = ask(tt.app, "POST", "/hook", "", tt.headers...)
			assert.Equal(t, 200, status, "an exempt view is not checked")
		})
	}
}

// Without https, as in Pyramid, the token alone decides, but for what the browser says.
func TestCSRFOnPlainHTTP(t *testing.T) {
	t.Parallel()
	app := protected(t, security.NewCSRF(security.CSRFOptions{}), framework.Options{})
	token := tokenFor(t, app, "mine")
	for site, want := range map[string]int{"": 200, "same-origin": 200, "cross-site": 400} {
		hr := httptest.NewRequest("POST", "http://example.com/", nil)
		hr.Header.Set("X-CSRF-Token", token)
		hr.Header.Set("Origin", "http://other.example")
		hr.Header.Set("Cookie", "sid=mine")
		if site != "" {
			hr.Header.Set("Sec-Fetch-Site", site)
		}
		w := httptest.NewRecorder()
		app.ServeHTTP(w, hr)
		assert.Equal(t, want, w.Code, site)
	}
}

// What we do without tokens is what http.CrossOriginProtection does, for a request that came
// directly.
func TestCrossOriginLikeTheStandardLibrary(t *testing.T) {
	t.Parallel()
	app := protected(t, security.CrossOrigin("https://partner.org", "http://old.example"), framework.Options{})
	std := http.NewCrossOriginProtection()
	require.NoError(t, std.AddTrustedOrigin("https://partner.org"))
	require.NoError(t, std.AddTrustedOrigin("http://old.example"))
	refused := 0
	for _, method := range []string{"GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "QUERY"} {
		for _, scheme := range []string{"http", "https"} {
			for _, host := range []string{"example.com", "example.com:8080"} {
				for _, site := range []string{"", "same-origin", "same-site", "cross-site", "none", "odd"} {
					for _, from := range []string{
						"", "null", scheme + "://" + host, "https://partner.org", "http://partner.org", "http://old.example",
						"https://evil.org", scheme + "://example.com:9090", scheme + "://sub.example.com",
					} {
						hr := httptest.NewRequest(method, scheme+"://"+host+"/", nil)
						if site != "" {
							hr.Header.Set("Sec-Fetch-Site", site)
						}
						if from != "" {
							hr.Header.Set("Origin", from)
						}
						w := httptest.NewRecorder()
						app.ServeHTTP(w, hr)
						want := 200
						if std.Check(hr) != nil {
							want, refused = 400, refused+1
						}
						assert.Equal(t, want, w.Code, "%s %s://%s, Sec-Fetch-Site: %q, Origin: %q", method, scheme, host, site, from)
					}
				}
			}
		}
	}
	assert.Greater(t, refused, 100)
}

// A trusted proxy says which host the client asked for; anyone else does not.
func TestCrossOriginBehindProxies(t *testing.T) {
	t.Parallel()
	options := framework.Options{TrustedProxies: []string{"192.0.2.1"}} // the address of httptest
	for name, tt := range map[string]struct {
		o       framework.Options
		headers []string
		status  int
	}{
		"a proxy that rewrites the host": {options, []string{"X-Forwarded-Host", "wiki.example", "X-Forwarded-Proto", "https", "Origin", "https://wiki.example"}, 200},
		"another origin through it":      {options, []string{"X-Forwarded-Host", "wiki.example", "X-Forwarded-Proto", "https", "Origin", "https://evil.org"}, 400},
		"the name inside":                {options, []string{"X-Forwarded-Host", "wiki.example", "X-Forwarded-Proto", "https", "Origin", "https://example.com"}, 400},
		"the client's own header":        {framework.Options{}, []string{"X-Forwarded-Host", "evil.org", "Origin", "https://evil.org"}, 400},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := protected(t, security.CrossOrigin(), tt.o)
			status, body, _ := ask(app, "POST", "/", "", tt.headers...)
			assert.Equal(t, tt.status, status, body)
		})
	}
}

// A token from before a login does not work after it, whoever planted it.
func TestCSRFTokenRotatesAtLogin(t *testing.T) {
	t.Parallel()
	t.Run("session", func(t *testing.T) {
		t.Parallel()
		app := protected(t, security.NewCSRF(security.CSRFOptions{}), framework.Options{})
		before := tokenFor(t, app, "mine")
		status, _, _ := ask(app, "POST", "/login", "", "X-CSRF-Token", before)
		require.Equal(t, 200, status)
		status, _, _ = ask(app, "POST", "/", "", "X-CSRF-Token", before)
		assert.Equal(t, 400, status)
		status, _, _ = ask(app, "POST", "/", "", "X-CSRF-Token", tokenFor(t, app, "mine"))
		assert.Equal(t, 200, status)
	})
	t.Run("cookie", func(t *testing.T) {
		t.Parallel()
		app := protected(t, security.NewCSRF(security.CSRFOptions{Storage: security.CSRFInCookie(security.CSRFCookie{})}), framework.Options{})
		_, before, header := ask(app, "GET", "/token", "")
		first := cookieOf(t, header)
		status, _, header := ask(app, "POST", "/login", "", "X-CSRF-Token", before, "Cookie", first)
		require.Equal(t, 200, status)
		second := cookieOf(t, header)
		assert.NotEqual(t, first, second)
		status, _, _ = ask(app, "POST", "/", "", "X-CSRF-Token", before, "Cookie", second)
		assert.Equal(t, 400, status)
		status, _, header = ask(app, "GET", "/login", "")
		require.Equal(t, 200, status)
		assert.Empty(t, header.Values("Set-Cookie"), "a client without a token gets none for a login")
	})
}

// cookieOf returns the cookie that a response sets, as the client sends it back.
func cookieOf(t *testing.T, header http.Header) string {
	cookies := (&http.Response{Header: header}).Cookies()
	require.Len(t, cookies, 1)
	return cookies[0].Name + "=" + cookies[0].Value
}

func TestCSRFInCookie(t *testing.T) {
	t.Parallel()
	policy := security.NewCSRF(security.CSRFOptions{Storage: security.CSRFInCookie(security.CSRFCookie{Lifetime: time.Hour})})
	app := protected(t, policy, framework.Options{})
	_, text, header := ask(app, "GET", "/token", "")
	assert.Equal(t, "Cookie", header.Get("Vary"))
	set := (&http.Response{Header: header}).Cookies()
	require.Len(t, set, 1)
	mine := set[0]
	want := http.Cookie{
		Name: "__Host-csrf_token", Value: mine.Value, Path: "/", MaxAge: 3600,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode, Raw: mine.Raw,
	}
	assert.Equal(t, &want, mine)

	_, again, header := ask(app, "GET", "/token", "", "Cookie", mine.Name+"="+mine.Value)
	assert.Empty(t, header.Values("Set-Cookie"), "the client has one")
	assert.Equal(t, "Cookie", header.Get("Vary"))
	for name, tt := range map[string]struct {
		cookie, token string
		status        int
	}{
		"its token":                 {mine.Name + "=" + mine.Value, text, 200},
		"the next response's":       {mine.Name + "=" + mine.Value, again, 200},
		"the cookie itself":         {mine.Name + "=" + mine.Value, mine.Value, 400},
		"no cookie":                 {"a=b", text, 400},
		"a cookie that others set":  {"csrf_token=" + mine.Value, text, 400},
		"another cookie":            {mine.Name + "=" + strings.Repeat("A", len(mine.Value)), text, 400},
		"an empty cookie":           {mine.Name + "=", strings.Repeat("A", len(text)), 400},
		"a short cookie, its token": {mine.Name + "=AAAA", "AAAA", 400},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, body, _ := ask(app, "POST", "/", "", "Cookie", tt.cookie, "X-CSRF-Token", tt.token)
			assert.Equal(t, tt.status, status, body)
		})
	}
	t.Run("readable", func(t *testing.T) {
		t.Parallel()
		app := protected(t, security.NewCSRF(security.CSRFOptions{Storage: security.CSRFInCookie(security.CSRFCookie{Name: "xsrf", Readable: true})}), framework.Options{})
		_, _, header := ask(app, "GET", "/token", "")
		cookie := (&http.Response{Header: header}).Cookies()[0]
		assert.False(t, cookie.HttpOnly)
		status, _, _ := ask(app, "POST", "/", "", "Cookie", cookieOf(t, header), "X-CSRF-Token", cookie.Value)
		assert.Equal(t, 200, status, "a script sends what it reads")
	})
}

func TestCSRFOptions(t *testing.T) {
	t.Parallel()
	policy := security.NewCSRF(security.CSRFOptions{
		Header: "X-Mine", Field: "mine", SafeMethods: []string{"GET", "PURGE"}, DisableOriginCheck: true,
		Skip: func(r *web.Request) (bool, error) {
			if r.Request.Header.Get("Authorization") == "broken" {
				return false, web.ServiceUnavailable("")
			}
			return r.Request.Header.Get("Authorization") != "", nil
		},
	})
	app := protected(t, policy, framework.Options{})
	token := tokenFor(t, app, "mine")
	for name, tt := range map[string]struct {
		method, body string
		headers      []string
		status       int
	}{
		"its header":           {"POST", "", []string{"X-Mine", token}, 200},
		"its field":            {"POST", "mine=" + token, nil, 200},
		"the default header":   {"POST", "", []string{"X-CSRF-Token", token}, 400},
		"the default field":    {"POST", "csrf_token=" + token, nil, 400},
		"a safe method":        {"PURGE", "", nil, 200},
		"no longer a safe one": {"OPTIONS", "", nil, 400},
		"from anywhere":        {"POST", "", []string{"X-Mine", token, "Origin", "https://evil.org", "Sec-Fetch-Site", "cross-site"}, 200},
		"skipped":              {"POST", "", []string{"Authorization", "Bearer x", "Origin", "https://evil.org"}, 200},
		"the callback fails":   {"POST", "", []string{"Authorization", "broken", "X-Mine", token}, 503},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, body, _ := ask(app, tt.method, "/", tt.body, tt.headers...)
			assert.Equal(t, tt.status, status, body)
		})
	}
}

// A store that is down is a 503, never an open door.
func TestCSRFWithoutStore(t *testing.T) {
	t.Parallel()
	app := protected(t, security.NewCSRF(security.CSRFOptions{}), framework.Options{Sessions: &csrfSessions{err: web.ServiceUnavailable("")}})
	status, _, _ := ask(app, "POST", "/", "", "X-CSRF-Token", strings.Repeat("A", 86))
	assert.Equal(t, 503, status)
	status, _, _ = ask(app, "GET", "/token", "")
	assert.Equal(t, 503, status)
	status, _, _ = ask(app, "GET", "/", "")
	assert.Equal(t, 200, status, "what needs no token needs no store")
}

func TestCSRFErrorViews(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{CSRF: security.NewCSRF(security.CSRFOptions{}), Sessions: &csrfSessions{}})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text("done"), nil }))
	config.AddErrorView(views.Error(func(r *framework.Request, e *security.BadCSRFToken) (*framework.Response, error) {
		return r.Text("token: " + e.Reason), nil
	}))
	config.AddErrorView(views.Error(func(r *framework.Request, e *security.BadCSRFOrigin) (*framework.Response, error) {
		return r.Text("origin: " + e.Reason), nil
	}))
	app := frameworktest.New(t, config)
	status, body, _ := ask(app, "POST", "/", "")
	assert.Equal(t, 400, status)
	assert.Equal(t, "token: the request has no token, neither in the header X-CSRF-Token nor in the form field csrf_token", body)
	status, body, _ = ask(app, "POST", "/", "", "Origin", "https://evil.org/\x7f<b>"+strings.Repeat("x", 1000))
	assert.Equal(t, 400, status)
	assert.Equal(t, `origin: "https://evil.org/\x7f<b>`+strings.Repeat("x", 79)+`"… is not an origin`, body)
}

func TestCSRFField(t *testing.T) {
	t.Parallel()
	page := template.Must(template.New("").Parse(`<form method="post">{{.Field}}</form><meta name="token" content="{{.Token}}">`))
	build := func(policy web.CSRFPolicy) *frameworktest.App {
		config := framework.New(framework.Options{CSRF: policy, Sessions: &csrfSessions{}})
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			field, err := security.CSRFField(r)
			if err != nil {
				return nil, err
			}
			token, err := security.CSRFToken(r)
			if err != nil {
				return nil, err
			}
			var text strings.Builder
			err = page.Execute(&text, map[string]any{"Field": field, "Token": token})
			return r.HTML(text.String()), err
		}), views.Method("GET"))
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text("done"), nil }), views.Method("POST"))
		return frameworktest.New(t, config)
	}
	app := build(security.NewCSRF(security.CSRFOptions{Field: `odd"name`}))
	_, text, _ := ask(app, "GET", "/", "")
	found := regexp.MustCompile(`^<form method="post"><input type="hidden" name="odd&#34;name" value="([\w-]{86})"></form><meta name="token" content="([\w-]{86})">$`).FindStringSubmatch(text)
	require.Len(t, found, 3, text)
	assert.NotEqual(t, found[1], found[2])
	for _, token := range found[1:] {
		status, _, _ := ask(app, "POST", "/", url.Values{`odd"name`: {token}}.Encode())
		assert.Equal(t, 200, status)
	}
	_, text, _ = ask(build(security.CrossOrigin()), "GET", "/", "")
	assert.Equal(t, `<form method="post"></form><meta name="token" content="">`, text, "without tokens there is no field")
}

// varsRenderer shows what a template gets.
type varsRenderer struct{}

func (varsRenderer) Render(*web.Request, *web.Response, any) error { return errors.New("no vars") }

func (varsRenderer) RenderVars(_ *web.Request, resp *web.Response, _ any, vars map[string]any) error {
	var text strings.Builder
	err := template.Must(template.New("").Parse(`{{call .csrf_field}} {{call .csrf_token}}`)).Execute(&text, vars)
	resp.SetText(text.String())
	return err
}

func TestCSRFVars(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{CSRF: security.NewCSRF(security.CSRFOptions{}), Sessions: &csrfSessions{}})
	security.AddCSRFVars(config)
	config.AddRenderer("page", func(views.RendererInfo) (views.ValueRenderer, error) { return varsRenderer{}, nil })
	config.AddView(views.Func(func(*framework.Request) (int, error) { return 1, nil }), views.Renderer("page"))
	status, text, _ := ask(frameworktest.New(t, config), "GET", "/", "")
	require.Equal(t, 200, status)
	assert.Regexp(t, `^<input type="hidden" name="csrf_token" value="[\w-]{86}"> [\w-]{86}$`, text)
}

func TestCSRFMistakes(t *testing.T) {
	t.Parallel()
	sessions := &csrfSessions{}
	for name, tt := range map[string]struct {
		o    framework.Options
		want string
	}{
		"no sessions": {framework.Options{CSRF: security.NewCSRF(security.CSRFOptions{})},
			"the CSRF policy keeps its tokens in the session, but the application has no sessions: set framework.Options.Sessions"},
		"origins": {framework.Options{Sessions: sessions, CSRF: security.NewCSRF(security.CSRFOptions{TrustedOrigins: []string{"a b", "https://x/y", "*.example.com", "x:0"}})},
			`invalid trusted origin "a b": want a host such as "example.com"`},
		"nothing to check": {framework.Options{Sessions: sessions, CSRF: security.NewCSRF(security.CSRFOptions{OriginOnly: true, DisableOriginCheck: true})},
			"OriginOnly and DisableOriginCheck leave nothing to check"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := framework.New(tt.o).App()
			require.ErrorContains(t, err, tt.want)
			assert.ErrorContains(t, err, "csrf_test.go:")
		})
	}
	for name, policy := range map[string]web.CSRFPolicy{
		"in a cookie": security.NewCSRF(security.CSRFOptions{Storage: security.CSRFInCookie(security.CSRFCookie{})}),
		"no tokens":   security.CrossOrigin(".example.com", "http://[::1]:8080", "null"),
	} {
		_, err := framework.New(framework.Options{CSRF: policy}).App()
		assert.NoError(t, err, name)
	}
	config := framework.New(framework.Options{})
	config.SetCSRFPolicy(nil)
	_, err := config.App()
	assert.ErrorContains(t, err, "set CSRF policy: the policy is nil")

	config = framework.New(framework.Options{})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		_, err := security.CSRFField(r)
		return nil, err
	}))
	_, err = frameworktest.New(t, config).Do(httptest.NewRequest("GET", "/", nil))
	assert.ErrorContains(t, err, "the application has no CSRF policy: set framework.Options.CSRF")
}

// The default of Options.CSRF can be changed, and SetCSRFPolicy alone checks nothing by itself.
func TestCSRFDefault(t *testing.T) {
	t.Parallel()
	view := views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text("done"), nil })
	for name, tt := range map[string]struct {
		declare func(*framework.Configurator)
		o       framework.Options
		status  int
	}{
		"by Options":     {func(c *framework.Configurator) { c.AddView(view) }, framework.Options{CSRF: security.CrossOrigin()}, 400},
		"off":            {func(c *framework.Configurator) { c.AddView(view); c.SetDefaultCSRF(false) }, framework.Options{CSRF: security.CrossOrigin()}, 200},
		"a policy alone": {func(c *framework.Configurator) { c.AddView(view); c.SetCSRFPolicy(security.CrossOrigin()) }, framework.Options{}, 200},
		"for one view": {func(c *framework.Configurator) {
			c.AddView(view, views.CSRF(true))
			c.SetCSRFPolicy(security.CrossOrigin())
		}, framework.Options{}, 400},
		"of an error view": {func(c *framework.Configurator) { c.AddNotFoundView(view) }, framework.Options{CSRF: security.CrossOrigin()}, 404},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := framework.New(tt.o)
			tt.declare(config)
			status, _, _ := ask(frameworktest.New(t, config), "POST", "/", "", "Origin", "https://evil.org")
			assert.Equal(t, tt.status, status)
		})
	}
}

// Parts of a page that are rendered at once get one token.
func TestCSRFTokenForConcurrentParts(t *testing.T) {
	t.Parallel()
	for name, storage := range map[string]security.CSRFStorage{"session": nil, "cookie": security.CSRFInCookie(security.CSRFCookie{})} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := framework.New(framework.Options{CSRF: security.NewCSRF(security.CSRFOptions{Storage: storage}), Sessions: &csrfSessions{}})
			config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
				texts := make([]string, 20)
				var parts sync.WaitGroup
				for i := range texts {
					parts.Go(func() { texts[i], _ = security.CSRFToken(r) })
				}
				parts.Wait()
				return r.Text(strings.Join(texts, " ")), nil
			}), views.Method("GET"))
			config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text("done"), nil }), views.Method("POST"))
			app := frameworktest.New(t, config)
			_, text, header := ask(app, "GET", "/", "")
			cookie := "sid=mine"
			if storage != nil {
				cookie = cookieOf(t, header)
			}
			for _, token := range strings.Split(text, " ") {
				status, body, _ := ask(app, "POST", "/", "", "X-CSRF-Token", token, "Cookie", cookie)
				assert.Equal(t, 200, status, body)
			}
		})
	}
}

// A shared cache never keeps the response that sets the token: other clients would get that token,
// and whoever has read it could forge their requests.
func TestCachesNeverKeepACSRFCookie(t *testing.T) {
	t.Parallel()
	policy := security.NewCSRF(security.CSRFOptions{Storage: security.CSRFInCookie(security.CSRFCookie{})})
	config := framework.New(framework.Options{CSRF: policy, Logger: new(frameworktest.Log).Logger()})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		text, err := policy.Token(r)
		resp := r.Text(text)
		resp.AddHeader("Cache-Control", "max-age=60")
		resp.AddHeader("Cache-Control", "public")
		return resp, err
	}))
	app, err := config.App()
	require.NoError(t, err)
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "https://example.com/", nil))
	assert.NotEmpty(t, w.Header().Values("Set-Cookie"))
	assert.Equal(t, []string{"private, max-age=60"}, w.Header().Values("Cache-Control"))
}
