package web_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web"
)

// cookiePolicy remembers users in a cookie, except for "broken" and, without a cookie, "server".
type cookiePolicy struct{ headerPolicy }

var _ web.Rememberer = cookiePolicy{}

func (cookiePolicy) Remember(_ *web.Request, userID string) (func(*web.Response), error) {
	switch userID {
	case "broken":
		return nil, errBroken
	case "server":
		return nil, nil
	}
	return func(resp *web.Response) { resp.SetCookie(&http.Cookie{Name: "user", Value: userID}) }, nil
}

func (cookiePolicy) Forget(*web.Request) (func(*web.Response), error) {
	return func(resp *web.Response) { resp.SetCookie(&http.Cookie{Name: "user", MaxAge: -1}) }, nil
}

func TestRemember(t *testing.T) {
	t.Parallel()
	remember := func(userID string) func(*web.Request) error {
		return func(r *web.Request) error { return r.Remember(userID) }
	}
	forget := (*web.Request).Forget
	inACopy := func(r *web.Request) error { return r.WithContext(r.Context()).Remember("copy") }
	detached := func(r *web.Request) error {
		d := web.Drive(r).Detach(r.Context())
		defer d.Attach()
		return d.Request().Remember("detached")
	}
	abandoned := func(r *web.Request) error {
		d := web.Drive(r).Detach(r.Context())
		defer d.Abandon()
		return d.Request().Remember("late")
	}
	for name, tc := range map[string]struct {
		calls []func(*web.Request) error
		want  []string
	}{
		"never":                     {nil, nil},
		"remember":                  {[]func(*web.Request) error{remember("ann")}, []string{"user=ann"}},
		"forget":                    {[]func(*web.Request) error{forget}, []string{"user=; Max-Age=0"}},
		"the last one counts":       {[]func(*web.Request) error{remember("ann"), forget, remember("bob")}, []string{"user=bob"}},
		"forget after remember":     {[]func(*web.Request) error{remember("ann"), forget}, []string{"user=; Max-Age=0"}},
		"nothing to set":            {[]func(*web.Request) error{remember("ann"), remember("server")}, nil},
		"in a copy":                 {[]func(*web.Request) error{remember("ann"), inACopy}, []string{"user=copy"}},
		"on another goroutine":      {[]func(*web.Request) error{detached}, []string{"user=detached"}},
		"there and before":          {[]func(*web.Request) error{remember("ann"), detached}, []string{"user=detached"}},
		"there, after its deadline": {[]func(*web.Request) error{remember("ann"), abandoned}, []string{"user=ann"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calls := 0
			r := beginIn(&web.Application{Security: cookiePolicy{headerPolicy{&calls}}}, "GET", "/", "", "X-User", "guest")
			for _, call := range tc.calls {
				require.NoError(t, call(r))
			}
			user, err := r.UserID()
			require.NoError(t, err)
			assert.Equal(t, "guest", user, "the identity of this request stays")

			resp := r.Text("not sent, since the next tween fails")
			require.NoError(t, web.Drive(r).RunResponseCallbacks(resp))
			assert.Equal(t, tc.want, resp.HeaderValues("Set-Cookie"))
			failed, _ := web.Drive(r).ErrorResponse(web.NotFound(""))
			require.NoError(t, web.Drive(r).RerunResponseCallbacks(failed))
			assert.Equal(t, tc.want, failed.HeaderValues("Set-Cookie"), "also on the response of an error")
		})
	}
}

func TestRememberErrors(t *testing.T) {
	t.Parallel()
	calls := 0
	app := func(p web.SecurityPolicy) *web.Application { return &web.Application{Security: p} }
	for name, tc := range map[string]struct {
		app  *web.Application
		user string
		want string
	}{
		"no policy":       {nil, "ann", `remember user "ann": the application has no security policy: set framework.Options.Security`},
		"other policy":    {app(headerPolicy{&calls}), "ann", `remember user "ann": the security policy web_test.headerPolicy does not remember users: it needs the methods of web.Rememberer`},
		"nobody":          {app(cookiePolicy{}), "", `remember user "": the user id is empty: want that of a user, or call Forget`},
		"error of policy": {app(cookiePolicy{}), "broken", `remember user "broken": ` + errBroken.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := beginIn(tc.app, "GET", "/", "")
			err := r.Remember(tc.user)
			require.ErrorContains(t, err, tc.want)
			assert.False(t, web.Drive(r).HasResponseCallbacks())
		})
	}
	require.ErrorContains(t, get("/").Forget(), "forget the user: the application has no security policy: set framework.Options.Security")
}
