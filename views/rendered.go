package views

import (
	"fmt"

	"github.com/mastaba-go/mastaba/views/internal/absent"
	"github.com/mastaba-go/mastaba/views/internal/component"
	"github.com/mastaba-go/mastaba/views/web"
)

// NoResponseError is the error of a view whose value cannot become a response: nil, or a value that
// its renderer cannot render. It has no status, so by default the response is a 500. The text never
// reaches a client.
type NoResponseError struct {
	Info *Info  // the view
	Why  string // what it returned, or which renderer failed
	Err  error  // of the renderer; nil if it was not called
}

var _ error = (*NoResponseError)(nil)

// Error names the view, its source location, and what it returned; the error of a renderer comes
// first.
func (e *NoResponseError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %s (view %s)", e.Why, e.Err, e.Info.funcText())
	}
	return fmt.Sprintf("view %s returned neither a response nor a renderable value: %s", e.Info.funcText(), e.Why)
}

// Unwrap returns the renderer's error.
func (e *NoResponseError) Unwrap() error { return e.Err }

// renderedView turns the view's value into a response, by an adapter or the renderer. Outside it
// every value is a response, unless the renderer is "null".
func renderedView(next Callable, info *Info) (Callable, error) {
	rs := renderersOf(info.Registry)
	renderer, name, err := rs.forView(info)
	if err != nil {
		return nil, err
	}
	_, named := info.options.option(kindRenderer)
	rd := &rendering{info: info, renderer: renderer, name: name, named: named, shared: rs, adapters: adaptersOf(info.Registry)}
	return func(r *web.Request, res any) (any, error) {
		value, err := next(r, res)
		if err != nil {
			return nil, err
		}
		if resp, ok := value.(*web.Response); ok && resp != nil {
			return value, nil
		}
		resp, err := rd.respond(r, value)
		switch {
		case err != nil:
			return nil, err
		case resp == nil:
			return value, nil
		}
		return resp, nil
	}, nil
}

// rendering turns the values of one view into responses.
type rendering struct {
	info     *Info         // nil outside of views
	renderer ValueRenderer // nil: "null"
	name     string        // of the renderer
	named    bool          // by the view, rather than by default
	shared   *renderers
	adapters *adapters
}

// respond tries the adapters first, so that they also get errors as values and nil pointers of
// their own type. It uses reflection only for values that a renderer is about to reflect on anyway.
// Without a renderer it returns nil for a value that is no response.
func (rd *rendering) respond(r *web.Request, value any) (*web.Response, error) {
	if adapt, ok := rd.adapters.Of(value); ok {
		resp, err := adapt(r, value)
		if err == nil && resp == nil {
			err = rd.refusal(fmt.Sprintf("the response adapter for %T returned neither a response nor an error", value))
		}
		return resp, err
	}
	if value == nil || absent.Pointer(value) {
		return nil, rd.refusal(fmt.Sprintf("it returned %s: return a value, an error, or r.Empty(http.StatusNoContent)", nilText(value)))
	}
	if err, ok := value.(error); ok {
		// An HTTP error as the value is the response itself, without error views.
		if resp, ok := web.Drive(r).ErrorResponse(err); ok {
			return resp, nil
		}
		return nil, rd.refusal(fmt.Sprintf("it returned a %T as its value: return it as the error", value))
	}
	if rd.renderer == nil {
		return nil, nil
	}
	if name, ok := overriding.Peek(r); ok && name != "" {
		overriding.Set(r, "")
		var err error
		if rd, err = rd.overridden(name); err != nil {
			return nil, err
		}
	}
	value, vars, err := rd.before(r, value)
	if err != nil {
		return nil, err
	}
	resp := r.Bytes("", nil) // r.Response(), with what the view set on it
	return resp, rd.into(r, resp, value, vars)
}

// before notifies the subscribers to BeforeRender, who may change the value.
func (rd *rendering) before(r *web.Request, value any) (any, map[string]any, error) {
	if rd.shared.before == nil {
		return value, nil, nil
	}
	event := &web.BeforeRender{Request: r, Value: value, Vars: map[string]any{}, Renderer: rd.name}
	err := rd.shared.before(event)
	return event.Value, event.Vars, err
}

// into renders the value into resp.
func (rd *rendering) into(r *web.Request, resp *web.Response, value any, vars map[string]any) (err error) {
	var draw component.Draw
	if !rd.named {
		draw = component.Of(value)
	}
	switch with, ok := rd.renderer.(VarsRenderer); {
	case draw != nil:
		err = component.Render(r, resp, draw)
	case ok:
		err = with.RenderVars(r, resp, value, vars)
	default:
		err = rd.renderer.Render(r, resp, value)
	}
	if err != nil && rd.info != nil {
		return &NoResponseError{Info: rd.info, Why: fmt.Sprintf("renderer %q", rd.name), Err: err}
	}
	return err
}

// refusal returns the error for a value that cannot become a response.
func (rd *rendering) refusal(why string) error {
	return &NoResponseError{Info: rd.info, Why: why}
}

func nilText(value any) string {
	if value == nil {
		return "nil"
	}
	return fmt.Sprintf("a nil %T", value)
}
