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

// A subrequest comes from the client of the request, and from no proxy: what a view puts into its
// headers, or copies from the client, is never believed as what a proxy says.
func TestAddressOfSubrequests(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		trusted, remote, own string // own is the RemoteAddr that the view sets
		forwarded, want      string
	}{
		"a client":                        {"", "203.0.113.7:1234", "", "", "203.0.113.7 false"},
		"behind a proxy":                  {"10.0.0.1", "10.0.0.1:80", "", "203.0.113.7", "203.0.113.7 false"},
		"behind a Unix socket":            {"unix", "@", "", "203.0.113.7", "203.0.113.7 false"},
		"Unix socket without a client":    {"unix", "@", "", "", "invalid IP false"},
		"a client that pretends":          {"10.0.0.1", "203.0.113.7:1", "", "10.0.0.1", "203.0.113.7 false"},
		"a trusted proxy itself":          {"10.0.0.1", "10.0.0.1:80", "", "", "198.51.100.9 true"},
		"an address of the view":          {"10.0.0.1", "10.0.0.1:80", "192.0.2.3:4", "203.0.113.7", "192.0.2.3 false"},
		"the connection, by the view":     {"10.0.0.1", "10.0.0.1:80", "10.0.0.1:80", "203.0.113.7", "198.51.100.9 true"},
		"without an address, as in tests": {"unix", "", "", "", "invalid IP false"},
	} {
		o := framework.Options{}
		if tt.trusted != "" {
			o.TrustedProxies = []string{tt.trusted}
		}
		config := framework.New(o)
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			sub := httptest.NewRequest("GET", "/inner", nil)
			sub.RemoteAddr = tt.own
			sub.Header.Set("X-Forwarded-For", "198.51.100.9")
			resp, err := r.Subrequest(sub)
			assert.Equal(t, tt.own, sub.RemoteAddr, "the request of the view is not changed")
			return resp, err
		}))
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			return r.Text(fmt.Sprint(r.ClientAddr(), " ", r.FromTrustedProxy())), nil
		}), views.Name("inner"))
		app, err := config.App()
		require.NoError(t, err)
		hr := httptest.NewRequest("GET", "/", nil)
		hr.RemoteAddr = tt.remote
		if tt.forwarded != "" {
			hr.Header.Set("X-Forwarded-For", tt.forwarded)
		}
		w := httptest.NewRecorder()
		app.ServeHTTP(w, hr)
		assert.Equal(t, tt.want, w.Body.String(), name)
	}
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
