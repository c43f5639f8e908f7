package framework_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// What the security policy sets is on whichever response is sent in the end.
func TestRememberIsOnEveryResponse(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		status int
		finish func(r *framework.Request) (*framework.Response, error)
	}{
		"response": {200, func(r *framework.Request) (*framework.Response, error) { return r.Text("in"), nil }},
		"redirect": {303, func(r *framework.Request) (*framework.Response, error) { return nil, web.SeeOther("/") }},
		"error":    {404, func(r *framework.Request) (*framework.Response, error) { return nil, web.NotFound("") }},
		"internal error": {500, func(r *framework.Request) (*framework.Response, error) {
			return nil, errors.New("no database")
		}},
		"error view": {418, func(r *framework.Request) (*framework.Response, error) { return nil, web.Status(418, "") }},
		"panic":      {500, func(r *framework.Request) (*framework.Response, error) { panic("broken") }},
		"failed stream": {500, func(r *framework.Request) (*framework.Response, error) {
			resp := r.Empty(200)
			resp.SetStream(func(web.StreamWriter) error { return errors.New("no data") })
			return resp, nil
		}},
		"http.Handler": {200, func(r *framework.Request) (*framework.Response, error) {
			resp := r.Empty(200)
			resp.SetHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200) }))
			return resp, nil
		}},
	} {
		for _, deadline := range []time.Duration{0, time.Hour} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				config := quiet(framework.Options{Security: frameworktest.Policy{}})
				if deadline > 0 { // which runs views on another goroutine
					config.AddTween("timeout", tweens.Timeout(deadline, tweens.TimeoutOptions{}))
				}
				config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
					if err := r.Remember("alice"); err != nil {
						return nil, err
					}
					return tc.finish(r)
				}))
				config.AddErrorView(views.Func(func(r *framework.Request) (*framework.Response, error) {
					return r.Text("teapot"), nil
				}), views.Where("teapot", func(r *web.Request) (bool, error) {
					status, _ := web.StatusOf(r.Err())
					return status == 418, nil
				}))
				user, ok := frameworktest.New(t, config).Get("/").Status(tc.status).Remembered()
				assert.True(t, ok)
				assert.Equal(t, "alice", user)
			})
		}
	}
}
