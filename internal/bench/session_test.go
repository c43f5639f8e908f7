package bench

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/gorilla/sessions"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/views"
)

// sessionContenders are handlers with the same two views: /read returns the user and the number of
// visits of the session, /write counts one more. They keep the session in an encrypted cookie, but
// scs, which has none, in memory. Ours in memory is beside it.
func sessionContenders(t testing.TB) map[string]http.Handler {
	ours := func(o session.Options) http.Handler {
		factory, err := session.New(o)
		require.NoError(t, err)
		silent := zerolog.Nop()
		config := framework.New(framework.Options{Sessions: factory, Logger: &silent})
		user, visits := session.NewKey[string]("user"), session.NewKey[int]("visits")
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			name, _, err := user.Get(r)
			if err != nil {
				return nil, err
			}
			n, _, err := visits.Get(r)
			return r.Text(name + strconv.Itoa(n)), err
		}), views.Name("read"))
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			n, known, err := visits.Get(r)
			if err == nil && !known {
				err = user.Set(r, "alice")
			}
			if err != nil {
				return nil, err
			}
			return r.Text(""), visits.Set(r, n+1)
		}), views.Name("write"))
		app, err := config.App()
		require.NoError(t, err)
		return app
	}

	store := sessions.NewCookieStore([]byte(strings.Repeat("h", 32)), []byte(strings.Repeat("b", 32)))
	store.Options.Secure, store.Options.HttpOnly = true, true
	gorilla := http.NewServeMux()
	gorilla.HandleFunc("/read", func(w http.ResponseWriter, r *http.Request) {
		s, _ := store.Get(r, "session")
		name, _ := s.Values["user"].(string)
		n, _ := s.Values["visits"].(int)
		_, _ = w.Write([]byte(name + strconv.Itoa(n)))
	})
	gorilla.HandleFunc("/write", func(w http.ResponseWriter, r *http.Request) {
		s, _ := store.Get(r, "session")
		n, known := s.Values["visits"].(int)
		if !known {
			s.Values["user"] = "alice"
		}
		s.Values["visits"] = n + 1
		if err := s.Save(r, w); err != nil {
			t.Error(err)
		}
	})

	manager := scs.New()
	manager.Cookie.Secure = true
	inner := http.NewServeMux()
	inner.HandleFunc("/read", func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(manager.GetString(r.Context(), "user") + strconv.Itoa(manager.GetInt(r.Context(), "visits"))))
	})
	inner.HandleFunc("/write", func(_ http.ResponseWriter, r *http.Request) {
		if !manager.Exists(r.Context(), "visits") {
			manager.Put(r.Context(), "user", "alice")
		}
		manager.Put(r.Context(), "visits", manager.GetInt(r.Context(), "visits")+1)
	})
	return map[string]http.Handler{
		"mastaba":        ours(session.Options{Secrets: []string{"Q8p1kgmOCNrTRUJ3X7XSFwX9bXJhrHqNyFPrzS0Sg4o="}}),
		"mastaba-memory": ours(session.Options{Store: new(session.Memory)}),
		"gorilla":        gorilla,
		"scs-memory":     manager.LoadAndSave(inner),
	}
}

// visit sends a request with the cookies, and returns the response.
func visit(h http.Handler, target string, cookies []*http.Cookie) *http.Response {
	r := httptest.NewRequest("GET", target, nil)
	for _, c := range cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

// TestSameSessions checks that all contenders keep what was written.
func TestSameSessions(t *testing.T) {
	for name, h := range sessionContenders(t) {
		cookies := visit(h, "https://example.com/write", nil).Cookies()
		require.Len(t, cookies, 1, name)
		if again := visit(h, "https://example.com/write", cookies).Cookies(); len(again) > 0 {
			cookies = again
		}
		r := visit(h, "https://example.com/read", cookies)
		body := make([]byte, 16)
		n, _ := r.Body.Read(body)
		require.Equal(t, "alice2", string(body[:n]), name)
	}
}

// BenchmarkSessions plays one round per operation, as BenchmarkFrameworks does: whole requests of a
// client with a session. It reports the median time of each contender, and the median of the ratio
// to ours in the same round.
func BenchmarkSessions(b *testing.B) {
	for _, path := range []string{"read", "write"} {
		b.Run(path, func(b *testing.B) {
			names := []string{"mastaba", "mastaba-memory", "gorilla", "scs-memory"}
			handlers := sessionContenders(b)
			requests := map[string]*http.Request{}
			for _, name := range names {
				r := httptest.NewRequest("GET", "https://example.com/"+path, nil)
				for _, c := range visit(handlers[name], "https://example.com/write", nil).Cookies() {
					r.AddCookie(c)
				}
				requests[name] = r
			}
			rounds := map[string][]float64{}
			for b.Loop() {
				for _, name := range names {
					rounds[name] = append(rounds[name], serve(handlers[name], requests[name]))
				}
			}
			b.ReportMetric(0, "ns/op")
			for _, name := range names {
				b.ReportMetric(median(rounds[name]), name+"-ns")
				h, r, w := handlers[name], requests[name], &writer{header: http.Header{}}
				b.ReportMetric(testing.AllocsPerRun(100, func() { send(h, w, r) }), name+"-allocs")
			}
			for _, name := range names[2:] {
				var ratios []float64
				for i := range rounds[name] {
					ratios = append(ratios, rounds[name][i]/rounds["mastaba"][i])
				}
				b.ReportMetric(median(ratios), "x-"+name)
				b.ReportMetric(slices.Min(ratios), "x-"+name+"-min")
			}
		})
	}
}

// serve sends a request again and again for about 20 ms, and returns the nanoseconds per request.
func serve(h http.Handler, r *http.Request) float64 {
	w := &writer{header: http.Header{}}
	count, began := 0, now()
	for now()-began < 20*time.Millisecond {
		for range 20 {
			send(h, w, r)
		}
		count += 20
	}
	return float64((now() - began).Nanoseconds()) / float64(count)
}

// send sends a copy of a request: gorilla keeps its sessions in the request that it gets.
func send(h http.Handler, w *writer, r *http.Request) {
	clear(w.header)
	own := *r
	h.ServeHTTP(w, &own)
}
