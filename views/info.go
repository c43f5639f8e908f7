package views

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

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
	switch {
	case name == "":
		return fmt.Sprintf("%s (%s)", i, src)
	case strings.HasPrefix(name, "func at "): // a closure is named by its place already
		return "func at " + src.String()
	}
	return fmt.Sprintf("%s (%s)", name, src)
}

// ValueOf returns the value of an option by its name, for derivers: false if
// the view does not have it, and an error if it is of another type.
func ValueOf[T any](i *Info, name string) (value T, ok bool, err error) {
	o, ok := i.options.option(name)
	if !ok {
		return value, false, nil
	}
	value, ok = o.value.(T)
	if !ok {
		return value, false, fmt.Errorf("option %q has type %T, want %s", name, o.value, reflect.TypeFor[T]())
	}
	return value, true, nil
}
