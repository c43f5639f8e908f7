package session_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/views"
)

// user is who is logged in.
var user = session.NewKey[string]("example.user")

// A login, a page for the user, and a logout.
func Example() {
	sessions, err := session.New(session.Options{Secrets: []string{secretA}}) // from the environment, in a program
	if err != nil {
		fmt.Println(err)
		return
	}
	config := framework.New(framework.Options{Sessions: sessions})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		s, err := r.Session()
		if err != nil {
			return nil, err
		}
		s.Renew() // the id of before the login is good for nothing
		return r.Redirect(http.StatusSeeOther, "/"), user.Set(r, "alice")
	}), views.Name("login"), views.Method("POST"))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		name, ok, err := user.Get(r)
		if !ok {
			name = "stranger"
		}
		return r.Text("Hello, " + name), err
	}))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		s, err := r.Session()
		if err != nil {
			return nil, err
		}
		s.Invalidate()
		return r.Text("Goodbye"), nil
	}), views.Name("logout"), views.Method("POST"))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}

	browse := newBrowser(app)
	fmt.Println(browse("GET", "/"))
	browse("POST", "/login")
	fmt.Println(browse("GET", "/"))
	fmt.Println(browse("POST", "/logout"))
	fmt.Println(browse("GET", "/"))
	// Output:
	// Hello, stranger
	// Hello, alice
	// Goodbye
	// Hello, stranger
}

// A message for the next page, whichever that is.
func Example_flash() {
	sessions, err := session.New(session.Options{Store: new(session.Memory)})
	if err != nil {
		fmt.Println(err)
		return
	}
	config := framework.New(framework.Options{Sessions: sessions})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		s, err := r.Session()
		if err != nil {
			return nil, err
		}
		if err := s.Flash("", "Your page is saved.", true); err != nil {
			return nil, err
		}
		return r.Redirect(http.StatusSeeOther, "/"), nil
	}), views.Name("save"), views.Method("POST"))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		s, err := r.Session()
		if err != nil {
			return nil, err
		}
		messages, err := s.PopFlash("")
		return r.Text(strings.Join(append(messages, "The page."), " ")), err
	}))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}

	browse := newBrowser(app)
	browse("POST", "/save")
	fmt.Println(browse("GET", "/"))
	fmt.Println(browse("GET", "/"))
	// Output:
	// Your page is saved. The page.
	// The page.
}

func ExampleKey() {
	type item struct {
		Name  string
		Count int
	}
	cart := session.NewKey[[]item]("shop.cart")
	sessions, err := session.New(session.Options{Secrets: []string{secretA}})
	if err != nil {
		fmt.Println(err)
		return
	}
	config := framework.New(framework.Options{Sessions: sessions})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		items, _, err := cart.Get(r) // a copy
		if err != nil {
			return nil, err
		}
		items = append(items, item{"book", len(items) + 1})
		return r.Text(fmt.Sprint(items)), cart.Set(r, items)
	}))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	browse := newBrowser(app)
	fmt.Println(browse("POST", "/"))
	fmt.Println(browse("POST", "/"))
	// Output:
	// [{book 1}]
	// [{book 1} {book 2}]
}

// newBrowser returns a function that sends a request, with the cookies of the responses before, and
// returns the body of the response.
func newBrowser(app http.Handler) func(method, path string) string {
	cookies := map[string]*http.Cookie{}
	return func(method, path string) string {
		r := httptest.NewRequest(method, "https://example.com"+path, nil)
		for _, c := range cookies {
			r.AddCookie(c)
		}
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		for _, c := range w.Result().Cookies() {
			cookies[c.Name] = c
			if c.MaxAge < 0 {
				delete(cookies, c.Name)
			}
		}
		return w.Body.String()
	}
}
