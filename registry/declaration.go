package registry

import (
	"cmp"
	"fmt"
	"reflect"
	"strconv"
)

// The phases in which declarations run, the lowest first. Any other int is a phase too.
const (
	Phase0 = -30 // before everything of the framework: free for extensions
	Phase1 = -20 // what other declarations look up: predicates, derivers, renderers, mappers, defaults
	Phase2 = -10 // what views refer to: routes, the security policy
	Phase3 = 0   // everything else: views, routes, tweens, subscribers
)

// Declaration is what a directive declares. The fields before Run say what it is, for conflicts and
// introspection; a declaration that needs neither has only Run and a Phase.
type Declaration struct {
	// Category is the group that introspection lists the declaration in: "renderers". A declaration
	// without a category is not listed.
	Category string
	// ID identifies the declaration in its category. Two declarations with equal IDs conflict,
	// unless one overrides the other. The ID must be comparable. A declaration without one never
	// conflicts. (Category and ID together are what Pyramid calls a discriminator.)
	ID any
	// Type is what one of the category is called: "renderer". It defaults to Category.
	Type string
	// Title names the declaration in listings. It defaults to the text of ID.
	Title string
	// Fields and Related are further details for introspection.
	Fields  []Field
	Related []Ref
	// Phase is when Run runs: Phase0 to Phase3, or any other int.
	Phase int
	// Subject names the declaration in errors: `renderer "csv"`. It defaults to Type and ID, or
	// Title.
	Subject string
	// Remedy is what a conflict suggests: "add a predicate". The default suggests another name, or
	// to keep one of the two. For declarations in different folders the conflict adds "or include
	// one package from the other".
	Remedy string
	// Err is what is wrong with the declaration, nil if nothing is. It is recorded as by c.Fail,
	// and Run is not called. With an ID, the declaration still takes part in conflicts. What others
	// miss because of it is not reported: see [Missing]. A directive that can declare at least a
	// name calls c.Report instead.
	Err error
	// Run does what is declared. It may be nil. It may use c, whose source is that of the
	// declaration, to declare more, in the same phase or a later one. c is valid until Run returns.
	//
	// Every declaration runs, whatever else is wrong, so that one build finds everything; the
	// Registry of a build that fails is thrown away. So Run, and what it calls, only changes the
	// Registry, and each build calls it again.
	//
	// An error or a panic of Run becomes an *ExecutionError; if Run returns one itself, it is kept
	// as it is, since it may name another declaration. Run gives c.Fail an error after which
	// nothing but this declaration is missing, and uses [Missing] for an error that says that
	// something else is.
	Run func(c *Config, reg *Registry) error
}

// check returns why the declaration cannot be recorded, or nil.
func (d *Declaration) check() error {
	if !isKey(d.ID) {
		return fmt.Errorf("%s: its ID is a %T, which is not comparable: use a string, or a struct of comparable fields",
			d.subject(), d.ID)
	}
	for _, ref := range d.Related {
		if !isKey(ref.ID) {
			return fmt.Errorf("%s: it is related to a %T in %q, which is not comparable: use the ID of that declaration", d.subject(), ref.ID, ref.Category)
		}
	}
	return nil
}

// claim returns the discriminator.
func (d *Declaration) claim() Ref { return Ref{Category: d.Category, ID: d.ID} }

// kind returns what one such declaration is called.
func (d *Declaration) kind() string {
	if d.Type != "" {
		return d.Type
	}
	return d.Category
}

// only reports whether an application has at most one such declaration: its ID is its kind.
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

// remedy returns what to do about a conflict. packages is true if the declarations are in different
// packages.
func (d *Declaration) remedy(packages bool) string {
	text := d.Remedy
	_, named := d.ID.(string)
	switch {
	case text != "":
	case d.only():
		text = "set it once"
	case named:
		text = "give one of them another name"
	default:
		text = "keep one of them"
	}
	if packages {
		text += ", or include one package from the other"
	}
	return text
}

// describe returns what introspection lists.
func (d *Declaration) describe(at Source) Introspectable {
	return Introspectable{
		Category: d.Category, ID: d.ID, Type: d.kind(), Title: d.title(), Fields: d.Fields, Related: d.Related, Source: at,
	}
}

// isKey reports whether v can be a map key. That is not a matter of its type alone: an interface
// field may hold a slice.
func isKey(v any) bool {
	switch v.(type) {
	case nil, string, int:
		return true
	}
	return reflect.ValueOf(v).Comparable()
}
