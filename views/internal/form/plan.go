package form

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/mastaba-go/mastaba/registry"
)

// plan is how a type is filled from JSON. It is made once for each type of a view's input, so that
// decoding looks nothing up but the names of fields. Types may contain themselves, so plans may
// too.
type plan struct {
	shape shape
	typ   reflect.Type
	want  string // with its article, "a number"
	hint  string // an example, ": want something like …"

	elem   *plan // of a pointer, list, array or dict
	key    reflect.Type
	fields []jsonField
	exact  map[string]int // index in fields
}

// jsonField is a field that a member of an object fills.
type jsonField struct {
	name    string // as mistakes show it
	exact   []byte
	index   []int
	pointer bool // through an embedded pointer
	quoted  bool
	plan    *plan
}

// shape is a way to fill a type.
type shape uint8

const (
	nothing  shape = iota // no value fits: functions, channels, interfaces with methods
	anything              // an interface without methods
	boolean
	signed
	unsigned
	float
	text
	number   // json.Number
	special  // what registry.SetText has a rule for: UnmarshalText, time.Time
	duration // the same, or nanoseconds, as encoding/json writes them
	octets   // base64, or a list of numbers
	own      // UnmarshalJSON, or UnmarshalJSONFrom of json/v2
	pointer
	list
	array
	dict
	object
)

var (
	unmarshaler  = reflect.TypeFor[json.Unmarshaler]()
	numberType   = reflect.TypeFor[json.Number]()
	durationType = reflect.TypeFor[time.Duration]()
	timeType     = reflect.TypeFor[time.Time]()
)

// planOf returns the plan of a type. It is an error if nothing can set a field, or if two fields of
// a struct have one name.
func planOf(t reflect.Type) (*plan, error) {
	return planner{}.plan(t)
}

type planner map[reflect.Type]*plan

func (ps planner) plan(t reflect.Type) (*plan, error) {
	if p := ps[t]; p != nil {
		return p, nil
	}
	p := &plan{typ: t}
	ps[t] = p
	p.shape = shapeOf(t)
	p.want, p.hint = wantOf(t, p.shape)
	var err error
	switch p.shape {
	case pointer, list, array, octets, dict:
		if p.shape == dict {
			p.key = t.Key()
		}
		if p.elem, err = ps.plan(t.Elem()); p.shape == pointer {
			p.want, p.hint = p.elem.want, p.elem.hint
		}
	case object:
		err = ps.fields(p)
	}
	return p, err
}

func (ps planner) fields(p *plan) error {
	fields, err := fieldsOf(p.typ)
	if err != nil {
		return fmt.Errorf("%s: %w", p.typ, err)
	}
	p.exact = make(map[string]int, len(fields))
	for _, f := range fields {
		if f.json == "" || ofFiles(f.typ) { // JSON has no files
			continue
		}
		inner, err := ps.plan(f.typ)
		if err != nil {
			return err
		}
		p.exact[f.exact] = len(p.fields)
		p.fields = append(p.fields, jsonField{f.json, []byte(f.exact), f.index, f.behindPointer, f.quoted && quotable(f.typ), inner})
	}
	return nil
}

// field returns the field that a member fills, nil without one: that of the very name, else the
// first one of the same name in another case, as encoding/json does.
func (p *plan) field(name []byte) *jsonField {
	if i, ok := p.exact[string(name)]; ok {
		return &p.fields[i]
	}
	for i := range p.fields {
		if bytes.EqualFold(p.fields[i].exact, name) {
			return &p.fields[i]
		}
	}
	return nil
}

func shapeOf(t reflect.Type) shape {
	pt := reflect.PointerTo(t)
	// Not every version of Go has json/v2, so a method stands for its interface. The name is a
	// constant: otherwise the linker would keep all methods of the program.
	_, fromV2 := pt.MethodByName("UnmarshalJSONFrom")
	switch {
	case t == timeType:
		return special
	case t == durationType:
		return duration
	case t == numberType:
		return number
	case pt.Implements(unmarshaler), fromV2:
		return own
	case pt.Implements(textUnmarshaler):
		return special
	case isOctets(t):
		return octets
	}
	switch k := t.Kind(); k {
	case reflect.Pointer:
		return pointer
	case reflect.Interface:
		if t.NumMethod() == 0 {
			return anything
		}
	case reflect.Bool:
		return boolean
	case reflect.String:
		return text
	case reflect.Float32, reflect.Float64:
		return float
	case reflect.Slice:
		return list
	case reflect.Array:
		return array
	case reflect.Struct:
		return object
	case reflect.Map:
		if isKey(t.Key()) {
			return dict
		}
	default:
		if k >= reflect.Int && k <= reflect.Int64 {
			return signed
		}
		if k >= reflect.Uint && k <= reflect.Uintptr {
			return unsigned
		}
	}
	return nothing
}

// isKey reports whether members of an object can be keys of type t.
func isKey(t reflect.Type) bool {
	k := t.Kind()
	return reflect.PointerTo(t).Implements(textUnmarshaler) || k == reflect.String || k >= reflect.Int && k <= reflect.Float64
}

// quotable reports whether `json:",string"` holds for a field of type t, as for encoding/json.
func quotable(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer && t.Name() == "" {
		t = t.Elem()
	}
	k := t.Kind()
	return k == reflect.String || k >= reflect.Bool && k <= reflect.Float64
}

// wantOf describes the JSON values that fit.
func wantOf(t reflect.Type, s shape) (want, hint string) {
	switch s {
	case list, array:
		return "an array", ""
	case dict, object:
		return "an object", ""
	case number:
		return "a number", ""
	case octets:
		return "a string in base64", ": want something like aGVsbG8="
	case own, anything, pointer:
		return "a value", ""
	case nothing:
		return "no value", ""
	case text:
		return "a string", ""
	}
	described, _ := registry.WantText(t)
	want, hint, found := strings.Cut(described, ":")
	if found {
		hint = ":" + hint
	}
	switch {
	case s == special && want == "":
		want = "a string"
		if example := exampleOf(t); example != "" {
			hint = ": want something like " + example
		}
	case want == "":
		want = "a number"
	}
	return want, hint
}
