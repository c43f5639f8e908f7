package tweens

import (
	"context"
	"net/http"
	"reflect"
	"slices"
	"time"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// Observer is told of each request when it comes and when it is finished: what traces and metrics are made of. It is safe
// for concurrent use. Packages oteltween and promtween have one each.
type Observer interface {
	// Begin is called as the request comes. The context that it returns, if it is another than that of r, becomes the context
	// of everything further in: a span travels in it. Nil leaves the request's.
	Begin(r *web.Request) context.Context
	// End is called once for each Begin, when the response was sent, with the context that Begin returned.
	End(ctx context.Context, o *Observation)
}

// Observation is one finished request. What it does not have is empty. It belongs to the call of End.
type Observation struct {
	// Request is the request, with everything that was found.
	Request *web.Request
	// Route and Pattern are name and pattern of the route.
	Route, Pattern string
	// Resource is the type of the resource.
	Resource reflect.Type
	// View is the name of the view, if there is a view of that name anywhere in the application: what clients make up is left
	// out, so that it can be the label of a metric.
	View string
	// Status is the code that was sent, or that would have been.
	Status int
	// Bytes is the length of the body that was sent.
	Bytes int64
	// Start is when the request came, Duration how long it took until its response was sent.
	Start    time.Time
	Duration time.Duration
	// Err is the error that came from further in, if it was not answered there.
	Err error
}

// Observe tells observers of each request. Without any it is no tween at all, and costs nothing.
//
// Place it outside of all that shall be measured, and of ExcView to see what errors became; inside of ExcView it sees the
// errors themselves.
func Observe(observers ...Observer) Factory {
	observers = slices.DeleteFunc(slices.Clone(observers), func(o Observer) bool { return o == nil })
	types := make([]any, len(observers))
	for i, o := range observers {
		types[i] = reflect.TypeOf(o)
	}
	return New(func(next web.Handler, reg *registry.Registry) (web.Handler, error) {
		for _, o := range slices.Backward(observers) {
			next = (&observation{observer: o, views: viewNames(reg)}).around(next)
		}
		return next, nil
	}).Named(callText("Observe", types...))
}

// viewNames are the names of all views of the application.
func viewNames(reg *registry.Registry) map[string]bool {
	names := map[string]bool{}
	for _, view := range reg.Introspect().Category("views") {
		for _, f := range view.Fields {
			if name, ok := f.Value.(string); ok && f.Name == "name" {
				names[name] = true
			}
		}
	}
	return names
}

// observation is one observer in one chain.
type observation struct {
	observer Observer
	views    map[string]bool
}

func (o *observation) around(next web.Handler) web.Handler {
	return func(r *web.Request) (*web.Response, error) {
		w := &watched{observation: o, start: time.Now()}
		w.ctx = o.observer.Begin(r)
		r.AddFinishedCallback(w.finish)
		inner := r
		if w.ctx != nil && w.ctx != r.Context() {
			inner = r.WithContext(w.ctx)
		}
		resp, err := next(inner)
		w.err = err
		if resp != nil {
			w.status = resp.Status()
		}
		return resp, err
	}
}

// watched is one request under observation.
type watched struct {
	*observation
	start  time.Time
	ctx    context.Context
	status int // as the tween saw it: for answers that were never sent
	err    error
}

// finish is the finished callback.
func (w *watched) finish(r *web.Request) error {
	sent := r.Sent()
	o := &Observation{
		Request: r, Status: sent.Status, Bytes: sent.Bytes, Start: w.start, Duration: time.Since(w.start), Err: w.err,
	}
	if o.Status == 0 {
		o.Status = unsent(w.status, w.err)
	}
	if m := r.Match(); m != nil {
		o.Route, o.Pattern = m.Route, m.Pattern
	}
	if res := r.Resource(); res != nil {
		o.Resource = reflect.TypeOf(res)
	}
	if name := r.ViewName(); w.views[name] {
		o.View = name
	}
	w.observer.End(w.ctx, o)
	return nil
}

// unsent is the status of an answer that no connection waited for: the one that it would have had. 0 stands for none.
func unsent(status int, err error) int {
	if err == nil && status != 0 {
		return status
	}
	if status, ok := web.StatusOf(err); ok {
		return status
	}
	return http.StatusInternalServerError
}
