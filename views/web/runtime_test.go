package web_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web"
)

type fakeRuntime func(r *web.Request, sub *http.Request, tweens bool) (*web.Response, error)

func (f fakeRuntime) Invoke(r *web.Request, sub *http.Request, tweens bool) (*web.Response, error) {
	return f(r, sub, tweens)
}

func (fakeRuntime) Draining() <-chan struct{} { return nil }

func (fakeRuntime) TrackStraggler(string, <-chan struct{}) {}

func TestSubrequest(t *testing.T) {
	t.Parallel()
	app := &web.Application{Runtime: fakeRuntime(func(_ *web.Request, sub *http.Request, tweens bool) (*web.Response, error) {
		resp := web.Respond(200)
		resp.SetText(sub.URL.Path)
		if tweens {
			resp.SetStatus(201)
		}
		return resp, nil
	})}
	r := beginIn(app, http.MethodGet, "/", "")
	resp, err := r.Subrequest(httptest.NewRequest(http.MethodGet, "/inner", nil))
	require.NoError(t, err)
	assert.Equal(t, 200, resp.Status())
	resp, err = r.SubrequestWithTweens(httptest.NewRequest(http.MethodGet, "/inner", nil))
	require.NoError(t, err)
	assert.Equal(t, 201, resp.Status())
	_, err = r.Subrequest(nil)
	assert.Error(t, err)
}
