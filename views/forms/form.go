package forms

import (
	"cmp"
	"fmt"
	"net/url"
	"reflect"
	"strings"

	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/internal/fieldtext"
	"github.com/mastaba-go/mastaba/views/internal/form"
	"github.com/mastaba-go/mastaba/views/web"
)

// Form is what a page shows in its form: the values of the fields, and what is wrong with them.
// Fields of nested types have names with steps, such as lines.0.qty. A Form belongs to its request
// and is immutable.
type Form struct {
	r        *web.Request
	fields   *form.Form // of the input; nil if unknown
	other    *form.Form // of the value that is shown; nil if it has the fields of the input
	values   map[string][]string
	problems []Problem
}

// Problem is what is wrong with a field.
type Problem struct {
	Path    string         // the name of the field, "" for the input as a whole
	Code    string         // such as "integer"; "" if Validate or the view gave only a text
	Params  map[string]any // such as "value" and "want"
	Message web.Message    // for [web.Request.Translate]
}

var (
	formKey   = web.NewKey[*Form]("form", nil)
	fieldsKey = web.NewKey[*form.Form]("fields of the form", nil) // of the page
)

// Show returns the form of a page made by [Add]: after a failed POST with the values exactly as
// they were typed, else with those of present, a struct or a pointer to one. If present is nil, the
// form is empty. It panics if present has a type that is not an input, which [Add] would refuse.
//
// The methods of a Form panic for the name of a field that neither the input of the page nor
// present has: a misspelt name would otherwise show an empty field, and lose what the user typed.
// In a template that is an error with the name of the template and the line.
func Show(r *web.Request, present any) *Form {
	other, values, err := form.Encode(reflect.ValueOf(present))
	if err != nil {
		panic(fmt.Errorf("forms.Show: %w", err))
	}
	if failed, ok := formKey.Peek(r); ok {
		shown := *failed
		shown.other = other
		return &shown
	}
	fields, _ := fieldsKey.Peek(r)
	return &Form{r: r, fields: fields, other: other, values: values}
}

// Values returns the parameters of a form that decode to the value, a struct or a pointer to one:
// what a browser would send for a page that shows it. It is for tests and clients. Nil pointers,
// zero times, empty lists, uploads, and map keys with a dot have no parameters; an empty text
// counts as missing, except in strings. It is an error if the type is not an input.
func Values(value any) (url.Values, error) {
	_, values, err := form.Encode(reflect.ValueOf(value))
	return values, err
}

// typed returns the values of the form in the body.
func typed(sent *web.Parameters) map[string][]string {
	values := map[string][]string{}
	for name, value := range sent.Sent(true) {
		values[name] = append(values[name], value)
	}
	return values
}

// check panics if neither the input nor the value that is shown has a field.
func (f *Form) check(method, name string) {
	input := cmp.Or(f.fields, f.other)
	if input == nil || f.fields.Knows(name) || f.other.Knows(name) {
		return
	}
	hint := ""
	if near := cmp.Or(f.fields.Suggest(name), f.other.Suggest(name)); near != "" {
		hint = fmt.Sprintf(": did you mean %q?", near)
	}
	panic(fmt.Errorf("forms.Form.%s: the input %s has no field %q%s", method, input, name, hint))
}

// Value returns the last value of a field, "" if it has none.
func (f *Form) Value(name string) string {
	f.check("Value", name)
	if values := f.values[name]; len(values) > 0 {
		return values[len(values)-1]
	}
	return ""
}

// Values returns all values of a field. Do not change the slice.
func (f *Form) Values(name string) []string {
	f.check("Values", name)
	return f.values[name]
}

// Checked reports whether a checkbox is checked. Pass the value if several checkboxes share the
// name; without one, it is the checkbox of a bool.
func (f *Form) Checked(name string, value ...string) bool {
	f.check("Checked", name)
	for _, got := range f.values[name] {
		if len(value) > 0 && got == value[0] || len(value) == 0 && (got == "on" || got == "true" || got == "1") {
			return true
		}
	}
	return false
}

// Selected reports whether an option of a select, or a radio button, is chosen.
func (f *Form) Selected(name, value string) bool { return f.Checked(name, value) }

// Len returns the length of a list, as its highest index implies: 2 for lines.0.qty and
// lines.1.qty, and 8 for lines.7.qty alone, so that a template shows each element where it was. It
// is at most 1000.
func (f *Form) Len(list string) int {
	f.check("Len", list)
	n := 0
	for name := range f.values {
		if rest, ok := strings.CutPrefix(name, list+"."); ok {
			index, _, _ := strings.Cut(rest, ".")
			if i, ok := form.Index(index); ok {
				n = max(n, min(i+1, form.MostElements))
			}
		}
	}
	return n
}

// OK reports whether there are no problems.
func (f *Form) OK() bool { return len(f.problems) == 0 }

// Field returns the name of the input in the page: Path, without the index of an element at its
// end, as one input sends all elements. It is "files" for the second file, files.1.
func (p Problem) Field() string {
	if at := strings.LastIndexByte(p.Path, '.'); at >= 0 {
		if _, ok := form.Index(p.Path[at+1:]); ok {
			return p.Path[:at]
		}
	}
	return p.Path
}

func (p Problem) of(name string) bool { return p.Path == name || p.Field() == name }

// Problem returns what is wrong with a field, or with an element of it, in the language of the
// client; "" if nothing is. Problem("") is what is wrong with the input as a whole. A problem that
// Validate, or the function that saves, gave another name than that of a field is found by Problems
// alone.
func (f *Form) Problem(name string) string {
	var texts []string
	for _, p := range f.Problems(name) {
		texts = append(texts, f.r.Translate(p.Message))
	}
	return strings.Join(texts, "; ")
}

// Problems returns the problems of the given field, and those of its elements, or without a name
// those of all fields. Do not change the slice.
func (f *Form) Problems(name ...string) []Problem {
	if len(name) == 0 {
		return f.problems
	}
	if name[0] != "" {
		f.check("Problems", Problem{Path: name[0]}.Field())
	}
	var of []Problem
	for _, p := range f.problems {
		if p.of(name[0]) {
			of = append(of, p)
		}
	}
	return of
}

// problemsOf returns the problems of an error.
func problemsOf(err *views.InputError) []Problem {
	problems := make([]Problem, len(err.Fields))
	for i, f := range err.Fields {
		problems[i] = Problem{Path: f.Name, Code: f.Code, Params: f.Params, Message: fieldtext.Message(f.Code, f.Text, f.Params)}
	}
	if len(problems) == 0 {
		problems = []Problem{{Code: "invalid", Message: fieldtext.Message("invalid", "invalid input", nil)}}
	}
	return problems
}
