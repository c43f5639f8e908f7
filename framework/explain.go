package framework

import (
	"net/http"

	"github.com/mastaba-go/mastaba/framework/explain"
	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// Explain predicts how the application would respond to hr, and why, without running the view.
// The router itself finds the route, the root and the resource, and the view table itself selects
// the view. On the way they run subscribers to NewRequest, BeforeTraversal and ResourceFound, which
// may change the request; predicates; root factories; the lookups of resources; and the security
// and CSRF policies. Code of these that writes, counts or sends can check [explain.DryRun].
//
// It also reads and validates the input of a view made by views.OnInput, and calls the input's
// method Validate, so that it predicts the response to an invalid input. If the body of the request
// was read before, set it to http.NoBody and keep ContentLength: then Explain does not check the
// input.
//
// Explain does not run views, error views, derivers, renderers, tweens, response callbacks,
// subscribers to NewResponse or step hooks. It therefore misses what a tween or a view would
// refuse; the explanation lists the tweens and derivers. Finished callbacks do run, since they
// release what was opened.
//
// A predicate of your own can say what the request has where it fails, such as `the weekday "mon"`:
// its Data has a method Had(*web.Request) string (see [web.Predicate.WithData]).
//
// The explanation has no values of cookies and of the Authorization header, nor of headers,
// parameters and route markers whose name contains a word such as "token" or "password".
//
// Explain does not change hr, except that it may read the body: for an input, or for a predicate
// that looks at the parameters of a form. It is safe for concurrent use while the application
// serves, and costs other requests nothing.
func (a *App) Explain(hr *http.Request) *explain.Explanation {
	own := hr.Clone(explain.WithDryRun(hr.Context()))
	own.MultipartForm = hr.MultipartForm
	r := a.begin(own, false)
	defer a.finish(r, hr)
	x := &explainer{app: a, request: r, at: explain.AtNewRequest}
	x.out = &explain.Explanation{Method: hr.Method, Target: hr.URL.RequestURI(), Notes: []string{}}
	x.surroundings()
	err := web.Try(func() error { return a.router.find(r, x) })
	if err == nil {
		x.at = explain.AtViews
	}
	x.walk(err)
	x.outcome(err)
	x.notes(hr)
	x.hideSecrets(hr)
	return x.out
}

// explainer gathers one explanation: before the views as the observer of the router, then from
// the view table.
type explainer struct {
	app     *App
	request *web.Request
	at      explain.Stage // the last one that began
	route   *routes.Route
	root    traversal.Resource
	steps   []explain.Step
	out     *explain.Explanation

	consulted bool // the user is known
}
