package tweens

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/registry/order"
	"github.com/mastaba-go/mastaba/views/web"
)

// Chain builds the tweens of the registry around main, the router, and returns the outermost
// handler. It calls each factory, the innermost first, even if some fail; it joins their errors.
// Without any tweens the chain has only the built-in ExcView, which turns HTTP errors into plain
// responses.
//
// Applications need not call it, framework does.
func Chain(reg *registry.Registry, main web.Handler) (web.Handler, error) {
	parts, err := Split(reg, main)
	return parts.Whole, err
}

// Parts is a chain of tweens. If the outermost one is that of [ErrorViews], as in an application
// without tweens of its own, Inner is what is inside it, and OnError what it does with an error,
// nil for the lack of a response. They are for a caller that recovers panics itself, and calls
// web.Driver.SetErrorsHandled.
type Parts struct {
	Whole, Inner web.Handler
	OnError      func(*web.Request, error) (*web.Response, error) // nil with another outermost tween
}

// Split is [Chain], and returns the parts of the chain too.
func Split(reg *registry.Registry, main web.Handler) (parts Parts, err error) {
	t := lookUp(reg)
	names, err := t.order()
	if err != nil {
		return parts, err
	}
	probe, found := registry.Lookup[Probe](reg)
	if !found {
		probe = func(_ string, h web.Handler) web.Handler { return h }
	}
	handler := probe(Main, main)
	var errs []error
	for _, name := range slices.Backward(names) {
		outer, err := t.tweens[name].build(handler, reg)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		outer = probe(name, outer)
		parts = Parts{Whole: outer, Inner: handler}
		handler = outer
	}
	if len(errs) > 0 {
		return Parts{}, errors.Join(errs...)
	}
	if len(names) == 0 {
		return Parts{Whole: handler}, nil
	}
	if outermost := t.tweens[names[0]].factory; outermost.onError != nil {
		parts.OnError = outermost.onError(reg)
	}
	return parts, nil
}

// build calls the factory. A panic of the factory becomes an error.
func (t *tween) build(next web.Handler, reg *registry.Registry) (handler web.Handler, err error) {
	err = web.Try(func() (err error) {
		handler, err = t.factory.Build(next, reg)
		return err
	})
	if err == nil && handler == nil {
		err = errors.New("factory returned neither a handler nor an error")
	}
	if err != nil {
		return nil, &registry.Mistake{Source: t.source, Err: fmt.Errorf("tween %q: %w", t.name, err)}
	}
	return handler, nil
}

// Names returns the names of the tweens in use, outermost first, without the ends. It returns nil
// if the order has no solution; the build, and Chain, report why.
func Names(reg *registry.Registry) []string {
	names, _ := lookUp(reg).order()
	return slices.Clone(names)
}

// table holds the registered tweens. It is a component of the registry.
type table struct {
	sorter   *order.Sorter
	tweens   map[string]*tween
	explicit []string
	listed   registry.Source // where the explicit order was set

	mu     sync.Mutex // guards all below, since a registry may be used before it is frozen
	solved bool
	names  []string
	err    error

	interim bool
}

// setInterim records that a tween may send informational responses.
func (t *table) setInterim() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.interim = true
}

// Interim reports whether any tween that was built, in the chain or around a view, may send
// informational responses. Such a tween needs the writer of each request: see
// web.Driver.SetInterim.
//
// Applications need not call it, framework does.
func Interim(reg *registry.Registry) bool {
	t := lookUp(reg)
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.interim
}

// newTable returns a table with the built-in tween as the first one.
func newTable() *table {
	t := &table{sorter: order.New(Ingress, Main), tweens: map[string]*tween{}}
	t.tweens[ExcView] = &tween{name: ExcView, factory: ErrorViews(plainResponse)}
	t.sorter.Add(ExcView, []string{Ingress}, nil)
	return t
}

// plainResponse turns HTTP errors into responses without any views.
func plainResponse(r *web.Request, err error) (*web.Response, bool, error) {
	resp, ok := web.Drive(r).ErrorResponse(err)
	return resp, ok, nil
}

// tableOf returns the table of a registry that is being built. The order is solved at the end of
// the build.
func tableOf(reg *registry.Registry) *table {
	return registry.Ensure(reg, func() *table {
		t := newTable()
		reg.OnFreeze(func() error {
			_, err := t.order()
			return err
		})
		return t
	})
}

// lookUp returns the table of a built registry.
func lookUp(reg *registry.Registry) *table {
	if t, ok := registry.Lookup[*table](reg); ok {
		return t
	}
	return newTable()
}

// add registers a tween. The first ExcView takes the place of the built-in one, unless it has
// hints.
func (t *table) add(tw *tween) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.solved = false
	builtin := tw.name == ExcView && t.tweens[ExcView].source.IsZero()
	under := tw.under
	if under == nil && tw.over == nil {
		under = []string{Ingress}
	}
	t.tweens[tw.name] = tw
	if !builtin || tw.under != nil || tw.over != nil {
		t.sorter.Add(tw.name, under, tw.over)
	}
}

// list sets the explicit order.
func (t *table) list(names []string, source registry.Source) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.solved, t.explicit, t.listed = false, names, source
}

// order returns the names in use, outermost first. It is solved once.
func (t *table) order() ([]string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.solved {
		t.solved = true
		t.solve()
	}
	return t.names, t.err
}

func (t *table) solve() {
	if len(t.explicit) > 0 {
		t.names, t.err = t.explicit, t.unknown()
	} else {
		t.names, t.err = t.sorter.Sorted()
		t.err = t.explain(t.err)
	}
	if t.err != nil {
		t.names = nil
	}
	for _, tw := range t.tweens {
		tw.setPosition(0) // until it turns out to be in use
	}
	for i, name := range t.names {
		t.tweens[name].setPosition(i + 1)
	}
}

// unknown returns an error for the names of the explicit order that were not added.
func (t *table) unknown() error {
	var errs []error
	for _, name := range t.explicit {
		if t.tweens[name] == nil {
			errs = append(errs, &registry.Mistake{Source: t.listed, Err: registry.Missing(fmt.Errorf(
				"order of tweens: %q is not registered (have: %s)", name, strings.Join(t.sorter.Names(), ", ")),
				registry.Ref{Category: categoryTweens, ID: name})})
		}
	}
	return errors.Join(errs...)
}

// explain adds the source locations to an error of the sorter, and says what could be missing: a
// list makes all hints irrelevant.
func (t *table) explain(err error) error {
	list := registry.Ref{Category: categoryOrder}
	switch err := err.(type) {
	case nil:
		return nil
	case *order.UnsatisfiedError:
		return &registry.Mistake{Source: t.tweens[err.Name].source, Err: registry.Missing(
			fmt.Errorf("tween %w", err), append(registry.Refs(categoryTweens, err.Wants...), list)...)}
	case *order.CycleError:
		var sources strings.Builder
		for _, name := range err.Names {
			tw := t.tweens[name]
			fmt.Fprintf(&sources, "\n    %s: tween %s", tw.source, tw)
		}
		return &registry.Mistake{Source: t.tweens[err.Names[0]].source, Err: registry.Missing(fmt.Errorf(
			"tweens: %w%s\n    remove one of these hints, or set the order with tweens.SetOrder", err, &sources), list)}
	case interface{ Unwrap() []error }:
		var errs []error
		for _, part := range err.Unwrap() {
			errs = append(errs, t.explain(part))
		}
		return errors.Join(errs...)
	}
	return err
}
