package views

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/registry/order"
	"github.com/mastaba-go/mastaba/views/internal/unchanged"
	"github.com/mastaba-go/mastaba/views/web"
)

// derivers holds the derivers of an application. Their order is solved once, after the last deriver
// of a round; a deriver of a later round applies to the views that follow it.
type derivers struct {
	byName map[string]*deriver
	sorter *order.Sorter
	solved []*deriver
	wrong  []error // what is wrong with the order, each once
}

func deriversOf(reg *registry.Registry) *derivers {
	if ds, ok := registry.Lookup[*derivers](reg); ok {
		return ds
	}
	if reg.Frozen() { // an application without views
		return newDerivers()
	}
	return registry.Ensure(reg, func() *derivers {
		ds := newDerivers()
		reg.OnFreeze(func() error {
			ds.chain() // no view may have needed it
			return errors.Join(ds.wrong...)
		})
		return ds
	})
}

func newDerivers() *derivers {
	ds := &derivers{byName: map[string]*deriver{}, sorter: order.New(Ingress, Innermost)}
	outer := Ingress
	for _, d := range []*deriver{
		{name: SecuredView, derive: securedView, options: []string{kindPermission}},
		{name: OwrappedView, derive: owrappedView, options: []string{kindWrapper}, optional: true},
		{name: HTTPCachedView, derive: httpCachedView, options: []string{kindCache}, optional: true},
		{name: DecoratedView, derive: decoratedView, options: []string{kindDecorate}, optional: true},
		{name: RenderedView, derive: renderedView, options: []string{kindRenderer}},
		{name: MappedView, derive: mappedView, options: []string{kindMapper}},
	} {
		d.under, d.over = []string{outer}, []string{Innermost}
		if d.name != MappedView {
			d.over = []string{Innermost, MappedView}
		}
		ds.add(d)
		outer = d.name
	}
	// No deriver above names one of these, so replacing or moving them affects no other.
	for _, d := range []*deriver{
		{
			name: CSRFView, derive: csrfView, options: []string{kindCSRF},
			under: []string{SecuredView}, over: []string{OwrappedView},
		},
		{
			name: AppendSlashView, derive: appendSlashView, options: []string{kindAppendSlash}, optional: true,
			under: []string{RenderedView}, over: []string{MappedView},
		},
		{
			name: AroundView, derive: aroundView, options: []string{kindAround}, optional: true,
			under: []string{Ingress}, over: []string{SecuredView},
		},
		{
			name: BodyLimitView, derive: bodyLimitView, options: []string{kindBodyLimit}, optional: true,
			under: []string{Ingress}, over: []string{AroundView},
		},
	} {
		ds.add(d)
	}
	return ds
}

func (ds *derivers) add(d *deriver) {
	under := d.under
	if slices.Contains(under, Ingress) && !d.source.IsZero() && !slices.Contains(d.over, AroundView) && !slices.Contains(d.over, BodyLimitView) {
		under = append(slices.Clip(under), AroundView) // what limits a view also limits its derivers
	}
	ds.byName[d.name] = d
	ds.sorter.Add(d.name, under, d.over)
	ds.solved = nil
}

// chain returns the derivers in order, outermost first. If something is wrong with it, it records
// what, and returns an order all the same, so that the rest of the views is checked.
func (ds *derivers) chain() []*deriver {
	if ds.solved != nil {
		return ds.solved
	}
	names, errs := ds.sorter.Sort()
	for _, err := range errs {
		wrong := ds.misplaced(err)
		if !slices.ContainsFunc(ds.wrong, func(known error) bool { return known.Error() == wrong.Error() }) {
			ds.wrong = append(ds.wrong, wrong)
		}
	}
	for _, name := range names {
		ds.solved = append(ds.solved, ds.byName[name])
	}
	return ds.solved
}

// misplaced wraps an error of the order with the source of the deriver that causes it: the one with
// the unsatisfied hint, or the last registered one of a cycle.
func (ds *derivers) misplaced(err error) error {
	name, wrapped := "", fmt.Errorf("view derivers: %w", err)
	switch err := err.(type) {
	case *order.UnsatisfiedError:
		name, wrapped = err.Name, registry.Missing(wrapped, registry.Refs(categoryDerivers, err.Wants...)...)
	case *order.CycleError:
		registered := ds.sorter.Names()
		name = slices.MaxFunc(err.Names, func(a, b string) int {
			return slices.Index(registered, a) - slices.Index(registered, b)
		})
	}
	return &registry.ExecutionError{
		Subject: fmt.Sprintf("place of view deriver %q", name), Source: ds.byName[name].source, Err: wrapped,
	}
}

