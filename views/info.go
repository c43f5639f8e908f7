package views

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// Info describes a registered view to mappers, derivers, renderers and listings. It is read-only.
type Info struct {
	Registry   *registry.Registry
	View       View
	Name       string          // view name, "" for the default view
	Route      string          // name of the route, "" for none
	Permission string          // required permission, the view's own or the default; "" for none
	Resource   reflect.Type    // resource type that it serves; nil for any
	Source     registry.Source // where it was registered
	Predicates []web.Predicate // in the order written
	ErrorOnly  bool            // handles errors only; the default permission and CSRF check do not apply

	status  [2]int // statuses of an ErrorStatus view
	options declaration
	foresee func(*web.Request, *Prediction)
}

var _ fmt.Stringer = (*Info)(nil)

// Status returns the range of statuses that an error view handles, zeros for every other view.
func (i *Info) Status() (lo, hi int) { return i.status[0], i.status[1] }

// Foresee lets a mapper add to a Prediction what it knows before its view is called.
func (i *Info) Foresee(add func(r *web.Request, p *Prediction)) { i.foresee = add }

// String describes the view as conflicts and listings do:
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

// funcText names the view's function and its source location: `wiki.show (wiki/views.go:41)`.
func (i *Info) funcText() string {
	name, src := i.View.FuncName(), i.View.Source()
	if src == (registry.Source{}) {
		src = i.Source
	}
	switch {
	case name == "":
		return fmt.Sprintf("%s (%s)", i, src)
	case strings.HasPrefix(name, "func at "): // the name of a closure is its source location
		return "func at " + src.String()
	}
	return fmt.Sprintf("%s (%s)", name, src)
}

// ValueOf returns the value of the view's option with this name, for derivers: a [Value], or an
// option of this package ("renderer", "wrapper", …). It returns false if the view does not have the
// option, and an error if its value has another type.
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
