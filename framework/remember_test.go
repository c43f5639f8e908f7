package framework_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/registry"
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

// tokens is a CSRF policy that counts how often its tokens became invalid.
type tokens struct {
	rotated *int
	err     error
}

func (tokens) Check(*web.Request) error { return nil }

func (p tokens) Rotate(*web.Request) error { *p.rotated++; return p.err }

var _ web.CSRFRotator = tokens{}

// A token that somebody planted before a login does not work after it, nor after a logout.
func TestRememberRotatesTokens(t *testing.T) {
	t.Parallel()
	broken := errors.New("no store")
	for name, tt := range map[string]struct {
		policy  web.SecurityPolicy
		change  func(*framework.Request) error
		err     error
		status  int
		rotated int
	}{
		"login":            {frameworktest.Policy{}, func(r *framework.Request) error { return r.Remember("alice") }, nil, 200, 1},
		"logout":           {frameworktest.Policy{}, func(r *framework.Request) error { return r.Forget() }, nil, 200, 1},
		"nobody to log in": {frameworktest.Policy{}, func(r *framework.Request) error { return r.Remember("") }, nil, 500, 0},
		"no rememberer":    {framework.NoPolicy{}, func(r *framework.Request) error { return r.Remember("alice") }, nil, 500, 0},
		"failed":           {frameworktest.Policy{}, func(r *framework.Request) error { return r.Remember("alice") }, broken, 500, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rotated := 0
			config := quiet(framework.Options{Security: tt.policy})
			registry.AddComponent[web.CSRFPolicy](config, tokens{&rotated, tt.err})
			config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
				return r.Text("done"), tt.change(r)
			}))
			_, remembered := frameworktest.New(t, config).Get("/").Status(tt.status).Remembered()
			assert.Equal(t, tt.rotated, rotated)
			assert.Equal(t, tt.status == 200, remembered, "whether the user changed")
		})
	}
}
