package jsonvalue

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"unicode"
)

// field is a field of a struct as encoding/json sees it.
type field struct {
	name   string
	key    []byte // the name as JSON, with a colon
	index  []int
	typ    reflect.Type
	tagged bool

	omitEmpty, omitZero, quoted bool
}

// fieldsOf returns the fields of a struct in order, those of embedded structs among them. Of
// several with one name the one that is embedded least deeply counts; of several of these the one
// with a name in its tag; otherwise none does.
func fieldsOf(of reflect.Type) []field {
	var all []field
	collect(of, nil, map[reflect.Type]bool{}, &all)
	var kept []field
	for i, f := range all {
		if dominates(f, i, all) {
			kept = append(kept, f)
		}
	}
	return kept
}

func collect(of reflect.Type, index []int, inside map[reflect.Type]bool, all *[]field) {
	if inside[of] {
		return
	}
	inside[of] = true
	defer delete(inside, of)
	for i := range of.NumField() {
		sf := of.Field(i)
		embedded := sf.Type
		if embedded.Kind() == reflect.Pointer {
			embedded = embedded.Elem()
		}
		tag := sf.Tag.Get("json")
		if tag == "-" || !sf.IsExported() && (!sf.Anonymous || embedded.Kind() != reflect.Struct) {
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		if !validName(name) {
			name = ""
		}
		at := append(slices.Clone(index), i)
		if name == "" && sf.Anonymous && embedded.Kind() == reflect.Struct {
			collect(embedded, at, inside, all)
			continue
		}
		if !sf.IsExported() {
			continue
		}
		f := field{name: name, index: at, typ: sf.Type, tagged: name != ""}
		if name == "" {
			f.name = sf.Name
		}
		for option := range strings.SplitSeq(options, ",") {
			f.omitEmpty = f.omitEmpty || option == "omitempty"
			f.omitZero = f.omitZero || option == "omitzero"
			f.quoted = f.quoted || option == "string" && quotable(sf.Type)
		}
		key, _ := json.Marshal(f.name)
		f.key = append(key, ':')
		*all = append(*all, f)
	}
}

func dominates(f field, at int, all []field) bool {
	for i, other := range all {
		if i == at || other.name != f.name {
			continue
		}
		if len(other.index) < len(f.index) || len(other.index) == len(f.index) && (other.tagged || !f.tagged) {
			return false
		}
	}
	return true
}

func validName(name string) bool {
	for _, r := range name {
		if !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return false
		}
	}
	return true
}

func quotable(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() >= reflect.Bool && t.Kind() <= reflect.Float64 || t.Kind() == reflect.String
}

// omits reports whether the field is left out for this value.
func (f *field) omits(v reflect.Value) bool {
	if f.omitEmpty {
		switch v.Kind() {
		case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
			if v.Len() == 0 {
				return true
			}
		case reflect.Struct:
		default:
			if v.IsZero() {
				return true
			}
		}
	}
	if !f.omitZero {
		return false
	}
	if zero, ok := v.Interface().(interface{ IsZero() bool }); ok {
		return v.Kind() == reflect.Pointer && v.IsNil() || zero.IsZero()
	}
	return v.IsZero()
}
