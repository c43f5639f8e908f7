package frameworktest_test

import (
	"context"
	"fmt"
	"net/http"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// t stands for the *testing.T of a test, which examples do not have.
var t exampleT

type exampleT struct{}

func (exampleT) Helper()                           {}
func (exampleT) Context() context.Context          { return context.Background() }
func (exampleT) Log(args ...any)                   { fmt.Println(args...) }
func (exampleT) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

// A test builds what the program builds, with a resource tree of its own.
func ExampleNew() {
	configure := func(root web.RootFactory) *framework.Configurator {
		config := framework.New(framework.Options{Root: root, Security: frameworktest.Policy{"alice": {"edit"}}})
		config.AddView(views.On(func(r *framework.Request, p *page) (*framework.Response, error) {
			return r.Text(p.Text), nil
		}), views.Permission("edit"))
		return config
	}

	// func TestOnlyAliceSeesThePage(t *testing.T) {
	app := frameworktest.New(t, configure(frameworktest.Root(frameworktest.Tree{"wiki/Front": &page{"hi"}})))
	app.Get("/wiki/Front").Status(http.StatusForbidden)
	got := app.Get("/wiki/Front", frameworktest.As("alice")).Status(http.StatusOK)
	fmt.Println(got.Body)
	// Output: hi
}

// A test sends a form or JSON, decodes the response, and looks at the log and the events.
func ExampleApp_Post() {
	configure := func(log *frameworktest.Log) *framework.Configurator {
		config := framework.New(framework.Options{
			Root:   frameworktest.Root(frameworktest.Tree{"wiki/Front": &page{"hi"}}),
			Logger: log.Logger(),
		})
		config.AddView(views.OnInput(func(r *web.Request, _ *page, in struct {
			Text string `json:"text"`
		}) (*page, error) {
			r.Log().Info().Msg("saved")
			return &page{in.Text}, nil
		}), views.Name("edit"), views.Method("POST"))
		return config
	}

	// func TestEdit(t *testing.T) {
	var log frameworktest.Log
	app := frameworktest.New(t, configure(&log))
	var saved page
	app.Post("/wiki/Front/edit", frameworktest.JSON(map[string]string{"text": "new"})).Status(http.StatusOK).Decode(&saved)
	app.Get("/wiki/Front/edit", frameworktest.Header("Accept", "text/html")).Status(http.StatusMethodNotAllowed)
	fmt.Println(saved.Text, log.Lines()[0]["message"], app.Events()[0])
	// Output: new saved ApplicationCreated
}

// A test uploads a file, with the other fields of the form.
func ExampleFile() {
	configure := func() *framework.Configurator {
		config := framework.New(framework.Options{})
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			file, header, err := r.FormFile("photo")
			if err != nil {
				return nil, err
			}
			return r.Text(fmt.Sprintf("%s, %d bytes", header.Filename, header.Size)), file.Close()
		}), views.Method("POST"))
		return config
	}

	// func TestUpload(t *testing.T) {
	app := frameworktest.New(t, configure())
	got := app.Post("/", frameworktest.File("photo", "mastaba.jpg", "a photo"), frameworktest.Form("title", "Saqqara")).Status(http.StatusOK)
	fmt.Println(got.Body)
	app.Post("/", frameworktest.Form("title", "Saqqara")).Status(http.StatusUnsupportedMediaType)
	// Output: mastaba.jpg, 7 bytes
}

// Users, access lists and requests, one a line. A response that differs ends the test, which then
// prints all lines as wanted and as they are.
func ExampleApp_Transcript() {
	// func TestEditors(t *testing.T) {
	access := frameworktest.NewAccess(t, `
		alice: group:editors
		bob:

		/
		  allow system.Everyone view
		/wiki
		  allow group:editors edit
		  deny system.Everyone edit
		/wiki/Front
	`)
	config := framework.New(framework.Options{Root: access.Root(), Security: access})
	config.AddView(views.On(func(r *framework.Request, p *frameworktest.Place) (*framework.Response, error) {
		return r.Text("this is " + p.Path), nil
	}), views.Permission("view"))
	config.AddView(views.On(func(r *framework.Request, p *frameworktest.Place) (*framework.Response, error) {
		return nil, web.SeeOther(p.Path)
	}), views.Name("edit"), views.Permission("edit"), views.Method("POST"))

	frameworktest.New(t, config).Transcript(`
		GET /wiki/Front                        -> 200 "this is /wiki/Front"
		alice POST /wiki/Front/edit text=hello -> 303 /wiki/Front
		bob POST /wiki/Front/edit text=hello   -> 403, denied by entry 2 of /wiki
		POST /edit                             -> 403, denied: no entry of / or a resource above it matches
	`)
	// Output:
}

// A browser logs in, and another site tries to use its cookie.
func ExampleBrowser() {
	config := framework.New(framework.Options{})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		resp := r.Redirect(http.StatusSeeOther, "/")
		resp.SetCookie(&http.Cookie{Name: "user", Value: "alice", Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
		return resp, nil
	}), views.Name("login"), views.Method("POST"))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		user, err := r.Cookie("user")
		if err != nil {
			return r.Text("nobody"), nil
		}
		return r.Text(user.Value), nil
	}))

	// func TestLogin(t *testing.T) {
	browser := frameworktest.New(t, config).Browser()
	fmt.Println(browser.Get("/").Body)
	fmt.Println(browser.Post("/login").Status(http.StatusSeeOther).Follow().Body)
	fmt.Println(browser.Post("/", frameworktest.From("https://evil.example")).Body)
	// Output:
	// nobody
	// alice
	// nobody
}
