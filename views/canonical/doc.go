// Package canonical gives each resource one address: with a slash at its end, or without.
//
//	package main
//
//	import (
//		"log"
//		"net/http"
//
//		"github.com/mastaba-go/mastaba/framework"
//		"github.com/mastaba-go/mastaba/traversal"
//		"github.com/mastaba-go/mastaba/views"
//		"github.com/mastaba-go/mastaba/views/canonical"
//	)
//
//	func main() {
//		tree := traversal.Map{"docs": traversal.Map{}}
//		config := framework.New(framework.Options{
//			Root: func(*framework.Request) (traversal.Resource, error) { return tree, nil },
//		})
//		canonical.SetSlash(config, canonical.WithoutSlash) // /docs/ redirects to /docs
//		config.AddView(views.Func(show))
//		app, err := config.App()
//		if err != nil {
//			log.Fatal(err)
//		}
//		log.Fatal(http.ListenAndServe(":6543", app))
//	}
//
//	func show(r *framework.Request) (*framework.Response, error) {
//		path, err := r.ResourcePath(r.Node())
//		return r.Text(path), err // /docs
//	}
//
// By default /a and /a/ are the same resource, and both respond. Search engines and caches then see
// two pages, and relative links in the two differ. With [SetSlash] one of the two redirects to the
// other, and the URLs that web.Request.ResourceURL generates are those that respond.
//
// Named views have an address without a slash in both cases: /a/edit/ redirects to /a/edit. Paths
// of routes stay as their patterns say, see views.AppendSlash.
package canonical
