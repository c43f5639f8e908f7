package security_test

import (
	"fmt"
	"html/template"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/views"
)

// A form of the page carries the token of its client; a form of another site does not.
func ExampleNewCSRF() {
	tokens := security.CSRFInCookie(security.CSRFCookie{}) // without it, tokens are in the session
	config := framework.New(framework.Options{CSRF: security.NewCSRF(security.CSRFOptions{Storage: tokens})})
	page := template.Must(template.New("page").Parse(`<form method="post">{{.}}<button>Sign</button></form>`))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		field, err := security.CSRFField(r)
		if err != nil {
			return nil, err
		}
		var text strings.Builder
		err = page.Execute(&text, field)
		return r.HTML(text.String()), err
	}), views.Method("GET"))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		return r.Text("signed"), nil
	}), views.Method("POST"))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}

	got := httptest.NewRecorder()
	app.ServeHTTP(got, httptest.NewRequest("GET", "https://example.com/", nil))
	token := regexp.MustCompile(`value="([^"]*)"`).FindStringSubmatch(got.Body.String())[1]
	for _, origin := range []string{"https://example.com", "https://evil.example"} {
		form := strings.NewReader(url.Values{"csrf_token": {token}}.Encode())
		hr := httptest.NewRequest("POST", "https://example.com/", form)
		hr.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		hr.Header.Set("Origin", origin)
		hr.AddCookie(got.Result().Cookies()[0])
		w := httptest.NewRecorder()
		app.ServeHTTP(w, hr)
		fmt.Println(w.Code, strings.ReplaceAll(w.Body.String(), "\n", " "))
	}
	// Output:
	// 200 signed
	// 400 400 Bad Request  origin check failed: "https://evil.example" is not a trusted origin
}