// derive applies the derivers to a view, innermost first, and appends everything that is wrong.
func (ds *derivers) derive(view *registration, wrong *[]error) {
	info := view.info
	ds.checkValues(info, wrong)
	call, permissive := info.View.Callable(), Callable(nil)
	direct := info.View.direct
	for _, d := range slices.Backward(ds.chain()) {
		if !d.serves(info) {
			continue
		}
		wrapped, passes, err := d.wrap(call, info)
		if err == nil && permissive != nil {
			permissive, _, err = d.wrap(permissive, info)
		}
		if err != nil {
			*wrong = append(*wrong, err)
			continue
		}
		if d.name == SecuredView && info.Permission != "" {
			permissive = call
		}
		if call = wrapped; !passes {
			direct = nil
		}
	}
	if view.direct = direct; direct != nil { // what the derivers do with nil is left
		call, _ = renderedView(func(*web.Request, any) (any, error) { return (*web.Response)(nil), nil }, info)
	}
	call = info.View.input.Around(call)
	if view.call, view.permissive = call, permissive; permissive == nil {
		view.permissive = call
	}
}

// wrap applies the deriver. passes reports whether a view that returns a response or an error is
// left as it is.
func (d *deriver) wrap(next Callable, info *Info) (wrapped Callable, passes bool, err error) {
	watched, is := unchanged.Watch(next)
	switch builtin := d.source.IsZero(); {
	case builtin && d.name == RenderedView:
		wrapped, err = d.derive(next, info)
		return wrapped, true, err
	case builtin && d.name == MappedView:
		wrapped, err = d.derive(next, info)
		_, own := info.options.option(kindMapper)
		_, set := registry.Lookup[Mapper](info.Registry)
		return wrapped, !own && !set, err
	default:
		wrapped, err = d.derive(watched, info)
		if err != nil && builtin {
			return nil, false, err
		}
	}
	switch {
	case err != nil:
		return nil, false, fmt.Errorf("view deriver %q (%s): %w", d.name, d.source, err)
	case wrapped == nil:
		return nil, false, fmt.Errorf("view deriver %q (%s) returned a nil callable: return next to leave the view unchanged", d.name, d.source)
	case is(wrapped):
		return next, true, nil
	}
	return wrapped, false, nil
}

// checkValues appends an error for each option that no deriver reads.
func (ds *derivers) checkValues(info *Info, wrong *[]error) {
	for _, o := range info.options.options {
		if o.named && !ds.reads(o.kind) {
			*wrong = append(*wrong, registry.Missing(ds.unknown(o.kind), registry.Ref{Category: categoryDerivers}))
		}
	}
}

func (ds *derivers) reads(option string) bool {
	for _, d := range ds.byName {
		if slices.Contains(d.options, option) {
			return true
		}
	}
	return false
}

func (ds *derivers) unknown(option string) error {
	var known []string
	for _, d := range ds.byName {
		for _, o := range d.options {
			if !slices.Contains(ownKinds, o) {
				known = append(known, o)
			}
		}
	}
	known = sorted(known)
	text := fmt.Sprintf("no view deriver reads the option %q", option)
	if near := registry.Nearest(option, known); near != "" {
		return fmt.Errorf("%s: did you mean %q?", text, near)
	}
	if len(known) > 0 {
		return fmt.Errorf("%s (known options: %s): declare it with views.Options where its deriver is added", text, strings.Join(known, ", "))
	}
	return fmt.Errorf("%s: declare it with views.Options where its deriver is added, or include the package that adds the deriver", text)
}

// respond calls next for a deriver outside rendered_view, which needs a response.
func respond(next Callable, info *Info, r *web.Request, res any) (*web.Response, error) {
	value, err := next(r, res)
	if err != nil {
		return nil, err
	}
	return responseOf(info, value)
}

// responseOf returns the value of a derived view as a response.
func responseOf(info *Info, value any) (*web.Response, error) {
	if resp, ok := value.(*web.Response); ok && resp != nil {
		return resp, nil
	}
	return nil, &NoResponseError{Info: info, Why: fmt.Sprintf("a deriver outside %s returned %T: it must return a *web.Response", RenderedView, value)}
}
