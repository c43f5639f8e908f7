package framework_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/framework/security/password"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// users is the text of a password file, as htpasswd -B writes it.
const users = `# both passwords are "open sesame"
alice:$2y$05$J40R0dUwrMe7cwuSDiqFbeHx7IJ0P.VWuDuyFWqfZXzoUjpnGigUe
bob:$2y$05$8kNBMg8KAy74aNxiTgbda.U6p3ROxPsBuwzvaMV0XZOueFgjR.8Uu
`

// Credentials are the input of the login form.
type Credentials struct{ User, Password, Next string }

const loginForm = `<form method="post"><input name="user"><input name="password" type="password"><button>Log in</button></form>`

func showLogin(r *framework.Request) (*framework.Response, error) { return r.HTML(loginForm), nil }

// loginWith returns the view that the form is sent to. Its second parameter is the resource, of any
// type, since the view is on a route.
func loginWith(passwords *password.Checker) func(*framework.Request, any, Credentials) (*framework.Response, error) {
	return func(r *framework.Request, _ any, sent Credentials) (*framework.Response, error) {
		ok, err := passwords.Check(r.Context(), sent.User, sent.Password)
		if err != nil {
			return nil, err
		}
		if !ok {
			resp := r.HTML("<p>Wrong user or password.</p>" + loginForm)
			resp.SetStatus(http.StatusUnprocessableEntity)
			return resp, nil
		}
		return r.Redirect(http.StatusSeeOther, security.SafeNext(r, sent.Next)), r.Remember(sent.User)
	}
}

func logout(r *framework.Request) (*framework.Response, error) {
	return r.Redirect(http.StatusSeeOther, "/login"), r.Forget()
}

// mayEdit: every user may view, and alice may edit.
func mayEdit(_ *framework.Request, _ traversal.Node, permission string, principals []string) (web.Decision, error) {
	if slices.Contains(principals, "alice") || permission == "view" && slices.Contains(principals, web.Authenticated) {
		return web.Allow("alice may edit, and every user view"), nil
	}
	return web.Deny("only alice may edit"), nil
}

// A complete login: a policy with a signed cookie, a form, and pages that need a permission.
func Example_login() {
	file, err := password.ParseFile("users", []byte(users)) // password.ReadFile reads one
	if err != nil {
		fmt.Println(err)
		return
	}
	passwords := password.NewChecker(file, password.CheckerOptions{})
	config := framework.New(framework.Options{
		Security: security.New(security.Options{
			Identify:  security.Tickets(security.TicketOptions{Secrets: []string{"32 random bytes, from a setting."}}),
			Authorize: mayEdit, // instead of the access lists of a tree
		}),
		DefaultPermission: "view", // so that a new page is never open by accident
	})
	// Only pages of this site may send these forms.
	config.AddTween("origin", tweens.FromMiddleware(http.NewCrossOriginProtection().Handler))
	config.AddRoute("login", "/login")
	config.AddView(views.Func(showLogin), views.Route("login"), views.Method("GET"), views.NoPermission())
	config.AddView(views.OnInput(loginWith(passwords)), views.Route("login"), views.Method("POST"), views.NoPermission())
	config.AddRoute("logout", "/logout")
	config.AddView(views.Func(logout), views.Route("logout"), views.Method("POST"), views.NoPermission())
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		user, err := r.UserID()
		return r.Text("Hello, " + user), err
	}))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		return r.Text("Edit it"), nil
	}), views.Name("edit"), views.Permission("edit"))
	config.AddForbiddenView(views.Func(security.RedirectToLogin("/login")))
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
		said := w.Header().Get("Location") + strings.TrimSpace(strings.TrimSuffix(w.Body.String(), loginForm))
		fmt.Println(method, path, w.Code, said)
	}
	send("GET", "/", "")
	send("POST", "/login", "user=bob&password=guessed")
	send("POST", "/login", "user=bob&password=open+sesame&next=/edit")
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
	// GET / 303 /login?next=%2F
	// POST /login 422 <p>Wrong user or password.</p>
	// POST /login 303 /edit
	// GET / 200 Hello, bob
	// GET /edit 403 403 Forbidden
	// POST /logout 303 /login
	// GET / 303 /login?next=%2F
	// alice: 200 Edit it
}
