package conformance

import (
	"errors"
	"fmt"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// view makes what a view of the case calls, whatever it is registered for:
// trace mark, callbacks, then raising, returning or answering.
func (b Behavior) view(tag string) func(*web.Request) (any, error) {
	return func(r *web.Request) (any, error) {
		play := playOf(r)
		play.mark("view:" + tag)
		addCallbacks(r, b.Adds)
		switch {
		case b.Raise != "":
			return nil, newError(b.Raise)
		case b.RaiseHTTP.Name != "":
			return nil, b.RaiseHTTP.error()
		case b.Returns == "nothing":
			return nil, nil
		case b.ReturnHTTP.Name != "":
			return b.ReturnHTTP.error().WithHeader(reportHeader, play.report(viewReport(r, tag))), nil
		}
		return b.answer(r, play.report(viewReport(r, tag)), b.Status), nil
	}
}

// answer is a response of the case's own, which carries the number of its
// report.
func (b Behavior) answer(r *web.Request, report string, status int) *web.Response {
	if status == 0 {
		status = 200
	}
	resp := r.Empty(status)
	resp.SetHeader(reportHeader, report)
	return resp
}

func (h HTTPAnswer) error() *web.HTTPError { return httpClasses[h.Name].error(h.Location) }

// tween makes a tween that behaves so.
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
				return b.answer(r, play.report(Report{"view": name}), b.Answer), nil
			}
			resp, err := next(r)
			if err != nil {
				if b.Catch == "" || !isA(err, b.Catch) {
					return nil, err
				}
				play.mark(name + ":caught")
				return b.answer(r, play.report(Report{"view": name, "error": errorName(err)}), 500), nil
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

// deriver makes a view deriver that leaves its name in the trace.
func deriver(name string) views.Deriver {
	return func(next views.Callable, _ *views.Info) (views.Callable, error) {
		return func(r *web.Request, res any) (any, error) {
			playOf(r).mark(name)
			return next(r, res)
		}, nil
	}
}

// addCallbacks adds callbacks to the request, which add others when they run.
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

// subscribe has the directive told of its event.
func (d Directive) subscribe(c registry.Recorder, b *build) error {
	told := func(r *web.Request) error {
		playOf(r).mark(d.Mark)
		addCallbacks(r, d.Adds)
		if d.Raise != "" {
			return newError(d.Raise)
		}
		return nil
	}
	switch d.Event {
	case "NewRequest":
		registry.Subscribe(c, func(e *web.NewRequest) error { return told(e.Request) })
	case "BeforeTraversal":
		registry.Subscribe(c, func(e *web.BeforeTraversal) error { return told(e.Request) })
	case "ContextFound":
		registry.Subscribe(c, func(e *web.ResourceFound) error { return told(e.Request) })
	case "NewResponse":
		registry.Subscribe(c, func(e *web.NewResponse) error { return told(e.Request) })
	case "ApplicationCreated":
		registry.Subscribe(c, func(*web.ApplicationCreated) error {
			b.log = append(b.log, d.Mark)
			if d.Raise != "" {
				return newError(d.Raise)
			}
			return nil
		})
	default:
		return fmt.Errorf("no event %q", d.Event)
	}
	return nil
}

// errWord is a word of the format that the runner does not know.
var errWord = errors.New("a word that the runner does not know")
