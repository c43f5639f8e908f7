package static_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing/fstest"
	"time"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/static"
	"github.com/mastaba-go/mastaba/views/web"
)

// A style sheet has a version in its URL, and so has the image that it refers to.
func Example() {
	files := fstest.MapFS{ // usually an embed.FS
		"app.css":  {Data: []byte("body { background: url(logo.svg) }")},
		"logo.svg": {Data: []byte("<svg/>")},
	}
	config := framework.New(framework.Options{})
	config.AddStaticView("static", files)
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		path, err := r.StaticPath("static/app.css")
		if err != nil {
			return nil, err
		}
		return r.Text(path), nil
	}))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	path := w.Body.String()
	fmt.Println(path)

	w = httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	fmt.Println(w.Header().Get("Cache-Control"))
	fmt.Println(w.Body)
	// Output:
	// /static/app.99f92d8eec.css
	// public, max-age=31536000, immutable
	// body { background: url(logo.d4dc566691.svg) }
}

// A view that sends a file to save.
func ExampleContent() {
	config := framework.New(framework.Options{})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		report := strings.NewReader("month,sales\n1,7\n") // such as a blob of a database
		return static.Content(r, report, "report.csv", time.Time{}, static.FileOptions{Attachment: true, Filename: "März.csv"})
	}))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Range", "bytes=0-10")
	w := httptest.NewRecorder()
	app.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Body)
	fmt.Println(w.Header().Get("Content-Disposition"))
	// Output:
	// 206 month,sales
	// attachment; filename="M_rz.csv"; filename*=UTF-8''M%C3%A4rz.csv
}

// The application has its own logo in place of that of a package that it includes.
func ExampleAddAssets() {
	house := func(c *framework.Configurator) error { // a package
		c.AddAssets("house", fstest.MapFS{"static/logo.svg": {Data: []byte("<svg>house</svg>")}})
		c.AddStaticAssets("house", "house:static")
		return nil
	}
	config := framework.New(framework.Options{})
	config.Include(house, framework.As("house"))
	config.AddAssets("site", fstest.MapFS{"own.svg": {Data: []byte("<svg>ours</svg>")}})
	config.OverrideAsset("house:static/logo.svg", "site:own.svg")
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/house/logo.svg", nil))
	fmt.Println(w.Body)
	// Output: <svg>ours</svg>
}

// Files of a content delivery network only have URLs here.
func ExampleAs() {
	files := fstest.MapFS{"app.js": {Data: []byte("let x")}}
	config := framework.New(framework.Options{})
	config.AddStaticView("//cdn.example.com/v2", files, static.As("static"))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		url, err := r.StaticURL("static/app.js")
		if err != nil {
			return nil, err
		}
		return r.Text(url), nil
	}))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	fmt.Println(w.Body)
	// Output: http://cdn.example.com/v2/app.75728e1ed7.js
}

// A cache buster puts the release into the query, in place of the version of each file.
func ExampleAddCacheBuster() {
	config := framework.New(framework.Options{})
	config.AddStaticView("static", fstest.MapFS{"app.js": {Data: []byte("let x")}})
	config.AddCacheBuster("static", static.Query("v", "2.1"))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		path, err := r.StaticPath("static/app.js", web.Query("debug", 1))
		if err != nil {
			return nil, err
		}
		return r.Text(path), nil
	}))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	fmt.Println(w.Body)
	// Output: /static/app.js?debug=1&v=2.1
}
