package framework_test

import (
	"fmt"
	"html/template"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/framework/security/password"
	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// users is the text of a password file, as htpasswd -B writes it.
const users = `# both passwords are "open sesame"
alice:$2y$05$J40R0dUwrMe7cwuSDiqFbeHx7IJ0P.VWuDuyFWqfZXzoUjpnGigUe
bob:$2y$05$8kNBMg8KAy74aNxiTgbda.U6p3ROxPsBuwzvaMV0XZOueFgjR.8Uu
`

// Credentials are the input of the login form. Next is where the user wanted to go.
type Credentials struct{ User, Password, Next string }

// loginPage is a form. The token says that a page of this application has sent it.
var loginPage = template.Must(template.New("login").Parse(`<p>{{.Problem}}</p>
<form method="post">{{.Token}}
<input type="hidden" name="next" value="{{.Next}}">
<input name="user" autocomplete="username">
<input name="password" type="password" autocomplete="current-password">
<button>Log in</button></form>`))

func renderLogin(r *framework.Request, problem, next string) (*framework.Response, error) {
	token, err := security.CSRFField(r)
	if err != nil {
		return nil, err
	}
	var text strings.Builder
	if err := loginPage.Execute(&text, map[string]any{"Problem": problem, "Next": next, "Token": token}); err != nil {
		return nil, err
	}
	return r.HTML(text.String()), nil
}

// showLogin is the view of the form. Its second parameter is the resource, of any type, since the view
// is on a route.
func showLogin(r *framework.Request, _ any, sent Credentials) (*framework.Response, error) {
	return renderLogin(r, "", sent.Next)
}

// loginWith returns the view that the form is sent to.
func loginWith(passwords *password.Checker) func(*framework.Request, any, Credentials) (*framework.Response, error) {
	return func(r *framework.Request, _ any, sent Credentials) (*framework.Response, error) {
		ok, err := passwords.Check(r.Context(), sent.User, sent.Password)
		if err != nil {
			return nil, err
		}
		if !ok {
			r.Response().SetStatus(http.StatusUnprocessableEntity)
			return renderLogin(r, "Wrong user or password.", sent.Next)
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

// A complete login: users in sessions, a form that no other site can send, and pages that need a
// permission.
func Example_login() {
	file, err := password.ParseFile("users", []byte(users)) // password.ReadFile reads one
	if err != nil {
		fmt.Println(err)
		return
	}
	passwords := password.NewChecker(file, password.CheckerOptions{})
	// In a cookie, encrypted. A store in Redis or PostgreSQL knows of a logout, the cookie does not.
	sessions, err := session.New(session.Options{Secrets: []string{"32 random bytes, from a setting."}})
	if err != nil {
		fmt.Println(err)
		return
	}
	config := framework.New(framework.Options{
		Security: security.New(security.Options{
			Identify:    security.Session(),
			Authorize:   mayEdit, // instead of the access lists of a tree
			Permissions: []string{"view", "edit"},
		}),
		Sessions:          sessions,
		CSRF:              security.NewCSRF(security.CSRFOptions{}),
		DefaultPermission: "view", // so that a new page is never open by accident
	})
	config.AddRoute("login", "/login")
	config.AddView(views.OnInput(showLogin), views.Route("login"), views.Method("GET"), views.NoPermission())
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
	token := ""                // of the last form
	send := func(method, path, form string) {
		hr := httptest.NewRequest(method, "https://example.com"+path, strings.NewReader(form+"&csrf_token="+token))
		hr.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		hr.Header.Set("Sec-Fetch-Site", "same-origin")
		for _, cookie := range cookies {
			hr.AddCookie(cookie)
		}
		w := httptest.NewRecorder()
		app.ServeHTTP(w, hr)
		if set := w.Result().Cookies(); len(set) > 0 {
			cookies = set
		}
		page, form, isForm := strings.Cut(w.Body.String(), "<form")
		if isForm {
			token = regexp.MustCompile(`name="csrf_token" value="([^"]*)"`).FindStringSubmatch(form)[1]
		}
		page, _, _ = strings.Cut(page, "\n")
		fmt.Println(strings.TrimSpace(fmt.Sprint(method, " ", path, " ", w.Code, " ", w.Header().Get("Location"), page)))
	}
	send("GET", "/", "")
	send("POST", "/login", "user=bob&password=open+sesame") // without a page that has the token
	send("GET", "/login?next=/edit", "")
	send("POST", "/login", "user=bob&password=guessed&next=/edit")
	send("POST", "/login", "user=bob&password=open+sesame&next=/edit")
	send("GET", "/", "")
	send("GET", "/edit", "")

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
	// POST /login 400 400 Bad Request
	// GET /login?next=/edit 200 <p></p>
	// POST /login 422 <p>Wrong user or password.</p>
	// POST /login 303 /edit
	// GET / 200 Hello, bob
	// GET /edit 403 403 Forbidden
	// alice: 200 Edit it
}
