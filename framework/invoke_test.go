package framework_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestDoReturnsTheWholeBody(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		resp := r.Empty(http.StatusAccepted)
		resp.SetStream(func(w web.StreamWriter) error {
			_, err := io.WriteString(w, "streamed")
			return err
		})
		return resp, nil
	}))
	config.AddView(views.HTTP(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Add("X-Two", "1")
		w.Header().Add("X-Two", "2")
		w.WriteHeader(http.StatusTeapot)
		fmt.Fprint(w, "handled")
	})), views.Name("handler"))
	app := frameworktest.New(t, config)
	for target, want := range map[string]struct {
		status int
		text   string
	}{"/": {202, "streamed"}, "/handler": {418, "handled"}} {
		resp, err := app.Do(httptest.NewRequest("GET", target, nil))
		require.NoError(t, err)
		body, whole := resp.Body()
		assert.True(t, whole)
		assert.Equal(t, want.text, string(body))
		assert.Equal(t, want.status, resp.Status())
		assert.Equal(t, want.text, app.Get(target).Status(want.status).Body)
	}
}

func TestSubrequests(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{Root: frameworktest.Root(traversal.Map{"b": &page{"at b"}})})
	config.AddTween("mark", tweens.Wrap(func(next framework.Handler) framework.Handler {
		return func(r *framework.Request) (*framework.Response, error) {
			resp, err := next(r)
			if err == nil {
				resp.SetHeader("X-Mark", "yes")
			}
			return resp, err
		}
	}))
	config.AddView(views.On(showPage))
	type send = func(*framework.Request, *http.Request) (*framework.Response, error)
	sub := func(target string, send send) views.View {
		return views.Func(func(r *framework.Request) (*framework.Response, error) {
			req, err := http.NewRequest("GET", target, nil)
			if err != nil {
				return nil, err
			}
			return send(r, req)
		})
	}
	config.AddView(sub("/b", (*framework.Request).Subrequest), views.Name("bare"))
	config.AddView(sub("/b", (*framework.Request).SubrequestWithTweens), views.Name("whole"))
	config.AddView(sub("/missing", (*framework.Request).SubrequestWithTweens), views.Name("handled"))
	config.AddView(sub("/missing", (*framework.Request).Subrequest), views.Name("raised"))
	config.AddView(sub("/endless", (*framework.Request).Subrequest), views.Name("endless"))
	app := frameworktest.New(t, config)

	assert.Equal(t, "at b", app.Get("/bare").Status(200).Body)
	assert.Equal(t, "at b", app.Get("/whole").Status(200).Body)
	app.Get("/handled").Status(404)
	app.Get("/raised").Status(404) // an error of the subrequest, handled by the tweens of the request
	_, err := app.Do(httptest.NewRequest("GET", "/endless", nil))
	assert.ErrorContains(t, err, "nested deeper than")
}

func TestErrorsOfFinishedCallbacksComeFirst(t *testing.T) {
	t.Parallel()
	inView, after := errors.New("in the view"), errors.New("afterwards")
	config := framework.New(framework.Options{})
	config.AddView(views.Func(func(r *web.Request) (*web.Response, error) {
		r.AddFinishedCallback(func(*web.Request) error { return after })
		return nil, inView
	}))
	app, err := config.App()
	require.NoError(t, err)
	_, err = app.Do(httptest.NewRequest(http.MethodGet, "/", nil))
	require.ErrorIs(t, err, after)
	require.ErrorIs(t, err, inView)
	assert.Regexp(t, `(?s)^afterwards.*in the view`, err.Error())
}
