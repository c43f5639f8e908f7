package views

import (
	"errors"
	"fmt"
	"slices"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/internal/absent"
	"github.com/mastaba-go/mastaba/views/internal/condition"
)

// The names of the built-in derivers, outermost first, with the two bounds that [Under] and [Over]
// may name.
const (
	Ingress         = "INGRESS" // outside all derivers
	BodyLimitView   = "body_limit_view"
	AroundView      = "around_view"
	SecuredView     = "secured_view"
	CSRFView        = "csrf_view"
	OwrappedView    = "owrapped_view"
	HTTPCachedView  = "http_cached_view"
	DecoratedView   = "decorated_view"
	RenderedView    = "rendered_view"
	AppendSlashView = "append_slash_view"
	MappedView      = "mapped_view"
	Innermost       = "VIEW" // inside all derivers: the view itself
)

// Deriver wraps a view. It is called once for each view, while the application is built. Returning
// next leaves the view unchanged. See [AddDeriver].
type Deriver func(next Callable, info *Info) (Callable, error)

// DeriverOption is an option of [AddDeriver]: [Under], [Over] or [Options].
type DeriverOption interface {
	fmt.Stringer
	applyTo(d *deriver)
}

// Options declares the options that a deriver reads: a [Value] with another name is a configuration
// error.
func Options(names ...string) DeriverOption { return readOptions(slices.Clone(names)) }

// readOptions is the option Options.
type readOptions []string

func (o readOptions) String() string { return "options " + condition.Texts(o) }

func (o readOptions) applyTo(d *deriver) { d.options = append(d.options, o...) }

// problem returns what is wrong with the option.
func (o readOptions) problem() error {
	if len(o) == 0 || slices.Contains(o, "") {
		return errors.New("views.Options: missing name: want the names of options, as views.Value has them")
	}
	return nil
}

// AddDeriver applies d to every view of the application while it is built: what d returns is called
// in place of the view. Packages use it to do something around the views with an option of theirs
// ([Options], [Value], [ValueOf]). For a single view use [Decorate]; for every request, with or
// without a view, use a tween.
//
// By default a deriver is under decorated_view and over rendered_view, where the view's value is
// already a *web.Response. With Under(RenderedView), Over(Innermost) it sees the view's own value.
// A deriver under Ingress is inside body_limit_view and around_view, unless it is over one of them.
// Of two derivers with the same hints, the one added later is the outer one.
//
// A deriver outside secured_view is applied twice to a view with a permission: the second time for
// RenderView with Permissive.
//
// The name of a built-in deriver replaces it. The names INGRESS and VIEW are reserved. No deriver
// can be over INGRESS, or under VIEW or mapped_view.
func AddDeriver(c registry.Recorder, name string, d Deriver, opts ...DeriverOption) {
	cfg := c.Directive()
	added := &deriver{name: name, derive: d, source: cfg.Source()}
	var wrong []error
	for _, o := range opts {
		if o == nil || absent.Pointer(o) {
			wrong = append(wrong, fmt.Errorf("view deriver %q: nil option: want views.Under, views.Over or views.Options", name))
			continue
		}
		if p, ok := o.(interface{ problem() error }); ok && p.problem() != nil {
			wrong = append(wrong, fmt.Errorf("view deriver %q: %w", name, p.problem()))
		}
		o.applyTo(added)
	}
	if d == nil {
		wrong = append(wrong, fmt.Errorf("view deriver %q is nil: want a func(views.Callable, *views.Info) (views.Callable, error)", name))
		added.derive = func(next Callable, _ *Info) (Callable, error) { return next, nil }
	}
	cfg.Report(errors.Join(wrong...)) // and declare what is known, so that it is not missing
	cfg.Declare(registry.Declaration{
		Category: categoryDerivers, Type: "view deriver", ID: name, Err: added.prepare(),
		Fields: []registry.Field{
			{Name: "name", Value: name}, {Name: "under", Value: added.under}, {Name: "over", Value: added.over},
			{Name: "options", Value: added.options}, {Name: "function", Value: registry.FuncName(d)},
		},
		Phase: registry.Phase1,
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			deriversOf(reg).add(added)
			return nil
		},
	})
}

// Derivers returns the names of the view derivers of a built application, outermost first.
func Derivers(reg *registry.Registry) ([]string, error) {
	ds := deriversOf(reg)
	var names []string
	for _, d := range ds.chain() {
		names = append(names, d.name)
	}
	return names, errors.Join(ds.wrong...)
}

// Layer is a deriver that wraps a view.
type Layer struct {
	Deriver string   // name of the deriver
	Options []Option // those of the view that it reads
}

// Layers returns the derivers around the view, outermost first, without the built-in ones for
// options that the view does not have. It returns nil for a view that was not derived.
func (i *Info) Layers() []Layer {
	if i.Registry == nil {
		return nil
	}
	var layers []Layer
	for _, d := range deriversOf(i.Registry).chain() {
		if !d.serves(i) {
			continue
		}
		layer := Layer{Deriver: d.name}
		for _, kind := range d.options {
			if o, has := i.options.option(kind); has {
				layer.Options = append(layer.Options, o)
			}
		}
		layers = append(layers, layer)
	}
	return layers
}

// deriver is a registered deriver.
type deriver struct {
	name                 string
	derive               Deriver
	under, over, options []string
	source               registry.Source
	optional             bool // a view without its options is left as it is
}

// serves reports whether the deriver has anything to do for a view.
func (d *deriver) serves(info *Info) bool {
	return !d.optional || slices.ContainsFunc(d.options, func(kind string) bool {
		_, has := info.options.option(kind)
		return has
	})
}

// prepare checks the deriver, and fills in the default hints.
func (d *deriver) prepare() error {
	switch {
	case d.name == "":
		return errors.New(`view deriver without a name: want a name such as "rate_limit"`)
	case d.name == Ingress || d.name == Innermost:
		return fmt.Errorf("view deriver %q: the name is reserved: choose another name", d.name)
	}
	if d.under == nil {
		d.under = []string{DecoratedView}
	}
	if d.over == nil {
		d.over = []string{RenderedView}
	}
	if slices.Contains(d.over, Ingress) {
		return fmt.Errorf("view deriver %q cannot be over %s, which is the outer end", d.name, Ingress)
	}
	for _, inner := range []string{Innermost, MappedView} {
		if slices.Contains(d.under, inner) {
			return fmt.Errorf("view deriver %q cannot be under %s: only the view is inside it", d.name, inner)
		}
	}
	if slices.Contains(d.over, Innermost) && d.name != MappedView {
		d.over = append(d.over, MappedView)
	}
	d.under, d.over = sorted(d.under), sorted(d.over)
	return nil
}

func sorted(names []string) []string {
	out := append([]string{}, names...)
	slices.Sort(out)
	return slices.Compact(out)
}
