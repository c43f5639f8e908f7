package framework_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// cookiePolicy is a security policy with a signed cookie: when it expires, the user, the signature.
type cookiePolicy struct{ key []byte }

var (
	_ web.SecurityPolicy = cookiePolicy{}
	_ web.Rememberer     = cookiePolicy{}
)

const userCookie = "__Host-user"

// Identity returns the user of a cookie that this policy signed, and nil for all other requests.
func (p cookiePolicy) Identity(r *framework.Request) (any, error) {
	cookie, err := r.Cookie(userCookie)
	if err != nil {
		return nil, nil // there is none
	}
	at := max(strings.LastIndexByte(cookie.Value, '.'), 0)
	expires, user, _ := strings.Cut(cookie.Value[:at], ".")
	if !hmac.Equal([]byte(cookie.Value), []byte(p.signed(cookie.Value[:at]))) {
		return nil, nil
	}
	if until, err := strconv.ParseInt(expires, 10, 64); err != nil || time.Now().Unix() > until {
		return nil, nil
	}
	name, err := url.PathUnescape(user)
	return name, err
}

// Permits: every user may view, and alice may edit.
func (cookiePolicy) Permits(r *framework.Request, _ traversal.Node, permission string) (web.Decision, error) {
	user, err := r.UserID() // the identity, since that is a string
	if user == "alice" || user != "" && permission == "view" {
		return web.Allow(user + " may " + permission), err
	}
	return web.Deny(fmt.Sprintf("user %q may not %s", user, permission)), err
}

// Remember sets the cookie of the response, which keeps the user for a day.
func (p cookiePolicy) Remember(_ *framework.Request, user string) (func(*framework.Response), error) {
	cookie := p.cookie(user)
	return func(resp *framework.Response) { resp.SetCookie(cookie) }, nil
}

// Forget removes the cookie.
func (p cookiePolicy) Forget(*framework.Request) (func(*framework.Response), error) {
	cookie := p.cookie("")
	cookie.Value, cookie.MaxAge = "", -1
	return func(resp *framework.Response) { resp.SetCookie(cookie) }, nil
}

// ActAs is for frameworktest.As, and for the flag --as of package cli.
func (p cookiePolicy) ActAs(r *http.Request, user string) (*http.Request, error) {
	if user != "" {
		r.AddCookie(p.cookie(user))
	}
	return r, nil
}

func (p cookiePolicy) cookie(user string) *http.Cookie {
	text := strconv.FormatInt(time.Now().Add(24*time.Hour).Unix(), 10) + "." + url.PathEscape(user)
	return &http.Cookie{
		Name: userCookie, Value: p.signed(text), Path: "/", MaxAge: 24 * 60 * 60,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}

// signed returns the text with its signature.
func (p cookiePolicy) signed(text string) string {
	mac := hmac.New(sha256.New, p.key)
	mac.Write([]byte(text))
	return text + "." + hex.EncodeToString(mac.Sum(nil))
}

// Credentials are the input of the login form.
type Credentials struct{ User, Password string }

const loginForm = `<form method="post"><input name="user"><input name="password" type="password"><button>Log in</button></form>`

func showLogin(r *framework.Request) (*framework.Response, error) { return r.HTML(loginForm), nil }

// login has the resource as its second parameter, of any type: the view is on a route.
func login(r *framework.Request, _ any, sent Credentials) (*framework.Response, error) {
	if sent.Password != "secret of "+sent.User { // a real application compares with a stored hash
		resp := r.HTML("<p>Wrong user or password.</p>" + loginForm)
		resp.SetStatus(http.StatusUnprocessableEntity)
		return resp, nil
	}
	if err := r.Remember(sent.User); err != nil {
		return nil, err
	}
	return r.Redirect(http.StatusSeeOther, "/"), nil
}

func logout(r *framework.Request) (*framework.Response, error) {
	return r.Redirect(http.StatusSeeOther, "/login"), r.Forget()
}

// askToLogIn handles a denied permission: it sends clients without a user to the login form.
func askToLogIn(r *framework.Request) (*framework.Response, error) {
	switch known, err := r.IsAuthenticated(); {
	case err != nil:
		return nil, err
	case !known:
		return r.Redirect(http.StatusSeeOther, "/login"), nil
	}
	return r.Text("You may not do this."), nil // 403
}

// A complete login: a policy with a cookie, a form, and pages that need a permission.
func Example_login() {
	config := framework.New(framework.Options{
		Security:          cookiePolicy{key: []byte("32 random bytes, from a setting.")},
		DefaultPermission: "view", // so that a new page is never open by accident
	})
	// Only pages of this site may send these forms.
	config.AddTween("origin", tweens.FromMiddleware(http.NewCrossOriginProtection().Handler))
	config.AddRoute("login", "/login")
	config.AddView(views.Func(showLogin), views.Route("login"), views.Method("GET"), views.NoPermission())
	config.AddView(views.OnInput(login), views.Route("login"), views.Method("POST"), views.NoPermission())
	config.AddRoute("logout", "/logout")
	config.AddView(views.Func(logout), views.Route("logout"), views.Method("POST"), views.NoPermission())
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		user, err := r.UserID()
		return r.Text("Hello, " + user), err
	}))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		return r.Text("Edit it"), nil
	}), views.Name("edit"), views.Permission("edit"))
	config.AddForbiddenView(views.Func(askToLogIn))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}

	var cookies []*http.Cookie // what a browser keeps
	send := func(method, path, form string) {
		hr := httptest.NewRequest(method, path, strings.NewReader(form))
		hr.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for _, cookie := range cookies {
			hr.AddCookie(cookie)
		}
		w := httptest.NewRecorder()
		app.ServeHTTP(w, hr)
		if set := w.Result().Cookies(); len(set) > 0 {
			cookies = set
		}
		said := w.Header().Get("Location") + strings.TrimSuffix(w.Body.String(), loginForm)
		fmt.Println(method, path, w.Code, said)
	}
	send("GET", "/", "")
	send("POST", "/login", "user=bob&password=guessed")
	send("POST", "/login", "user=bob&password=secret+of+bob")
	send("GET", "/", "")
	send("GET", "/edit", "")
	send("POST", "/logout", "")
	send("GET", "/", "")

	hr, err := app.ActAs(httptest.NewRequest("GET", "/edit", nil), "alice") // as tests do
	if err != nil {
		fmt.Println(err)
		return
	}
	w := httptest.NewRecorder()
	app.ServeHTTP(w, hr)
	fmt.Println("alice:", w.Code, w.Body)
	// Output:
	// GET / 303 /login
	// POST /login 422 <p>Wrong user or password.</p>
	// POST /login 303 /
	// GET / 200 Hello, bob
	// GET /edit 403 You may not do this.
	// POST /logout 303 /login
	// GET / 303 /login
	// alice: 200 Edit it
}
