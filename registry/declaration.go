package registry

import (
	"cmp"
	"fmt"
	"reflect"
	"strconv"
)

// The phases in which declarations take effect. Any other int may be used between them; lower ones come first.
const (
	Phase0 = -30 // before everything of the framework's: free for extensions
	Phase1 = -20 // what other directives look up: predicates, derivers, renderers, mappers, defaults
	Phase2 = -10 // what views refer to: names of routes, the security policy
	Phase3 = 0   // everything else: views, routes, tweens, subscribers
)

// Declaration is what a directive declares: what it is, for conflicts and for introspection, and what it does to the
// registry. A declaration that conflicts with none needs no more than Run.
type Declaration struct {
	// Category groups declarations, in introspection and for their IDs: "renderers". Without one, the declaration is not
	// part of introspection.
	Category string
	// ID identifies the declaration in its category: two with equal IDs conflict, unless one is nearer to the application.
	// It must be comparable. A declaration without an ID never conflicts.
	ID any
	// Type is what one of the category is called: "renderer". The default is Category.
	Type string
	// Title names the declaration in listings. The default is ID as text.
	Title string
	// Fields and Related describe it further.
	Fields  []Field
	Related []Ref
	// Phase is when Run is called: Phase0 to Phase3, or any int between.
	Phase int
	// Subject is what errors call the declaration. The default is made of Type, ID and Title: `renderer "csv"`.
	Subject string
	// Remedy says in a conflict what to do: `add a predicate, or include one package from the other`. There is a default.
	Remedy string
	// Run puts the declaration into effect. It may be nil. What it declares by c joins the declarations that have not
	// taken effect yet; their phase must not be an earlier one. c stands at the source of this declaration, and is valid
	// until Run returns.
	//
	// An error or a panic ends the build as an *ExecutionError; if the error is one already, it stays as it is and so
	// blames another declaration. Record by c.Fail what is wrong but lets the rest of the phase be checked as well.
	Run func(c *Config, reg *Registry) error
}

// check returns what makes the declaration impossible to record.
func (d *Declaration) check() error {
	if !isKey(d.ID) {
		return fmt.Errorf("%s: its ID is a %T, which is not comparable: use a string, or a struct of comparable fields",
			d.subject(), d.ID)
	}
	for _, ref := range d.Related {
		if !isKey(ref.ID) {
			return fmt.Errorf("%s: it is related to a %T in %q, which is not comparable", d.subject(), ref.ID, ref.Category)
		}
	}
	return nil
}

// claim is the discriminator.
func (d *Declaration) claim() Ref { return Ref{Category: d.Category, ID: d.ID} }

// kind is what one such declaration is called.
func (d *Declaration) kind() string {
	if d.Type != "" {
		return d.Type
	}
	return d.Category
}

// only reports whether the declaration is the only one of its kind: its ID is the kind itself.
func (d *Declaration) only() bool { return d.ID == nil || isKey(d.ID) && d.ID == any(d.kind()) }

func (d *Declaration) title() string {
	if d.Title != "" || d.ID == nil {
		return d.Title
	}
	return fmt.Sprint(d.ID)
}

func (d *Declaration) subject() string {
	name, named := d.ID.(string)
	switch kind := d.kind(); {
	case d.Subject != "":
		return d.Subject
	case !isKey(d.ID), kind == "" && d.ID == nil:
		return cmp.Or(kind, "declaration")
	case d.only():
		return kind
	case named && kind != "":
		return kind + " " + strconv.Quote(name)
	case kind != "":
		return kind + " " + d.title()
	}
	return fmt.Sprintf("%+v", d.ID)
}

func (d *Declaration) remedy() string {
	_, named := d.ID.(string)
	switch {
	case d.Remedy != "":
		return d.Remedy
	case d.only():
		return "set it once, or include one package from the other"
	case named:
		return "give one of them another name, or include one package from the other"
	}
	return "keep one of them, or include one package from the other"
}

// describe returns what introspection shows.
func (d *Declaration) describe(at Source) Introspectable {
	return Introspectable{
		Category: d.Category, ID: d.ID, Type: d.kind(), Title: d.title(), Fields: d.Fields, Related: d.Related, Source: at,
	}
}

// isKey reports whether v can be a key of a map. Its type alone does not show that: an interface field may hold a slice.
func isKey(v any) bool {
	switch v.(type) {
	case nil, string, int:
		return true
	}
	return reflect.ValueOf(v).Comparable()
}
