package tweens

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
)

// Option says where a tween wants to be: Under or Over.
type Option interface {
	// String is the option as it is listed: `under "session", INGRESS`.
	String() string
	apply(t *tween) error
}

// Under places a tween further in than the named ones. Names that are not registered are passed over, but one of them has to
// be: `Under("session", Ingress)` is under the session tween if there is one.
func Under(names ...string) Option { return hint{"under", names} }

// Over places a tween further out than the named ones. Names that are not registered are passed over, but one of them has to
// be: `Over("transaction", Main)` is over the transaction tween if there is one.
func Over(names ...string) Option { return hint{"over", names} }

// hint is one side of a tween's place.
type hint struct {
	side  string // "under", "over"
	names []string
}

var _ Option = hint{}

func (h hint) String() string { return h.side + " " + namesText(h.names) }

// apply gives the tween the hint, or says why it cannot be.
func (h hint) apply(t *tween) error {
	names, refused, why := &t.under, Main, "nothing lies inside it; leave it away, or name another tween"
	if h.side == "over" {
		names, refused, why = &t.over, Ingress, "nothing lies outside it; leave it away, or name another tween"
	}
	switch {
	case len(h.names) == 0:
		return fmt.Errorf("tween %q is %s nothing: give the names of one or more tweens", t.name, h.side)
	case len(*names) > 0:
		return fmt.Errorf("tween %q has %[2]s twice: give all names in one, %[2]s them all", t.name, h.side)
	case slices.Contains(h.names, ""):
		return fmt.Errorf("tween %q is %s a tween without a name", t.name, h.side)
	case slices.Contains(h.names, refused):
		return fmt.Errorf("tween %q cannot be %s %s: %s", t.name, h.side, refused, why)
	}
	*names = slices.Clone(h.names)
	return nil
}

// namesText is a list of names for people: quoted, other than the two ends.
func namesText(names []string) string {
	texts := make([]string, len(names))
	for i, name := range names {
		if texts[i] = name; name != Ingress && name != Main && name != ExcView {
			texts[i] = strconv.Quote(name)
		}
	}
	return strings.Join(texts, ", ")
}

// tween is one registration.
type tween struct {
	name        string
	factory     Factory
	under, over []string
	source      registry.Source
	fields      []registry.Field // its description; the position is filled in when the order is known
}

// String is the tween with its hints: `"a" under "b" over MAIN`.
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

// place says in the description at which position the tween lies, from 1 on.
func (t *tween) place(position int) {
	if t.fields != nil {
		t.fields[0].Value = position
	}
}

// tweenID and orderID are what the directives claim.
type (
	tweenID string
	orderID struct{}
)

// Add puts a tween around the router, under a name by which others place themselves, and by which an explicit order lists
// it. Without options it is under Ingress, and so further out than all that were added before it; a tween with one of Under
// and Over is bound by that alone. A name that is added again after a Commit replaces the tween and moves to the end of the
// order of registration.
//
// Refused are an empty name, the names Ingress and Main, a nil factory, to be over Ingress, and to be under Main. All are
// mistakes of the configuration, which the build reports, as it does names that are not there and circles.
func Add(rec registry.Recorder, name string, factory Factory, opts ...Option) {
	c := rec.Directive()
	t := &tween{name: name, factory: factory, source: c.Source()}
	if err := t.check(opts); err != nil {
		c.Fail(err)
		return
	}
	c.Record(registry.Action{
		Discriminator: tweenID(name),
		Order:         registry.Phase3,
		Subject:       fmt.Sprintf("tween %q", name),
		Remedy:        "give one of them another name, or include one package from the other",
		Run: func(c *registry.Config, reg *registry.Registry) error {
			placed := *t // each build has its own: the position is part of the description
			tableOf(reg).add(&placed)
			c.Record(registry.Action{Order: registry.Phase3, Introspectables: []registry.Introspectable{placed.describe()}})
			return nil
		},
	})
}

// check applies the options, and returns everything that is wrong with the tween.
func (t *tween) check(opts []Option) error {
	var errs []error
	switch {
	case t.name == "":
		errs = append(errs, errors.New("tween without a name: others need its name to place themselves"))
	case t.name == Ingress, t.name == Main:
		errs = append(errs, fmt.Errorf("tween %q: the name is reserved, %s and %s are the ends of the chain; give the tween a name of its own",
			t.name, Ingress, Main))
	}
	if t.factory.build == nil {
		errs = append(errs, fmt.Errorf("tween %q: its factory is nil", t.name))
	}
	for _, o := range opts {
		if o == nil {
			errs = append(errs, fmt.Errorf("tween %q: an option is nil", t.name))
		} else if err := o.apply(t); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// describe returns what introspection shows of the tween.
func (t *tween) describe() registry.Introspectable {
	t.fields = []registry.Field{
		{Name: "position", Value: 0}, // filled in by place
		{Name: "name", Value: t.name},
		{Name: "under", Value: t.under},
		{Name: "over", Value: t.over},
		{Name: "source", Value: t.source},
		{Name: "factory", Value: t.factory.String()},
	}
	return registry.Introspectable{
		Category: "tweens", Title: t.name, Type: "tween", ID: t.name, Fields: t.fields, Source: t.source,
	}
}

// SetOrder lists the tweens to use, outermost first, and replaces the order by hints altogether: tweens that are not listed
// are not used, not even the built-in ExcView (without which no error becomes a response), and hints are not looked at, not
// even those that cannot be met. A name that nobody added is an error of the build. There is one list; without names it
// stands for the order by hints.
func SetOrder(rec registry.Recorder, names ...string) {
	c := rec.Directive()
	names = slices.Clone(names)
	if err := checkOrder(names); err != nil {
		c.Fail(err)
		return
	}
	source := c.Source()
	c.Record(registry.Action{
		Discriminator: orderID{},
		Order:         registry.Phase3,
		Subject:       "order of tweens",
		Remedy:        "set it once, or include one package from the other",
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			tableOf(reg).list(names, source)
			return nil
		},
		Introspectables: []registry.Introspectable{{
			Category: "tween order", Title: namesText(names), Type: "tween order", ID: orderID{},
			Fields: []registry.Field{{Name: "names", Value: names}},
		}},
	})
}

// checkOrder refuses what no list can hold.
func checkOrder(names []string) error {
	var errs []error
	seen := make(map[string]bool, len(names))
	for _, name := range names {
		switch {
		case name == Ingress, name == Main:
			errs = append(errs, fmt.Errorf("order of tweens: %s is an end of the chain, and no tween; leave it away", name))
		case seen[name]:
			errs = append(errs, fmt.Errorf("order of tweens: %q is listed twice", name))
		}
		seen[name] = true
	}
	return errors.Join(errs...)
}
