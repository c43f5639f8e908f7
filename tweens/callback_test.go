package tweens_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// What a tween sets in a response callback is on every response, however that comes about, and set
// once.
func TestCallbackIsOnEveryResponse(t *testing.T) {
	t.Parallel()
	nop := zerolog.Nop()
	for name, test := range map[string]struct {
		view   func(r *web.Request) (*web.Response, error)
		status int
	}{
		"value":   {func(r *web.Request) (*web.Response, error) { return r.Text("hello"), nil }, 200},
		"error":   {func(*web.Request) (*web.Response, error) { return nil, errors.New("broken") }, 500},
		"panic":   {func(*web.Request) (*web.Response, error) { panic("broken") }, 500},
		"status":  {func(*web.Request) (*web.Response, error) { return nil, web.Forbidden("") }, 403},
		"neither": {func(*web.Request) (*web.Response, error) { return nil, nil }, 500},
		"invalid header": {func(r *web.Request) (*web.Response, error) {
			x := r.Text("")
			x.SetHeader("X-Bad", "a\nb")
			return x, nil
		}, 500},
		"stream": {func(*web.Request) (*web.Response, error) {
			x := web.Respond(200)
			x.SetStream(func(web.StreamWriter) error { return web.NotFound("") })
			return x, nil
		}, 404},
		"handler": {func(*web.Request) (*web.Response, error) {
			x := web.Respond(200)
			x.SetHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(206) }))
			return x, nil
		}, 206},
		"handler that panics": {func(*web.Request) (*web.Response, error) {
			x := web.Respond(200)
			x.SetHandler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("broken") }))
			return x, nil
		}, 500},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, place := range [][]tweens.Option{nil, {tweens.Under(tweens.ExcView)}} {
				config := framework.New(framework.Options{Logger: &nop})
				config.AddView(views.Func(test.view))
				config.AddTween("hsts", tweens.Wrap(func(next web.Handler) web.Handler {
					return func(r *web.Request) (*web.Response, error) {
						r.AddResponseCallback(func(_ *web.Request, resp *web.Response) error {
							resp.AddHeader("Strict-Transport-Security", "max-age=1")
							return nil
						})
						return next(r)
					}
				}), place...)
				app, err := config.App()
				require.NoError(t, err)
				w := httptest.NewRecorder()
				app.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
				assert.Equal(t, test.status, w.Code)
				assert.Equal(t, []string{"max-age=1"}, w.Header().Values("Strict-Transport-Security"))
			}
		})
	}
}
