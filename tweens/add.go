package tweens

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/registry/order"
)

// Option says where a tween belongs: Under or Over.
type Option interface {
	// String returns the option as it is listed: `under "session", INGRESS`.
	String() string
	apply(t *tween) error
}

// Under places a tween inside the named ones. Names that are not registered are skipped, but at
// least one must be registered: Under("session", Ingress) is under the session tween if there is
// one.
func Under(names ...string) Option { return hint{order.Of(order.Under, names)} }

// Over places a tween outside the named ones. Names that are not registered are skipped, but at
// least one must be registered: Over("transaction", Main) is over the transaction tween if there is
// one.
func Over(names ...string) Option { return hint{order.Of(order.Over, names)} }

// hint is Under or Over.
type hint struct{ order.Hint }

var _ Option = hint{}

// apply gives the tween the hint, or returns what is wrong with it.
func (h hint) apply(t *tween) error {
	names, wrong, end := &t.under, Main, "inner"
	if h.Side == order.Over {
		names, wrong, end = &t.over, Ingress, "outer"
	}
	switch {
	case len(h.Names) == 0:
		return fmt.Errorf("tween %q: %s without names: want one or more tweens", t.name, h.Side)
	case len(*names) > 0:
		return fmt.Errorf("tween %q: %s given twice: combine the names in one", t.name, h.Side)
	case slices.Contains(h.Names, ""):
		return fmt.Errorf("tween %q: %s an empty name: want the name of a tween", t.name, h.Side)
	case slices.Contains(h.Names, wrong):
		return fmt.Errorf("tween %q cannot be %s %s, the %s end of the chain: leave it out, or name another tween", t.name, h.Side, wrong, end)
	}
	*names = h.Names
	return nil
}

// tween is one registration.
type tween struct {
	name        string
	factory     Factory
	under, over []string
	source      registry.Source
	fields      []registry.Field // for introspection; the position is set when the order is known
}

// String returns the name and the hints: `"a" under "b" over MAIN`.
func (t *tween) String() string {
	text := strconv.Quote(t.name)
	if t.under != nil {
		text += " " + Under(t.under...).String()
	}
	if t.over != nil {
		text += " " + Over(t.over...).String()
	}
	return text
}

// setPosition sets the position in the introspection fields, from 1 on; 0 if the tween is not in
// use.
func (t *tween) setPosition(position int) {
	if t.fields != nil {
		t.fields[0].Value = position
	}
}

// Add puts a tween around the router. Under and Over of other tweens, and SetOrder, refer to it by
// its name. Without options it is under Ingress, and so outside all tweens that were added before
// it; with Under or Over, only those place it. A name that is added again after a Commit replaces
// the tween and moves to the end of the order of registration.
//
// The build reports an empty name, the names Ingress and Main, a zero factory, a tween over Ingress
// or under Main, hints that name no registered tween, and cycles.
//
// An application calls config.AddTween; Add is for extensions.
func Add(rec registry.Recorder, name string, factory Factory, opts ...Option) {
	c := rec.Directive()
	t := &tween{name: name, factory: factory, source: c.Source()}
	c.Report(t.check(opts)) // and declare what is known, so that it is not missing
	c.Declare(registry.Declaration{
		Category: categoryTweens, Type: "tween", ID: name, Err: t.checkName(),
		Phase: registry.Phase3,
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			own := *t // each build sets the position in its own copy
			tableOf(reg).add(&own)
			reg.Describe(own.describe())
			return nil
		},
	})
}

const (
	categoryTweens = "tweens"
	categoryOrder  = "tween order"
)

// checkName returns what is wrong with the name of the tween.
func (t *tween) checkName() error {
	switch t.name {
	case "":
		return errors.New(`tween "": missing name: want a name such as "session"`)
	case Ingress, Main:
		return fmt.Errorf("tween %q: reserved name: %s and %s are the ends of the chain", t.name, Ingress, Main)
	}
	return nil
}

// check applies the options, and returns everything else that is wrong with the tween.
func (t *tween) check(opts []Option) error {
	var errs []error
	switch {
	case t.factory.build == nil:
		errs = append(errs, fmt.Errorf("tween %q: %w", t.name, errNoFactory))
	case t.factory.err != nil:
		errs = append(errs, fmt.Errorf("tween %q: %w", t.name, t.factory.err))
	}
	clear := true
	for _, o := range opts {
		err := fmt.Errorf("tween %q: nil option: want tweens.Under or tweens.Over", t.name)
		if o != nil {
			err = o.apply(t)
		}
		if err != nil {
			errs, clear = append(errs, err), false
		}
	}
	if !clear { // nobody knows where it belongs
		t.under, t.over = nil, nil
	}
	return errors.Join(errs...)
}

// describe returns what introspection shows of the tween.
func (t *tween) describe() registry.Introspectable {
	t.fields = []registry.Field{
		{Name: "position", Value: 0}, // see setPosition
		{Name: "name", Value: t.name},
		{Name: "under", Value: t.under},
		{Name: "over", Value: t.over},
		{Name: "factory", Value: t.factory.String()},
	}
	return registry.Introspectable{
		Category: categoryTweens, Title: t.name, Type: "tween", ID: t.name, Fields: t.fields, Source: t.source,
	}
}

// SetOrder lists the tweens to use, outermost first, and replaces the order by hints: tweens that
// are not listed are not used, not even the built-in ExcView (without which no error becomes a
// response), and hints are ignored, even those that cannot be satisfied. A name that was not added
// is an error of the build. Two orders conflict. Without names, the hints decide.
//
// An application calls config.SetTweenOrder; SetOrder is for extensions.
func SetOrder(rec registry.Recorder, names ...string) {
	c := rec.Directive()
	names, err := checkOrder(names)
	c.Report(err)
	source := c.Source()
	c.Declare(registry.Declaration{
		Category: categoryOrder, ID: categoryOrder, Title: order.List(names), Subject: "order of tweens",
		Fields: []registry.Field{{Name: "names", Value: names}},
		Phase:  registry.Phase3,
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			tableOf(reg).list(names, source)
			return nil
		},
	})
}

// checkOrder returns a list without what is wrong with it.
func checkOrder(names []string) (right []string, err error) {
	var errs []error
	for _, name := range names {
		switch {
		case name == Ingress, name == Main:
			errs = append(errs, fmt.Errorf("order of tweens: %s is an end of the chain, not a tween: leave it out", name))
		case slices.Contains(right, name):
			errs = append(errs, fmt.Errorf("order of tweens: %q is listed twice", name))
		default:
			right = append(right, name)
		}
	}
	return right, errors.Join(errs...)
}
