package views

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/views/internal/absent"
	"github.com/mastaba-go/mastaba/views/internal/form"
	"github.com/mastaba-go/mastaba/views/web"
)

// View is a function in one of the accepted shapes, ready to be registered with [Add]. It takes the
// resource type that it serves from the function's signature, and knows the function's source
// location. Views are immutable. One View may be registered any number of times. Registering the
// zero View is a configuration error.
type View struct {
	shape    string
	resource reflect.Type // nil: any resource
	result   reflect.Type
	status   [2]int
	call     Callable
	direct   responder // of a function that returns a *web.Response: call without its conversion
	fn       any
	err      error
	input    *form.Form // of OnInput; nil for other shapes
	mapper   Mapper     // see Mapped
}

var _ fmt.Stringer = View{}

// Callable is a view as the table calls it. res is the resource, or for an error view the error.
// The value is what the view returned; outside the deriver rendered_view it is a *web.Response.
//
// Callables are called concurrently.
type Callable func(r *web.Request, res traversal.Resource) (any, error)

// shapes lists the shapes of views, for error texts.
const shapes = `a view is one of
    views.On(func(*web.Request, R) (O, error))            for resources of type R
    views.Of((R).Method)                                  the same, as a method of R: func(R, *web.Request) (O, error)
    views.OnInput(func(*web.Request, R, I) (O, error))    with an input of type I, decoded and validated
    views.Func(func(*web.Request) (O, error))             for any resource
    views.HTTP(http.Handler)                              for any resource
    views.Struct(func(*web.Request, R) (V, error), (V).Method)
    views.Error(func(*web.Request, E) (O, error))         for errors of type E
    views.ErrorStatus(lo, hi, func(*web.Request, error) (O, error))`

// On makes a view of a function that takes the resource. It serves resources of type R: if R is an
// interface, the types that implement it. A view on a route without a tree takes `_ any`. O is
// *[web.Response], or a type that an adapter or the view's renderer turns into a response.
func On[R, O any](fn func(*web.Request, R) (O, error)) View {
	return typed("On", fn, fn == nil, fn)
}

// Of makes a view of a method of the resource: views.Of((*Page).Show). It is On with the arguments
// swapped.
func Of[R, O any](fn func(R, *web.Request) (O, error)) View {
	return typed("Of", fn, fn == nil, func(r *web.Request, on R) (O, error) { return fn(on, r) })
}

// Func makes a view of a function that needs no resource, or takes it from the request. It serves
// any resource unless [For] narrows it.
func Func[O any](fn func(*web.Request) (O, error)) View {
	return shaped("Func", nil, fn, fn == nil, func(r *web.Request, _ traversal.Resource) (O, error) { return fn(r) })
}

// HTTP makes a view of a net/http handler. The view returns a response whose body is the handler;
// the handler writes the response itself, after the tweens. It gets the whole path of the request
// (see http.StripPrefix), and the request as web.Request.HTTP returns it. A 206 for a part of an
// empty content, as http.ServeContent sends it, becomes a 200. The view serves any resource unless
// [For] narrows it.
func HTTP(h http.Handler) View {
	return shaped("HTTP", nil, h, absent.Value(h), func(r *web.Request, _ traversal.Resource) (*web.Response, error) {
		resp := r.Bytes("", nil)
		resp.SetHandler(h)
		return resp, nil
	})
}

// Struct makes a view of a type that holds what one request needs. newView makes a V for each
// request; method, a method expression such as (*EditPage).Save, is called on it. Several views can
// share one type V.
func Struct[R, V, O any](newView func(*web.Request, R) (V, error), method func(V) (O, error)) View {
	return typed("Struct", method, newView == nil || method == nil, func(r *web.Request, on R) (none O, err error) {
		view, err := newView(r, on)
		if err != nil {
			return none, err
		}
		return method(view)
	})
}

// Error makes an error view. It handles errors of type E, wherever E is in the error's Unwrap tree.
// E may be an interface. A view for error itself handles what no other error view does, except HTTP
// errors such as a 404, which have a default response: see [ErrorStatus]. Register it with
// [AddError]. Registered with [Add], it also serves resources of type E.
func Error[E error, O any](fn func(*web.Request, E) (O, error)) View {
	return typed("Error", fn, fn == nil, fn)
}

