package transaction_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/rs/zerolog"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// discard is a ResponseWriter that costs nothing.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}

// BenchmarkRequest measures a request that uses no database without a unit, with one, with one that
// may be retried; then one that begins a transaction to read, in a unit and by hand.
func BenchmarkRequest(b *testing.B) {
	s := newSQLite(b)
	silent := zerolog.Nop()
	nothing := func(r *framework.Request) (*framework.Response, error) { return r.Text("ok"), nil }
	read := func(r *framework.Request) (*framework.Response, error) {
		_, err := transaction.ReadTx(r.Context())
		return r.Text("ok"), err
	}
	byHand := func(r *framework.Request) (*framework.Response, error) {
		tx, err := s.Begin(r.Context(), true)
		if err != nil {
			return nil, err
		}
		return r.Text("ok"), tx.Commit()
	}
	through := tweens.Wrap(func(next web.Handler) web.Handler {
		return func(r *web.Request) (*web.Response, error) { return next(r) }
	})
	for _, tt := range []struct {
		name     string
		attempts int
		view     func(r *framework.Request) (*framework.Response, error)
	}{
		{"nothing begun/no tween", 0, nothing},
		{"nothing begun/empty tween", -1, nothing},
		{"nothing begun/unit", 1, nothing},
		{"nothing begun/unit with retries", 3, nothing},
		{"read/by hand", 0, byHand},
		{"read/unit", 1, read},
		{"read/unit with retries", 3, read},
	} {
		b.Run(tt.name, func(b *testing.B) {
			config := framework.New(framework.Options{Logger: &silent})
			switch {
			case tt.attempts > 0:
				transaction.Add(config, s, transaction.Options{Attempts: tt.attempts})
			case tt.attempts < 0:
				config.AddTween("empty", through, tweens.Under(tweens.ExcView))
			}
			config.AddView(views.Func(tt.view))
			app, err := config.App()
			if err != nil {
				b.Fatal(err)
			}
			hr := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/", nil) // which can be cancelled, as in a server
			b.ReportAllocs()
			for b.Loop() {
				app.ServeHTTP(discard{http.Header{}}, hr)
			}
		})
	}
}
