// Package conditional answers conditional requests (RFC 9110, section 13) for resources that know
// their version or the time of their last change.
//
//	package main
//
//	import (
//		"context"
//		"log"
//		"net/http"
//		"strconv"
//
//		"github.com/mastaba-go/mastaba/framework"
//		"github.com/mastaba-go/mastaba/traversal"
//		"github.com/mastaba-go/mastaba/views"
//		"github.com/mastaba-go/mastaba/views/conditional"
//	)
//
//	type Note struct { // an application with several users needs a lock or a store
//		Text  string
//		Edits int
//	}
//
//	func (n *Note) Version(context.Context) (string, error) { return strconv.Itoa(n.Edits), nil }
//
//	func main() {
//		note := &Note{Text: "first"}
//		root := func(*framework.Request) (traversal.Resource, error) { return note, nil }
//		config := framework.New(framework.Options{Root: root})
//		config.AddView(views.On(show), views.Method("GET"), conditional.Check(conditional.Options{}))
//		config.AddView(views.On(save), views.Method("PUT"), conditional.Check(conditional.Options{Require: true}))
//		app, err := config.App()
//		if err != nil {
//			log.Fatal(err)
//		}
//		log.Fatal(http.ListenAndServe(":6543", app))
//	}
//
//	func show(r *framework.Request, n *Note) (*framework.Response, error) { return r.Text(n.Text), nil }
//
//	func save(r *framework.Request, n *Note) (*framework.Response, error) {
//		n.Text, n.Edits = r.URL.Query().Get("text"), n.Edits+1
//		return r.Empty(http.StatusNoContent), nil
//	}
//
// Responses to GET then have an ETag. A client that sends it back in If-None-Match gets a 304, and
// the view does not run. With it in If-Match, a write succeeds only if the resource has not changed
// since: otherwise the response is a 412, and again the view does not run.
//
// Most applications need three names: [Check], [Versioned] and [Options]. [Dated] is for resources
// that know only a time, and [For] for types of other packages. The examples are Example and
// ExampleFor.
//
// # What may be checked
//
// The check runs before the view, so it suits views whose response depends on the resource alone. A
// page that also shows the user's name, or data of other resources, needs [Options.By], or no Check
// at all: otherwise clients keep an old page.
//
// In an application with translations, the check takes the language of the client into account. The
// language must be chosen before the view: i18n.SetLocale in the view itself is too late.
//
// It runs after the checks of the permission and the CSRF token, so a 304 or 412 reveals nothing to
// clients that may not see the resource. Use Check only for views that succeed once it has passed:
// by RFC 9110, 13.2.1, a server ignores preconditions where the response without them would be an
// error.
//
// # Lost updates
//
// Another request may write between the check and the write of the view. So the view still has to
// save conditionally, for example with UPDATE … WHERE version = …. [StateOf] returns the version
// that was checked.
package conditional
