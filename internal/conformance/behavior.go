package conformance

import (
	"errors"
	"fmt"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// view returns the function of a view: it marks the trace, adds the callbacks, and then returns an
// error, a value or a response.
func (b Behavior) view(tag string) func(*web.Request) (any, error) {
	return func(r *web.Request) (any, error) {
		play := playOf(r)
		play.mark("view:" + tag)
		addCallbacks(r, b.Adds)
		b.localized.do(r)
		results, err := b.visit(r)
		if err == nil {
			err = b.prepare(r)
		}
		if err != nil {
			return nil, err
		}
		report := func() string {
			all := viewReport(r, tag)
			if results != nil {
				all["session"] = results
			}
			return play.report(all)
		}
		switch {
		case b.Raise != "":
			return nil, newError(b.Raise)
		case b.RaiseHTTP.Name != "":
			return nil, b.RaiseHTTP.error()
		case b.Returns == "nothing":
			return nil, nil
		case b.ReturnHTTP.Name != "":
			return b.ReturnHTTP.error().WithHeader(reportHeader, report()), nil
		case b.renders():
			return b.give(r, report())
		}
		return b.respond(r, report(), b.Status), nil
	}
}

// respond returns a response that carries the number of its report.
func (b Behavior) respond(r *web.Request, report string, status int) *web.Response {
	if status == 0 {
		status = 200
	}
	resp := r.Empty(status)
	resp.SetHeader(reportHeader, report)
	return resp
}

func (h HTTPError) error() *web.HTTPError { return httpClasses[h.Name].error(h.Location) }

// tween returns a tween with this behavior.
func (b Behavior) tween(name string) tweens.Factory {
	return tweens.Wrap(func(next web.Handler) web.Handler {
		return func(r *web.Request) (*web.Response, error) {
			play := playOf(r)
			play.mark(name)
			addCallbacks(r, b.Adds)
			switch {
			case b.Raise != "":
				return nil, newError(b.Raise)
			case b.RaiseHTTP.Name != "":
				return nil, b.RaiseHTTP.error()
			case b.Answer != 0:
				return b.respond(r, play.report(Report{"view": name}), b.Answer), nil
			}
			resp, err := next(r)
			if err != nil {
				if b.Catch == "" || !isA(err, b.Catch) {
					return nil, err
				}
				play.mark(name + ":caught")
				return b.respond(r, play.report(Report{"view": name, "error": errorName(err)}), 500), nil
			}
			if b.RaiseAfter != "" {
				return nil, newError(b.RaiseAfter)
			}
			if b.After {
				play.mark(name + ":after")
			}
			return resp, nil
		}
	})
}

// deriver returns a view deriver that marks the trace with its name.
func deriver(name string) views.Deriver {
	return func(next views.Callable, _ *views.Info) (views.Callable, error) {
		return func(r *web.Request, res any) (any, error) {
			playOf(r).mark(name)
			return next(r, res)
		}, nil
	}
}

// addCallbacks adds callbacks to the request. They may add others when they run.
func addCallbacks(r *web.Request, callbacks []Callback) {
	for _, c := range callbacks {
		run := func(mark string, r *web.Request) error {
			play := playOf(r)
			play.mark(mark)
			addCallbacks(r, c.Adds)
			if c.Raise != "" {
				play.finishedRaised = c.Finished != ""
				return newError(c.Raise)
			}
			return nil
		}
		if c.Response != "" {
			r.AddResponseCallback(func(r *web.Request, _ *web.Response) error { return run(c.Response, r) })
		}
		if c.Finished != "" {
			r.AddFinishedCallback(func(r *web.Request) error { return run(c.Finished, r) })
		}
	}
}

// subscribe subscribes the directive to its event.
func (d Directive) subscribe(c registry.Recorder, b *build) error {
	notified := func(r *web.Request) error {
		if d.Mark != "" {
			playOf(r).mark(d.Mark)
		}
		addCallbacks(r, d.Adds)
		d.translating.do(r)
		if d.rendering.Response != nil {
			if err := d.rendering.Response.do(r.Response()); err != nil {
				return err
			}
		}
		if d.Override != "" {
			views.OverrideRenderer(r, d.Override)
		}
		if d.Raise != "" {
			return newError(d.Raise)
		}
		return nil
	}
	switch d.Event {
	case "NewRequest":
		registry.Subscribe(c, func(e *web.NewRequest) error { return notified(e.Request) })
	case "BeforeTraversal":
		registry.Subscribe(c, func(e *web.BeforeTraversal) error { return notified(e.Request) })
	case "ContextFound":
		registry.Subscribe(c, func(e *web.ResourceFound) error { return notified(e.Request) })
	case "BeforeRender":
		registry.Subscribe(c, func(e *web.BeforeRender) error {
			for name, raw := range d.Sets {
				v, err := valueOf(raw, e.Request)
				if err != nil {
					return err
				}
				e.Vars[name] = v
			}
			for name, raw := range d.Changes {
				v, err := valueOf(raw, e.Request)
				if all, ok := e.Value.(map[string]any); ok && err == nil {
					all[name] = v
				}
			}
			return notified(e.Request)
		})
	case "NewResponse":
		registry.Subscribe(c, func(e *web.NewResponse) error { return notified(e.Request) })
	case "ApplicationCreated":
		registry.Subscribe(c, func(*web.ApplicationCreated) error {
			b.log = append(b.log, d.Mark)
			if d.Raise != "" {
				return newError(d.Raise)
			}
			return nil
		})
	default:
		return fmt.Errorf("unknown event %q", d.Event)
	}
	return nil
}

// errUnknown marks a word of the format that the runner does not know.
var errUnknown = errors.New("the runner does not know it")
