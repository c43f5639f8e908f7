package framework_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
)

// TestVaryOfRoutes: Vary names the headers that chose or refused a route, whatever responds then.
func TestVaryOfRoutes(t *testing.T) {
	t.Parallel()
	say := func(words string) views.View {
		return views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text(words), nil })
	}
	configure := func() *framework.Configurator {
		config := framework.New(framework.Options{Logger: new(frameworktest.Log).Logger()})
		config.AddRoute("fragment", "/page", views.Header("HX-Request"))
		config.AddRoute("page", "/page")
		config.AddRoute("secret", "/secret", views.Header("X-Key:1"))
		config.AddRoute("plain", "/plain")
		config.AddView(say("fragment"), views.Route("fragment"))
		config.AddView(say("page"), views.Route("page"))
		config.AddView(say("secret"), views.Route("secret"), views.Method("GET"))
		config.AddView(say("plain"), views.Route("plain"), views.Method("GET"))
		config.AddView(say("tree"))
		return config
	}
	bare := configure()
	bare.AddTween("pass", tweens.Wrap(func(next framework.Handler) framework.Handler { return next }))
	bare.SetTweenOrder("pass")
	for name, config := range map[string]*framework.Configurator{"with error views": configure(), "without": bare} {
		app, err := config.App()
		require.NoError(t, err)
		for _, tt := range []struct{ line, header, value, body, vary string }{
			{"GET /page", "HX-Request", "true", "fragment", "Hx-Request"},
			{"GET /page", "", "", "page", "Hx-Request"},
			{"GET /secret", "X-Key", "1", "secret", "X-Key"},
			{"GET /secret", "", "", "404 Not Found\n", "Accept, X-Key"},
			{"POST /secret", "X-Key", "1", "405 Method Not Allowed\n", "Accept, X-Key"},
			{"OPTIONS /secret", "X-Key", "1", "", "X-Key"},
			{"GET /plain", "", "", "plain", ""},
			{"GET /", "", "", "tree", ""},
		} {
			t.Run(name+" "+tt.line+" "+tt.header, func(t *testing.T) {
				t.Parallel()
				hr := request(tt.line)
				if tt.header != "" {
					hr.Header.Set(tt.header, tt.value)
				}
				w := httptest.NewRecorder()
				app.ServeHTTP(w, hr)
				assert.Equal(t, tt.body, w.Body.String())
				assert.Equal(t, tt.vary, w.Header().Get("Vary"))
				assert.LessOrEqual(t, len(w.Header()[http.CanonicalHeaderKey("Vary")]), 1)
			})
		}
	}
}
