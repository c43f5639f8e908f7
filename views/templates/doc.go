// Package templates renders pages with html/template: layouts, partials and blocks in files,
// checked while the application is built.
//
//	package main
//
//	import (
//		"embed"
//		"log"
//		"net/http"
//
//		"github.com/mastaba-go/mastaba/framework"
//		"github.com/mastaba-go/mastaba/views"
//		"github.com/mastaba-go/mastaba/views/templates"
//	)
//
//	//go:embed *.html
//	var pages embed.FS
//
//	type Greeting struct{ Name string }
//
//	func main() {
//		config := framework.New(framework.Options{})
//		templates.Add(config, pages, templates.Options{Dir: "."})
//		config.AddView(views.Func(hello), views.Renderer("hello.html"))
//		app, err := config.App()
//		if err != nil {
//			log.Fatal(err)
//		}
//		log.Fatal(http.ListenAndServe(":6543", app))
//	}
//
//	func hello(r *framework.Request) (Greeting, error) { return Greeting{Name: "world"}, nil }
//
// The view returns a value, which is the dot of the template: <h1>Hello {{.Name}}</h1>.
//
// # Layouts, blocks and partials
//
// A template calls another file by its name. A layout has blocks, and the page that calls it
// defines what goes into them:
//
//	layout.html  <title>{{block "title" .}}Wiki{{end}}</title>
//	             <main>{{block "content" .}}{{end}}</main>
//	page.html    {{template "layout.html" .}}
//	             {{define "title"}}{{.Title}}{{end}}
//	             {{define "content"}}{{template "row.html" .Text}}{{end}}
//	row.html     <p>{{.}}</p>
//
// A layout may call another layout; the definition nearest to the page counts. A file with nothing
// but definitions is a library: its names can be called from everywhere. A call of a missing
// template or block, a definition that nothing calls, a syntax error, an unknown function, a field
// that the value of the view does not have, and a route or static file that is written out but does
// not exist are configuration errors with file and line. A file that is missing from a folder on
// the disk may come later, so it is a warning.
//
// A value inside a script is an error, except as data: <script
// type="application/json">{{.}}</script>. The script reads it from there.
//
// # Plain text
//
// Options.Text is for mails and other text: values are not escaped. Files with another extension
// need a call of Add of their own; all functions work in both. views.RenderOutside renders without
// a request.
//
// # Functions
//
// They work in every template, whatever its dot is, and use the request of the page:
//
//   - path .Node "edit" (query "v" 3), url, route "search" "id" 7, routeURL, here "page" 2 (this
//     page with another query), static "static/app.css", staticURL; query, keepQuery and anchor are
//     their options. path and url also take the resource of the request and its root, path root;
//     without arguments they are about the node of the request.
//   - request, resource, node, root, view, viewName; var "name" is a variable of a BeforeRender
//     subscriber.
//   - csrf is the hidden field of a form, csrfToken the token alone; nonce is that of the CSP.
//   - can "edit" .Node, user, userID, flash "errors" (takes the messages), breadcrumbs (on the page
//     of a 403 too: show those for which can "view" .Node is true).
//   - t "Hello ${name}" "name" .Name, tn "one file" "${n} files" .N, tc "month" "May", locale.
//   - status and detail, for error pages; component for values of templ and gomponents; dict and
//     list.
//
// Options.Funcs adds others.
package templates
