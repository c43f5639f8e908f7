package security_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/internal/cputime"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/views"
)

// benchmarked is a request of a user to a resource at depth 5, whose view needs a permission that the
// last of six access lists grants. It is compared with the same request, header for header, to the
// same tree in an application without users, sessions and CSRF policy.
type benchmarked struct {
	name   string
	of     security.Identifier
	tokens security.CSRFStorage
	method string
	form   bool    // the token is in a form, else in the header
	allocs float64 // budget per request, above that of hello
}

var benchmarks = []benchmarked{
	{name: "session-post", of: security.Session(), method: "POST", allocs: 7},
	{name: "session-form", of: security.Session(), method: "POST", form: true, allocs: 21},
	{name: "session-page", of: security.Session(), method: "GET", allocs: 10},
	{name: "ticket-post", of: tickets(secret), tokens: security.CSRFInCookie(security.CSRFCookie{}), method: "POST", allocs: 9},
}

// handlers returns the handler with everything, that without, and a request. A POST passes the check
// of a CSRF token. A GET returns a page with one.
func (m benchmarked) handlers(t testing.TB) (secured, hello http.Handler, hr *http.Request) {
	var root traversal.Resource = &folder{}
	for range 5 {
		root = &folder{list: acl.List{acl.Allow("group:editors", "edit")}, below: map[string]traversal.Resource{"a": root}}
	}
	root.(*folder).list = acl.List{acl.Allow("alice", "view")}
	sessions, err := session.New(session.Options{Secrets: []string{secret}})
	require.NoError(t, err)
	silent := zerolog.Nop()
	o := framework.Options{Root: func(*framework.Request) (traversal.Resource, error) { return root, nil }, Logger: &silent}
	page := strings.Repeat("x", 86) // as long as a token

	bare := framework.New(o)
	bare.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text(page), nil }), views.NoPermission())
	hello = assemble(t, bare)

	o.Sessions, o.Security = sessions, security.New(security.Options{Identify: m.of})
	o.CSRF = security.NewCSRF(security.CSRFOptions{Storage: m.tokens})
	config := framework.New(o)
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		user, ok, err := security.Identity[*security.User](r)
		if err != nil || !ok || user.ID != "alice" {
			return nil, fmt.Errorf("the user is %v: %w", user, err)
		}
		if r.Method == http.MethodPost {
			return r.Text(page), nil
		}
		token, err := security.CSRFToken(r)
		return r.Text(token), err
	}), views.Permission("view"))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		if err := r.Remember("alice"); err != nil {
			return nil, err
		}
		token, err := security.CSRFToken(r)
		return r.Text(token), err
	}), views.Name("login"), views.NoPermission())
	secured = assemble(t, config)

	login := httptest.NewRecorder()
	secured.ServeHTTP(login, httptest.NewRequest("GET", "https://example.com/login", nil))
	require.Equal(t, 200, login.Code)
	var body io.Reader
	token := login.Body.String()
	if m.form {
		body = &again{text: "csrf_token=" + token}
	}
	hr = httptest.NewRequest(m.method, "https://example.com/a/a/a/a/a", body)
	switch {
	case m.form:
		hr.ContentLength = int64(len("csrf_token=" + token))
		hr.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	case m.method == http.MethodPost:
		hr.Header.Set("X-CSRF-Token", token)
	}
	for name, value := range map[string]string{ // as browsers send
		"Origin": "https://example.com", "Sec-Fetch-Site": "same-origin", "Accept": "text/html,*/*;q=0.8",
		"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
	} {
		hr.Header.Set(name, value)
	}
	for _, c := range append([]*http.Cookie{{Name: "theme", Value: "dark"}}, login.Result().Cookies()...) {
		hr.AddCookie(c)
	}
	for _, handler := range []http.Handler{secured, hello} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, hr)
		require.Equal(t, 200, w.Code, w.Body)
		require.Len(t, w.Body.String(), 86)
	}
	m.require400(t, secured, hr)
	return secured, hello, hr
}

// require400 checks that the policy really looks at the token.
func (m benchmarked) require400(t testing.TB, secured http.Handler, hr *http.Request) {
	if m.method == http.MethodGet {
		return
	}
	forged := hr.Clone(hr.Context())
	forged.Header.Del("X-CSRF-Token")
	if m.form {
		forged.Body = io.NopCloser(strings.NewReader("csrf_token=x"))
	}
	w := httptest.NewRecorder()
	secured.ServeHTTP(w, forged)
	require.Equal(t, 400, w.Code)
}

