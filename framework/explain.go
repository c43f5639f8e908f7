package framework

import (
	"context"
	"net/http"
	"runtime/debug"

	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// Explain tells how the application would answer hr, and why, without running
// the view. It is no model of the application: the router itself finds route,
// root and resource, the view table itself looks for the view, and what they ask
// on the way is asked: subscribers to NewRequest, BeforeTraversal and
// ResourceFound, which may change the request; predicates; root factories; the
// resources; the security and the CSRF policy. Code of these that writes (counts,
// sends, creates) can ask Explaining, and leave that out.
//
// Not run are views and error views, their derivers and renderers, the tweens,
// response callbacks, NewResponse, and hooks of AddStepHook. What a tween or a
// view would refuse is therefore not in an explanation; which ones there are is.
// Finished callbacks run: they release what was opened.
//
// hr is not changed, but a predicate may read its body if that is a form. Explain may
// be called by any number of goroutines while the application serves; requests
// that nobody explains pay nothing for it.
func (a *App) Explain(hr *http.Request) *Explanation {
	own := hr.Clone(context.WithValue(hr.Context(), explaining{}, true))
	own.MultipartForm = hr.MultipartForm
	r := a.begin(own)
	defer a.finish(r, hr)
	x := &explainer{app: a, at: atNewRequest, request: r}
	x.router = x.watched()
	x.out = &Explanation{Method: hr.Method, Target: hr.URL.RequestURI(), Notes: []string{}}
	x.around()
	err := x.find()
	x.walk(err)
	x.answer(err)
	x.note(hr)
	return x.out
}

// Explaining tells whether a request, of which ctx is the context, is not to be
// answered but only explained: see App.Explain.
func Explaining(ctx context.Context) bool {
	is, _ := ctx.Value(explaining{}).(bool)
	return is
}

// explaining is its context key.
type explaining struct{}

// Where a request may be decided, see Outcome.At.
const (
	atNewRequest      = "NewRequest"
	atRoutes          = "routes"
	atBeforeTraversal = "BeforeTraversal"
	atRoot            = "root factory"
	atTraversal       = "traversal"
	atResourceFound   = "ResourceFound"
	atViews           = "views"
)

// explainer gathers one explanation.
type explainer struct {
	app     *App
	router  *router
	request *web.Request
	at      string // what is being done
	route   *routes.Route
	root    traversal.Resource
	steps   []ExplainedStep
	out     *Explanation
}

// watched is the application's router with an observer at every joint. It is made
// of the same registry, for this explanation alone.
func (x *explainer) watched() *router {
	plain := newRouter(x.app.web.Registry, nil)
	rt := *plain
	rt.traverser = watchedTraverser(x.app.web.Registry, x.step)
	rt.newRequest = func(e *web.NewRequest) error {
		if plain.newRequest != nil {
			if err := plain.newRequest(e); err != nil {
				return err
			}
		}
		x.at = atRoutes
		x.tryRoutes()
		return nil
	}
	rt.beforeTraversal = func(e *web.BeforeTraversal) error {
		x.at = atBeforeTraversal
		if match := x.request.Match(); match != nil {
			x.route, _ = plain.routes.Route(match.Route)
		}
		if plain.beforeTraversal != nil {
			if err := plain.beforeTraversal(e); err != nil {
				return err
			}
		}
		x.at = atRoot
		return nil
	}
	rt.root = func(r *web.Request) (root traversal.Resource, err error) {
		if plain.root != nil {
			root, err = plain.root(r)
		}
		if err == nil {
			x.root, x.at = root, atTraversal
		}
		return root, err
	}
	rt.resourceFound = func(e *web.ResourceFound) error {
		x.at = atResourceFound
		if plain.resourceFound != nil {
			return plain.resourceFound(e)
		}
		return nil
	}
	return &rt
}

// find has the router go as far as the view.
func (x *explainer) find() error {
	err := safely(func() error { return x.router.find(x.request) })
	if err == nil {
		x.at = atViews
	}
	return err
}

// predict asks the view table what it would do; the panic of a predicate or a
// policy becomes the error that it would be.
func predict(ask func() views.Prediction) (o views.Prediction) {
	err := safely(func() error { o = ask(); return nil })
	if err != nil {
		o.Err = err
	}
	return o
}

// safely makes an error of a panic, also of the one that would cut the connection.
func safely(do func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &web.PanicError{Value: value, Stack: debug.Stack()}
		}
	}()
	return do()
}
