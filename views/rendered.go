package views

import (
	"fmt"

	"github.com/mastaba-go/mastaba/views/web"
)

// NoResponseError says that a view returned what no response can be made of: nothing
// at all, or a value that its renderer refuses. It is the programmer's error, so
// without an error view for it the answer is 500; the text never reaches a client.
type NoResponseError struct {
	Info *Info  // the view
	Why  string // what it returned, or which renderer refused it
	Err  error  // of the renderer; nil if none was asked
}

var _ error = (*NoResponseError)(nil)

// Error names the view, its place, and what it returned.
func (e *NoResponseError) Error() string {
	text := fmt.Sprintf("view %s returned neither a response nor a renderable value: %s", e.Info.place(), e.Why)
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the renderer's error.
func (e *NoResponseError) Unwrap() error { return e.Err }

// renderedView is the deriver from which outwards every value is a response:
// the view's own, or what an adapter or the renderer makes of its value.
func renderedView(next Callable, info *Info) (Callable, error) {
	rs := renderersOf(info.Registry)
	renderer, name, err := rs.forView(info)
	if err != nil {
		return nil, err
	}
	rendering := &rendering{info: info, renderer: renderer, name: name, shared: rs, adapters: adaptersOf(info.Registry)}
	return func(r *web.Request, res any) (any, error) {
		value, err := next(r, res)
		if err != nil {
			return nil, err
		}
		if resp, ok := value.(*web.Response); ok && resp != nil {
			return value, nil
		}
		resp, err := rendering.respond(r, value)
		if err != nil {
			return nil, err
		}
		return resp, nil
	}, nil
}

// rendering is how one view's values become responses.
type rendering struct {
	info     *Info
	renderer ValueRenderer
	name     string
	shared   *renderers
	adapters *adapters
}

// respond looks into values with reflect, which is dear, but only into those that
// a renderer is about to look into anyway. It asks the adapters first, so that they may also decide about errors
// given as values and about nil pointers of their own type.
func (rd *rendering) respond(r *web.Request, value any) (*web.Response, error) {
	if resp, adapted, err := rd.adapters.adapt(r, value); adapted {
		if err == nil && resp == nil {
			err = rd.refusal(fmt.Sprintf("the response adapter for %T returned neither a response nor an error", value))
		}
		return resp, err
	}
	if value == nil || isNilPointer(value) {
		return nil, rd.refusal(fmt.Sprintf("it returned %s: return a value, an error, or r.Empty(http.StatusNoContent)", nilText(value)))
	}
	if err, ok := value.(error); ok {
		// An HTTP error as a value answers by itself, past all error views.
		if resp, ok := web.Drive(r).ErrorResponse(err); ok {
			return resp, nil
		}
		return nil, rd.refusal(fmt.Sprintf("it returned a %T as its value: return it as the error", value))
	}
	return rd.render(r, value)
}

func (rd *rendering) render(r *web.Request, value any) (*web.Response, error) {
	var vars map[string]any
	if rd.shared.before != nil {
		event := &web.BeforeRender{Request: r, Value: value, Vars: map[string]any{}, Renderer: rd.name}
		if err := rd.shared.before(event); err != nil {
			return nil, err
		}
		value, vars = event.Value, event.Vars
	}
	resp := r.Bytes("", nil) // the request's, with what the view set on it; nobody else gets it from here on
	var err error
	if with, ok := rd.renderer.(VarsRenderer); ok {
		err = with.RenderVars(r, resp, value, vars)
	} else {
		err = rd.renderer.Render(r, resp, value)
	}
	if err != nil {
		return nil, rd.refused(err)
	}
	return resp, nil
}

// refusal is the error of a view whose value is none that can be answered with.
func (rd *rendering) refusal(why string) error {
	return &NoResponseError{Info: rd.info, Why: why}
}

func (rd *rendering) refused(err error) error {
	return &NoResponseError{Info: rd.info, Why: fmt.Sprintf("renderer %q", rd.name), Err: err}
}

func nilText(value any) string {
	if value == nil {
		return "nil"
	}
	return fmt.Sprintf("a nil %T", value)
}