func assemble(t testing.TB, config *framework.Configurator) http.Handler {
	app, err := config.App()
	require.NoError(t, err)
	return app
}

// again is a body that begins anew when it was read to its end.
type again struct {
	text string
	read int
}

func (a *again) Close() error { return nil }
func (a *again) Read(p []byte) (int, error) {
	if a.read == len(a.text) {
		a.read = 0
		return 0, io.EOF
	}
	n := copy(p, a.text[a.read:])
	a.read += n
	return n, nil
}

// reused is an http.ResponseWriter for one request after another. It keeps nothing but the headers.
type reused struct{ header http.Header }

func (w *reused) Header() http.Header               { return w.header }
func (w *reused) WriteHeader(int)                   {}
func (w *reused) Write(p []byte) (int, error)       { return len(p), nil }
func (w *reused) WriteString(s string) (int, error) { return len(s), nil }

// writers are the ways in which the benchmarks receive a response.
func writers() map[string]func() http.ResponseWriter {
	one := &reused{http.Header{}}
	return map[string]func() http.ResponseWriter{
		"reused":   func() http.ResponseWriter { clear(one.header); return one },
		"recorder": func() http.ResponseWriter { return httptest.NewRecorder() },
	}
}

// BenchmarkRequest plays one round per operation: some requests with session, identity, CSRF and ACL,
// then as many without. It reports the median of both times, in nanoseconds of CPU per request, and
// the median, least and greatest difference within a round. Run it with -benchtime=51x.
func BenchmarkRequest(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, m := range benchmarks {
		for _, kind := range []string{"reused", "recorder"} {
			b.Run(m.name+"/writer="+kind, func(b *testing.B) {
				secured, hello, hr := m.handlers(b)
				writer := writers()[kind]
				var with, without, over []float64
				for b.Loop() {
					one, other := nanoseconds(secured, hr, writer), nanoseconds(hello, hr, writer)
					with, without, over = append(with, one), append(without, other), append(over, one-other)
				}
				b.ReportMetric(0, "ns/op") // all rounds take the same time
				b.ReportMetric(median(with), "ns")
				b.ReportMetric(median(without), "hello-ns")
				b.ReportMetric(median(over), "ns-over-hello")
				b.ReportMetric(slices.Min(over), "ns-over-hello-min")
				b.ReportMetric(slices.Max(over), "ns-over-hello-max")
				b.ReportMetric(allocs(secured, hr, writer), "allocs")
				b.ReportMetric(allocs(hello, hr, writer), "hello-allocs")
			})
		}
	}
}

// nanoseconds sends a request again and again for about 20 ms, and returns the CPU time of one.
func nanoseconds(handler http.Handler, hr *http.Request, writer func() http.ResponseWriter) float64 {
	count, began := 0, cputime.Used()
	for cputime.Used()-began < 20*time.Millisecond {
		for range 200 { // not each time: reading the clock costs as much as a request
			handler.ServeHTTP(writer(), hr)
		}
		count += 200
	}
	return float64((cputime.Used() - began).Nanoseconds()) / float64(count)
}

func allocs(handler http.Handler, hr *http.Request, writer func() http.ResponseWriter) float64 {
	return testing.AllocsPerRun(200, func() { handler.ServeHTTP(writer(), hr) })
}

func median(list []float64) float64 {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}

// BenchmarkEach measures one handler at a time, for profilers and for counting instructions: see
// .ci/instructions, which takes the test binary of this package too.
func BenchmarkEach(b *testing.B) {
	for _, m := range benchmarks {
		for _, name := range []string{"secured", "hello"} {
			b.Run(m.name+"/"+name, func(b *testing.B) {
				handler, hello, hr := m.handlers(b)
				if name == "hello" {
					handler = hello
				}
				writer := writers()["reused"]
				b.ReportAllocs()
				b.ResetTimer()
				for range b.N {
					handler.ServeHTTP(writer(), hr)
				}
			})
		}
	}
}

// TestAllocations holds requests to their budgets.
func TestAllocations(t *testing.T) { // not parallel: AllocsPerRun counts those of all goroutines
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	for _, m := range benchmarks {
		t.Run(m.name, func(t *testing.T) {
			secured, hello, hr := m.handlers(t)
			writer := writers()["reused"]
			assert.LessOrEqual(t, allocs(secured, hr, writer)-allocs(hello, hr, writer), m.allocs)
		})
	}
}
