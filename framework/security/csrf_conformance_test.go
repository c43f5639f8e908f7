package security_test

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/views"
)

// recorded is a case of the suite csrf_session: what Pyramid answered.
type recorded struct {
	ID  string
	App struct {
		Settings struct {
			Trusted []string `json:"csrf_trusted_origins"`
		}
		Directives []struct {
			Do, Name, View, Context, Header, Token string
			RequireCSRF                            *bool    `json:"require_csrf"`
			SafeMethods                            []string `json:"safe_methods"`
			CheckOrigin                            *bool    `json:"check_origin"`
			AllowNoOrigin                          bool     `json:"allow_no_origin"`
			Behavior                               struct{ Raise string }
		}
	}
	Requests []struct {
		Method, Path, Query, Scheme, Host, Body string
		Headers                                 [][2]string
		Expect                                  struct {
			Status int
			View   *string
		}
	}
}

// TestCSRFLikePyramid replays the recorded cases about tokens and origins.
func TestCSRFLikePyramid(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../internal/conformance/testdata/csrf_session.json")
	require.NoError(t, err)
	var suite struct{ Cases []recorded }
	require.NoError(t, json.Unmarshal(text, &suite))
	played := 0
	for _, c := range suite.Cases {
		app, ok := c.application(t)
		if !ok {
			continue
		}
		played++
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			c.replay(t, app)
		})
	}
	assert.Greater(t, played, 20)
}

// application builds the application of a case; false if it does not protect views.
func (c *recorded) application(t *testing.T) (app *frameworktest.App, ok bool) {
	options := security.CSRFOptions{TrustedOrigins: c.App.Settings.Trusted}
	config := framework.New(framework.Options{Sessions: &csrfSessions{}})
	for _, d := range c.App.Directives {
		tag := func(r *framework.Request) (*framework.Response, error) { return r.Text(d.View), nil }
		var own []views.Option
		if d.RequireCSRF != nil && d.Do != "default_csrf" {
			own = append(own, views.CSRF(*d.RequireCSRF))
		}
		switch {
		case d.Do == "default_csrf":
			ok = true
			options.Header, options.Field, options.SafeMethods = d.Header, d.Token, d.SafeMethods
			options.AllowNoOrigin, options.DisableOriginCheck = d.AllowNoOrigin, d.CheckOrigin != nil && !*d.CheckOrigin
			config.SetDefaultCSRF(*d.RequireCSRF)
		case d.View == "token":
			config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
				text, err := security.CSRFToken(r)
				return r.Text(text), err
			}), views.Name("token"))
		case d.Do == "add_view" && d.Behavior.Raise != "":
			config.AddView(views.Func(func(*framework.Request) (*framework.Response, error) { return nil, assert.AnError }), views.Name(d.Name))
		case d.Do == "add_view":
			config.AddView(views.Func(tag), append(own, views.Name(d.Name))...)
		case d.Do == "add_notfound_view":
			config.AddNotFoundView(views.Func(tag))
		case d.Context == "BadCSRFOrigin":
			config.AddErrorView(views.Error(func(r *framework.Request, _ *security.BadCSRFOrigin) (*framework.Response, error) { return tag(r) }))
		case d.Context == "BadCSRFToken":
			config.AddErrorView(views.Error(func(r *framework.Request, _ *security.BadCSRFToken) (*framework.Response, error) { return tag(r) }))
		case d.Do == "add_exception_view":
			config.AddErrorView(views.Func(tag))
		}
	}
	if !ok {
		return nil, false
	}
	config.SetCSRFPolicy(security.NewCSRF(options))
	return frameworktest.New(t, config), true
}

func (c *recorded) replay(t *testing.T, app *frameworktest.App) {
	token := ""
	for i, q := range c.Requests {
		method, scheme, host := q.Method, q.Scheme, q.Host
		if method == "" {
			method = "GET"
		}
		if scheme == "" {
			scheme = "http"
		}
		if host == "" {
			host = "example.com"
		}
		hr := httptest.NewRequest(method, scheme+"://"+host+q.Path+"?"+q.Query, strings.NewReader(strings.ReplaceAll(q.Body, "$csrf", token)))
		for _, h := range q.Headers {
			hr.Header.Add(h[0], strings.ReplaceAll(h[1], "$csrf", token))
		}
		w := httptest.NewRecorder()
		app.ServeHTTP(w, hr)
		require.Equal(t, q.Expect.Status, w.Code, "request %d: %s", i, w.Body)
		switch {
		case q.Path == "/token":
			token = w.Body.String()
		case q.Expect.View != nil && method != "HEAD":
			assert.Equal(t, *q.Expect.View, w.Body.String(), "request %d", i)
		}
	}
}
