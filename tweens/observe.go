package tweens

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"time"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// Observer is notified when each request begins and when it is finished, to make traces and metrics
// of it. It must be safe for concurrent use. Packages oteltween and promtween implement one each.
type Observer interface {
	// Begin is called when the request begins. The context that it returns becomes the context of
	// all inner tweens and the view, so a span travels in it. Nil keeps the request's own.
	Begin(r *web.Request) context.Context
	// End is called once for each Begin, after the response was sent, with the context that Begin
	// returned.
	End(ctx context.Context, o *Observation)
}

// Observation is one finished request. Fields that do not apply are zero. It is valid only during
// the call of End.
type Observation struct {
	// Request is the request, with its match, resource and view. For a websocket [web.Upgraded] has
	// how it ended.
	Request *web.Request
	// Route and Pattern are the name and pattern of the route.
	Route, Pattern string
	// Resource is the type of the resource.
	Resource reflect.Type
	// View is the view name of the request, if the application has any view of this name. Names
	// that clients invent are left out, so that it can be the label of a metric.
	View string
	// Status is the status code that was sent, or would have been.
	Status int
	// Bytes is the length of the body that was sent.
	Bytes int64
	// Duration is the time from Begin until the response was sent.
	Duration time.Duration
	// Err is the error that inner tweens returned, if any.
	Err error
}

// Observe notifies observers of each request. Without observers it adds no tween, and costs
// nothing. A nil observer is an error of the configuration.
//
// Place it outside all that it should measure. Outside ExcView it sees what errors became, inside
// the errors themselves.
func Observe(observers ...Observer) Factory {
	observers = slices.Clone(observers)
	var types []any
	for _, o := range observers {
		if o != nil {
			types = append(types, reflect.TypeOf(o))
		}
	}
	var err error
	if at := slices.Index(observers, nil); at >= 0 {
		err = fmt.Errorf("tweens.Observe: observer %d is nil: leave it out", at+1)
	}
	return New(func(next web.Handler, reg *registry.Registry) (web.Handler, error) {
		for _, o := range slices.Backward(observers) {
			next = (&observation{observer: o, views: viewNames(reg)}).around(next)
		}
		return next, nil
	}).Named(callText("Observe", types...)).WithErr(err)
}

// viewNames returns the names of all views of the application.
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
		w := &observedRequest{observation: o, start: time.Now()}
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

// observedRequest is one request of an observation.
type observedRequest struct {
	*observation
	start  time.Time
	ctx    context.Context
	status int // for responses that are never sent
	err    error
}

// finish notifies the observer. It is a finished callback.
func (w *observedRequest) finish(r *web.Request) error {
	sent := r.Sent()
	o := &Observation{
		Request: r, Status: sent.Status, Bytes: sent.Bytes, Duration: time.Since(w.start), Err: w.err,
	}
	if o.Status == 0 {
		o.Status = unsentStatus(w.status, w.err)
	}
	if m := web.Drive(r).Routed(); m != nil {
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

// unsentStatus returns the status that a response would have had that was never sent. A status of 0
// means that there was none.
func unsentStatus(status int, err error) int {
	if err == nil && status != 0 {
		return status
	}
	if status, ok := web.StatusOf(err); ok {
		return status
	}
	return http.StatusInternalServerError
}
