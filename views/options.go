package views

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/views/internal/viewname"
	"github.com/mastaba-go/mastaba/views/web"
)

// Option configures a view. Options are those of this package, its predicates (Method, Param, …),
// [Group], and [Value] for the derivers of other packages. Each prints itself in conflicts,
// listings and explanations.
//
// A view has one option of each kind: views.Method("GET", "POST"), not Method twice.
type Option interface {
	fmt.Stringer
	ViewOption() // marks the type; does nothing
}

// option is every option except predicates and groups. value is what ValueOf returns.
type option struct {
	kind  string
	text  string
	value any
	named bool // made by Value: a deriver must have declared the kind
	err   error
}

func (o option) String() string { return o.text }
func (o option) ViewOption()    {}

var (
	_ Option = option{}
	_ Option = group{}
	_ Option = web.Predicate{}
)

// The kinds of this package's own options, which are invalid names for Value.
const (
	kindName       = "name"
	kindPermission = "permission"
	kindRenderer   = "renderer"
	kindRoute      = "route"
	kindMapper     = "mapper"
	kindWrapper    = "wrapper"
	kindDecorate   = "decorate"
	kindCache      = "cache"
	kindCSRF       = "csrf"
	kindFor        = "for"
	kindBodyLimit  = "body_limit"
	kindAround     = "around"

	kindSubpath     = "subpath"
	kindAppendSlash = "append_slash"
)

var ownKinds = []string{
	kindName, kindPermission, kindRenderer, kindRoute, kindMapper,
	kindWrapper, kindDecorate, kindCache, kindCSRF, kindFor, kindBodyLimit, kindAround, kindSubpath, kindAppendSlash,
}

// severalKinds are the kinds of options and predicates that take several values.
var severalKinds = []string{kindMethod, kindParam, kindHeader, kindMatchParam, kindPrincipals, kindContentType, kindDecorate, kindAround}

// Name sets the view name: the path segment after the resource. Without it, or with "", the view is
// the default view of the resource. The "@@" by which a path may select a view is not part of the
// name. A name that is not one path segment, such as "/edit", "..", or text with NUL, is a
// configuration error: no path would reach the view, at most one that spells it "%2Fedit".
func Name(name string) Option {
	o := textOption(kindName, name)
	if err := viewname.Problem(name); err != nil {
		o.err = fmt.Errorf("views.Name(%q): %w", name, err)
	}
	return o
}

// For narrows the view to resources, or errors, of type T. It is for views without a type (Func,
// HTTP), and for views that take an interface which T implements.
func For[T any]() Option {
	t := reflect.TypeFor[T]()
	return option{kind: kindFor, text: "for=" + t.String(), value: t}
}

// Value is an option for a deriver that declared its name with [Options]. Packages build the
// options of their derivers with it:
//
//	func RateLimit(perMinute int) views.Option { return views.Value("rate_limit", perMinute) }
//
// A name that no deriver declares is a configuration error.
func Value(name string, value any) Option {
	o := option{kind: name, text: fmt.Sprintf("%s=%#v", name, value), value: value, named: true}
	switch {
	case name == "":
		o.err = errors.New(`views.Value(""): want the name of an option that a deriver declares`)
	case slices.Contains(ownKinds, name):
		o.err = fmt.Errorf("views.Value(%q): the name is taken by an option of package views", name)
	}
	return o
}

// Group combines options that several views share:
//
//	api := views.Group(views.Renderer("json"), views.Permission("api"))
//	views.Add(c, views.On(list), api)
//	views.Add(c, views.On(create), api, views.Method("POST"))
//
// A view's own option overrides a group's option of the same kind, and a later group overrides an
// earlier one.
func Group(defaults ...Option) Option { return group{slices.Clone(defaults)} }

type group struct{ defaults []Option }

func (g group) ViewOption() {}

func (g group) String() string {
	texts := make([]string, len(g.defaults))
	for n, o := range g.defaults {
		if o == nil {
			texts[n] = "nil"
			continue
		}
		texts[n] = o.String()
	}
	return "group(" + strings.Join(texts, " ") + ")"
}

func textOption(kind, value string) option {
	return option{kind: kind, text: kind + "=" + strconv.Quote(value), value: value}
}

// declaration holds the resolved options of a view: one of each kind.
type declaration struct {
	options    []option
	predicates []web.Predicate
	unclear    bool // some option is wrong in a way that leaves open what the view serves
}

// declare resolves options: single ones override those of groups, and a kind given twice on the
// same level is an error. An invalid option is kept too, so that conflicts of the view are found.
func declare(opts []Option) (declaration, []error) {
	var d, own declaration
	var wrong []error
	for _, o := range opts {
		switch o := o.(type) {
		case group:
			inner, errs := declare(o.defaults)
			wrong = append(wrong, errs...)
			d.override(inner)
		case option:
			if o.err != nil {
				wrong = append(wrong, o.err)
			}
			if old, ok := own.option(o.kind); ok {
				wrong = append(wrong, twice(o.kind, old, o))
				continue
			}
			own.options = append(own.options, o)
		case web.Predicate:
			if err := cmp.Or(o.Err(), offersOne(o)); err != nil {
				wrong = append(wrong, err)
			}
			// A predicate and a negated one of the same kind go together: a header that must be
			// there, and one that must not.
			if at := slices.IndexFunc(own.predicates, func(p web.Predicate) bool {
				return p.Kind() == o.Kind() && p.Negated() == o.Negated()
			}); at >= 0 {
				wrong, own.unclear = append(wrong, twice(o.Kind(), own.predicates[at], o)), true
				continue
			}
			own.predicates = append(own.predicates, o)
		default:
			wrong, own.unclear = append(wrong, fmt.Errorf("%T is not a view option: build options with views.Value, views.Where or views.Group", o)), true
		}
	}
	d.override(own)
	return d, wrong
}

func twice(kind string, first, second Option) error {
	remedy := "remove one"
	if slices.Contains(severalKinds, kind) {
		remedy = "combine the values in one option"
	}
	return fmt.Errorf("option %q given twice: %s and %s: %s", kind, first, second, remedy)
}

func (d *declaration) override(by declaration) {
	for _, o := range by.options {
		at := slices.IndexFunc(d.options, func(old option) bool { return old.kind == o.kind })
		if at >= 0 {
			d.options[at] = o
		} else {
			d.options = append(d.options, o)
		}
	}
	d.predicates = slices.DeleteFunc(d.predicates, func(old web.Predicate) bool {
		return slices.ContainsFunc(by.predicates, func(p web.Predicate) bool { return p.Kind() == old.Kind() })
	})
	d.predicates = append(d.predicates, by.predicates...)
	d.unclear = d.unclear || by.unclear
}

func (d *declaration) option(kind string) (option, bool) {
	at := slices.IndexFunc(d.options, func(o option) bool { return o.kind == kind })
	if at < 0 {
		return option{}, false
	}
	return d.options[at], true
}
