package security_test

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/framework/security/password"
	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// sayHello answers with the id of the user.
func sayHello(r *framework.Request) (*framework.Response, error) {
	user, err := r.UserID()
	return r.Text("Hello " + user), err
}

// try prints the response to one request.
func try(app http.Handler, hr *http.Request) {
	w := httptest.NewRecorder()
	app.ServeHTTP(w, hr)
	fmt.Println(w.Code, w.Header().Get("WWW-Authenticate")+w.Header().Get("Location")+w.Body.String())
}

// The passwords are in a file that htpasswd -B has written; here it is a text.
func ExampleBasic() {
	users, err := password.ParseFile("users", []byte("alice:$2y$05$9gfL4PglFiBQNmy56GALnuyLB0rcAKrtlWNgVrOw2uFcnY9BcUc0q"))
	if err != nil {
		fmt.Println(err)
		return
	}
	passwords := password.NewChecker(users, password.CheckerOptions{})
	config := framework.New(framework.Options{
		Security: security.New(security.Options{Identify: security.Basic("wiki", passwords.Check), Authorize: security.AnyUser}),
	})
	config.AddView(views.Func(sayHello), views.Permission("view"))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	hr := httptest.NewRequest("GET", "/", nil)
	hr.SetBasicAuth("alice", "open sesame")
	try(app, hr)

	challenges, err := security.Basic("wiki", passwords.Check).(web.Challenger).Challenges(nil)
	fmt.Println(challenges, err)
	// Output:
	// 200 Hello alice
	// [Basic realm="wiki", charset="UTF-8"] <nil>
}

// The user is in the session; who has none may send user and password along.
func ExampleFirstOf() {
	sessions, err := session.New(session.Options{Secrets: []string{"32 random bytes, from a setting."}})
	if err != nil {
		fmt.Println(err)
		return
	}
	config := framework.New(framework.Options{
		Sessions: sessions,
		Security: security.New(security.Options{
			Identify: security.FirstOf(security.Session(), security.APIKey("X-API-Key", func(*web.Request, string) (security.User, error) {
				return security.User{ID: "robot"}, nil // a real application looks the hash up
			})),
		}),
	})
	config.AddView(views.Func(sayHello))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		return r.Redirect(http.StatusSeeOther, "/"), r.Remember("alice") // the session does it
	}), views.Name("login"), views.Method("POST"))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	hr := httptest.NewRequest("GET", "/", nil)
	hr.Header.Set("X-API-Key", "key")
	try(app, hr)

	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("POST", "/login", nil))
	hr.AddCookie(w.Result().Cookies()[0])
	try(app, hr)
	// Output:
	// 200 Hello robot
	// 200 Hello alice
}

// The administration wants another proof than the rest.
func ExampleByRoute() {
	identify := security.ByRoute(map[string]security.Identifier{
		"admin": security.Certificate(func(_ *web.Request, cert *x509.Certificate) (security.User, error) {
			return security.User{ID: cert.Subject.CommonName}, nil
		}),
	}, security.Tickets(security.TicketOptions{Secrets: []string{"32 random bytes, from a setting."}}))
	config := framework.New(framework.Options{Security: security.New(security.Options{Identify: identify})})
	config.AddRoute("admin", "/admin")
	config.AddView(views.Func(sayHello), views.Route("admin"))
	config.AddView(views.Func(sayHello))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	cert := &x509.Certificate{Subject: pkix.Name{CommonName: "root"}}
	for _, path := range []string{"/admin", "/"} {
		hr := httptest.NewRequest("GET", path, nil)
		hr.TLS = &tls.ConnectionState{VerifiedChains: [][]*x509.Certificate{{cert}}} // as net/http sets it
		w := httptest.NewRecorder()
		app.ServeHTTP(w, hr)
		fmt.Printf("%s %q\n", path, w.Body)
	}
	// Output:
	// /admin "Hello root"
	// / "Hello "
}

func ExampleProxyHeader() {
	config := framework.New(framework.Options{
		TrustedProxies: []string{"10.0.0.7"},
		Security:       security.New(security.Options{Identify: security.ProxyHeader("X-Remote-User")}),
	})
	config.AddView(views.Func(sayHello))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, from := range []string{"10.0.0.7:1234", "198.51.100.1:1234"} {
		hr := httptest.NewRequest("GET", "/", nil)
		hr.RemoteAddr = from
		hr.Header.Set("X-Remote-User", "alice")
		w := httptest.NewRecorder()
		app.ServeHTTP(w, hr)
		fmt.Printf("%s %q\n", from, w.Body)
	}
	// Output:
	// 10.0.0.7:1234 "Hello alice"
	// 198.51.100.1:1234 "Hello "
}