// ErrorStatus makes an error view for errors with an HTTP status from lo to hi inclusive. Views for
// an error's own type are tried first, then the narrower range.
func ErrorStatus[O any](lo, hi int, fn func(*web.Request, error) (O, error)) View {
	v := typed("ErrorStatus", fn, fn == nil, fn)
	v.status = [2]int{lo, hi}
	if v.err == nil && (lo < 100 || hi > 999 || lo > hi) {
		v.err = fmt.Errorf("views.ErrorStatus(%d, %d): invalid range: want 100 <= lo <= hi <= 999", lo, hi)
	}
	return v
}

// Result is the type of the function's value: the O of its shape. Mappers tell kinds of views apart
// by it.
func (v View) Result() reflect.Type { return v.result }

// Shape is the name of the constructor that made the view, "" for the zero View.
func (v View) Shape() string { return v.shape }

// IsAsync reports whether the view is a coroutine: whether it returns a future.
func (v View) IsAsync() bool { return async.IsAsync(v.fn) }

// Callable returns a Callable that calls the function with the arguments of its shape. The default
// mapper returns it and other mappers wrap it. It is nil for the zero View.
func (v View) Callable() Callable { return v.call }

// problem returns what is wrong with the view, nil if it can be registered.
func (v View) problem() error {
	if v.shape == "" {
		return errors.New("the zero View cannot be registered; " + shapes)
	}
	return v.err
}

// Mapped returns the view as one of the function fn, with a mapper of its own in place of that of
// SetMapper. It is for packages with shapes of their own.
func (v View) Mapped(fn any, m Mapper) View {
	v.fn, v.mapper, v.direct = fn, m, nil
	return v
}

// FuncName returns what to call the function in messages and listings: `wiki.show`,
// `wiki.(*Page).Show`, or `func at wiki/views.go:41` for a closure. For a handler that is not a
// function it is the type, for the zero View "".
func (v View) FuncName() string {
	if v.fn == nil {
		return ""
	}
	if absent.Value(v.fn) {
		return reflect.TypeOf(v.fn).String()
	}
	return registry.FuncName(v.fn)
}

// Source returns where the function is declared. It is zero where that is unknown: for method
// values, and for handlers that are not functions.
func (v View) Source() registry.Source { return registry.FuncSource(v.fn) }

// String describes the view for people: `views.On wiki.show`.
func (v View) String() string {
	if v.shape == "" {
		return "zero View"
	}
	return "views." + v.shape + " " + v.FuncName()
}

// responder is a Callable that returns a response.
type responder = func(*web.Request, traversal.Resource) (*web.Response, error)

func shaped[O any](shape string, resource reflect.Type, fn any, missing bool, call func(*web.Request, traversal.Resource) (O, error)) View {
	v := View{shape: shape, resource: resource, result: reflect.TypeFor[O](), fn: fn}
	if missing {
		v.err = fmt.Errorf("views.%s(nil); %s", shape, shapes)
	}
	v.direct, _ = any(call).(responder)
	v.call = func(r *web.Request, res traversal.Resource) (any, error) {
		value, err := call(r, res)
		if err != nil {
			return nil, err
		}
		return value, nil // which allocates nothing for pointers and interfaces
	}
	return v
}

// typed returns a view whose function takes a resource of type R.
func typed[R, O any](shape string, fn any, missing bool, call func(*web.Request, R) (O, error)) (v View) {
	v = shaped(shape, resourceType[R](), fn, missing, func(r *web.Request, res traversal.Resource) (none O, err error) {
		on, ok := res.(R)
		if !ok {
			return none, wrongResource[R](v, res)
		}
		return call(r, on)
	})
	return v
}

// resourceType returns the type R, nil if R is any.
func resourceType[R any]() reflect.Type {
	t := reflect.TypeFor[R]()
	if t.Kind() == reflect.Interface && t.NumMethod() == 0 {
		return nil
	}
	return t
}

// wrongResource is the error if a mapper or a deriver passes on a resource of another type.
func wrongResource[R any](v View, res traversal.Resource) error {
	return fmt.Errorf("view %s takes %s, but was called with %T", v.FuncName(), reflect.TypeFor[R](), res)
}
