package forms

import (
	"errors"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/internal/form"
)

// Strict makes an input refuse what it has no field for, if it is embedded in the input:
//
//	type Draft struct {
//		forms.Strict
//		Title string `form:"title"`
//	}
//
// A parameter of the query or the body, a file, or a member of JSON at any depth that no field
// takes is then a problem of its own with the code "unknown". It holds for [Add] and for
// [views.OnInput]. Any input with a method RefuseUnknownFields() is strict. [SetStrict] makes all
// inputs strict, and [AllowParameters] names the parameters that are not for inputs. A page shows
// such a problem if it lists all Problems of its form, since no field of the page has the name.
type Strict struct{}

// RefuseUnknownFields marks the type; it does nothing.
func (Strict) RefuseUnknownFields() {}

// SetStrict makes all inputs of the application strict, as if each had [Strict] embedded. Without
// it, what no field takes is ignored.
func SetStrict(c registry.Recorder) {
	rules(c, "strict forms", nil, func(r *form.Rules) { r.Strict = true })
}

// AllowParameters names parameters that strict inputs do not refuse, although they have no field
// for them: those that other parts of the application read, such as "page". "utm_*" stands for all
// that begin with utm_. The field of the CSRF token need not be named. It may be called any number
// of times.
func AllowParameters(c registry.Recorder, names ...string) {
	cfg := c.Directive()
	for _, name := range names {
		if rest := strings.TrimSuffix(name, "*"); rest == "" || strings.Contains(rest, "*") {
			cfg.Report(errors.New(`forms.AllowParameters: invalid name "` + name + `": want one such as "page" or "utm_*"`))
			return
		}
	}
	rules(cfg, "parameters beside forms", slices.Clone(names), func(r *form.Rules) { r.Others = append(r.Others, names...) })
}

// rules records a change of the rules for inputs. With names it may be recorded several times.
func rules(c registry.Recorder, category string, names []string, change func(*form.Rules)) {
	cfg := c.Directive()
	id := category
	if names != nil {
		id = strings.Join(names, " ") + " at " + cfg.Source().String()
	}
	cfg.Declare(registry.Declaration{
		Category: category, ID: id,
		Fields: []registry.Field{{Name: "names", Value: names}},
		Phase:  registry.Phase2,
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			change(form.RulesOf(reg))
			return nil
		},
	})
}
