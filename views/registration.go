package views

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// Callable is a view as the table calls it. res is the resource that the
// lookup found, or, for an error view, the error that it answers. The value is
// whatever the view returned; from the deriver rendered_view outwards it is a
// *web.Response.
//
// Callables run concurrently: what they share must be safe for that.
type Callable func(r *web.Request, res traversal.Resource) (any, error)

// Mapper turns a declared view into something to call. It runs once a view,
// while the application is built, and may refuse a view that it cannot call;
// the refusal is reported with the view's own place. Most applications need no
// mapper: the default one calls the function with the arguments of its shape.
type Mapper func(v View, info *Info) (Callable, error)

// Deriver wraps a view, once, while the application is built. Returning next
// itself leaves that view as it is. See [AddDeriver].
type Deriver func(next Callable, info *Info) (Callable, error)

// Info tells mappers, derivers and renderers about the view in their hands. It
// is read-only.
type Info struct {
	Registry   *registry.Registry
	View       View
	Name       string          // view name, "" for the default view
	Route      string          // name of the route, "" for none
	Permission string          // what the view asks for, by itself or by default; "" for nothing
	Resource   reflect.Type    // type that it answers; nil for any
	Source     registry.Source // where it was declared
	Predicates []web.Predicate // in the order written
	ErrorOnly  bool            // derived to answer errors, where defaults of permission and csrf do not count

	status  [2]int // statuses of an ErrorStatus view
	options declaration
}

var _ fmt.Stringer = (*Info)(nil)

// Status returns the statuses that an error view answers by number, zeros for
// every other view.
func (i *Info) Status() (lo, hi int) { return i.status[0], i.status[1] }

// String names the view as conflicts and listings do:
// `view "edit" for *wiki.Page [method="POST"]`.
func (i *Info) String() string {
	var b strings.Builder
	switch {
	case i.status != [2]int{} || i.ErrorOnly:
		b.WriteString("error view")
	case i.Name == "":
		b.WriteString("default view")
	default:
		b.WriteString("view " + strconv.Quote(i.Name))
	}
	b.WriteString(" for " + i.target())
	if i.Route != "" {
		b.WriteString(" on route " + strconv.Quote(i.Route))
	}
	if len(i.Predicates) > 0 {
		texts := make([]string, len(i.Predicates))
		for n, p := range i.Predicates {
			texts[n] = p.String()
		}
		b.WriteString(" [" + strings.Join(texts, " ") + "]")
	}
	return b.String()
}

func (i *Info) target() string {
	lo, hi := i.status[0], i.status[1]
	switch {
	case i.status == [2]int{}:
		return typeText(i.Resource)
	case lo == hi:
		return fmt.Sprintf("status %d", lo)
	default:
		return fmt.Sprintf("status %d to %d", lo, hi)
	}
}

func typeText(t reflect.Type) string {
	if t == nil {
		return "any resource"
	}
	return t.String()
}

// place names the view's function and where it stands: `wiki.show (wiki/views.go:41)`.
func (i *Info) place() string {
	name, src := i.View.FuncName(), i.View.Source()
	if src == (registry.Source{}) {
		src = i.Source
	}
	if name == "" {
		return fmt.Sprintf("%s (%s)", i, src)
	}
	return fmt.Sprintf("%s (%s)", name, src)
}

// registration is one view as declared and derived: what Add hands to the
// table. A view for an error type that Add declared is two of them, one that
// answers resources and one that answers errors (info.ErrorOnly), since the
// default permission and the csrf default cover only the first.
type registration struct {
	info       *Info
	errors     bool     // lies among the error views, not among the views of resources; same as info.ErrorOnly
	status     [2]int   // range of an ErrorStatus view, zero otherwise; only with errors
	key        string   // identity of its predicates inside a group: printed, sorted
	accept     string   // media type of its Accept predicate, "" without
	call       Callable // derived
	permissive Callable // derived without secured_view, otherwise the same
	permission string   // effective, "" without
}

// identity is what no two views may share. It is the discriminator of a view's
// action; a registration of a later round with the same identity, in the same
// of the two tables, replaces the earlier one in place. A view for an error
// type and an error view for it are the same key.
type identity struct {
	resource reflect.Type
	status   [2]int
	name     string
	route    string
	key      string
}

func (reg *registration) identity() identity { return identityOf(reg.info, reg.key) }

func identityOf(i *Info, key string) identity {
	return identity{i.Resource, i.status, i.Name, i.Route, key}
}

// predicateKey is what two sets of predicates share if they are the same
// whatever the order in which they were written.
func predicateKey(ps []web.Predicate) string {
	texts := make([]string, len(ps))
	for n, p := range ps {
		texts[n] = p.String()
	}
	slices.SortFunc(texts, cmp.Compare[string])
	return strings.Join(texts, "\x00")
}
