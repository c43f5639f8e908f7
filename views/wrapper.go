package views

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/internal/frame"
	"github.com/mastaba-go/mastaba/views/web"
)

// Wrapper names another view of the resource that wraps the response of this one: a page layout.
// The wrapping view is an ordinary view of that name, with its own permission. It gets the response
// with [Wrapped]. The wrapper of an error view is looked up for the request's resource.
//
// The response of the wrapper has the status, headers and cookies of the one that it wraps, but for
// those that describe its body; what the wrapper sets wins. So the page of a form that failed stays
// a 422.
//
// A wrapper can have a wrapper itself. Views without predicates that wrap each other in a circle
// are a configuration error. A circle that depends on the request fails it with a 500, when 100
// wrappers are nested.
func Wrapper(name string) Option {
	o := textOption(kindWrapper, name)
	if name == "" {
		o.err = errors.New(`views.Wrapper(""): want the name of a view`)
	}
	return o
}

// Wrapped returns the response that the running view wraps. It returns false if the view was not
// called as a [Wrapper].
func Wrapped(r *web.Request) (*web.Response, bool) {
	resp, ok := wrapped.Peek(r)
	return resp, ok && resp != nil
}

// maxWrappers is how many wrappers may be nested, so that a circle ends before the stack does.
const maxWrappers = 100

// nestingKey is the context key of the number of wrappers around a wrapper. It is in the context
// because views that a request calls concurrently share its attributes.
type nestingKey struct{}

var wrapped = web.NewKey[*web.Response]("wrapped response", nil)

// owrappedView calls the wrapping view after the view. It restores the response that was wrapped
// before, since a view may call a wrapped view of another resource.
func owrappedView(next Callable, info *Info) (Callable, error) {
	name, _, err := ValueOf[string](info, kindWrapper)
	if err != nil {
		return nil, err
	}
	return func(r *web.Request, res any) (any, error) {
		inner, err := respond(next, info, r, res)
		if err != nil {
			return nil, err
		}
		outer, _ := wrapped.Peek(r)
		if outer != nil {
			nesting, _ := r.Context().Value(nestingKey{}).(int)
			if nesting++; nesting >= maxWrappers {
				return nil, fmt.Errorf("view %s: wrapper %q: more than %d wrappers are nested: do wrappers wrap each other in a circle?", info.funcText(), name, maxWrappers)
			}
			r = r.WithContext(context.WithValue(r.Context(), nestingKey{}, nesting))
		}
		wrapped.Set(r, inner)
		defer wrapped.Set(r, outer)
		resp, err := RenderView(r, r.Node(), name)
		if missing, ok := errors.AsType[*NoViewError](err); ok && len(missing.Candidates) == 0 {
			// Not a 404: the resource and its view exist, so this is a bug of the application.
			return nil, fmt.Errorf("view %s: wrapper %q: %s", info.funcText(), name, missing.Error())
		}
		if err != nil {
			return nil, err
		}
		frame.Fill(resp, inner)
		return resp, nil
	}, nil
}

// wrapperCircles reports views that wrap each other in a circle whatever the request is.
func (x *index) wrapperCircles() error {
	var errs []error
	reported := map[*registration]bool{}
	for _, s := range x.slots {
		if s.place.route != "" {
			continue // wrappers have no route
		}
		for _, g := range s.groups {
			for _, view := range g.members {
				circle := x.wrapperCircle(view)
				if circle == nil || reported[circle[0]] {
					continue
				}
				for _, member := range circle {
					reported[member] = true
				}
				errs = append(errs, &registry.Mistake{Source: circle[0].info.Source, Err: registry.Missing(circular(circle), registry.Ref{Category: categoryViews})})
			}
		}
	}
	return errors.Join(errs...)
}

// wrapperCircle follows the wrappers of a view for resources of its type, as long as they do not
// depend on the request. It returns the circle that they end in, or nil.
func (x *index) wrapperCircle(view *registration) []*registration {
	typ := groupType(view)
	var path []*registration
	for {
		if at := slices.Index(path, view); at >= 0 {
			return path[at:]
		}
		path = append(path, view)
		s := x.global.at(view.wrapper())
		if s == nil || view.wrapper() == "" {
			return nil
		}
		if view = s.newChain(x.types, typ).sole; view == nil {
			return nil
		}
	}
}

// wrapper returns the name of the view's wrapper, or "" if it has none or an application's deriver
// reads the option.
func (reg *registration) wrapper() string {
	o, has := reg.info.options.option(kindWrapper)
	if !has || !deriversOf(reg.info.Registry).byName[OwrappedView].source.IsZero() {
		return ""
	}
	name, _ := o.value.(string)
	return name
}

func circular(circle []*registration) error {
	first := circle[0].info
	if len(circle) == 1 {
		return fmt.Errorf("view %s is its own wrapper: remove views.Wrapper(%q), or name another view", first.funcText(), first.Name)
	}
	var way strings.Builder
	for _, member := range circle {
		fmt.Fprintf(&way, "%q -> ", member.info.Name)
	}
	return fmt.Errorf("view %s: the wrappers %s%q are a circle: remove views.Wrapper from one of them", first.funcText(), way.String(), first.Name)
}
