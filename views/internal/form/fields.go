package form

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// field is a field of a struct, with its names.
type field struct {
	goName string
	typ    reflect.Type
	index  []int

	form  string // name of the parameter, "" without
	json  string // name in JSON as mistakes show it, "" without
	exact string // name in JSON that matches first; others match whatever their case

	quoted        bool   // `json:",string"`: the value is in a string
	forJSON       bool   // the tags say that JSON fills it
	behindPointer bool   // of an embedded struct, which may be nil
	upload        string // the tag
	noForm        bool   // of an embedded struct: forms fill none of its fields
}

// fieldsOf returns the fields of a struct, with one set of names for forms and JSON: the name in
// the tag form, else that in the tag json, else the field's own name in lower case. If both tags
// have a name, JSON uses that in the tag json. "-" in the tag form leaves the field out of forms,
// "-" in the tag json out of JSON and, without a tag form, out of forms too.
//
// As for encoding/json, names in JSON match in any case, embedded structs without a name count as
// part of the struct, and of two fields with one name the one that is embedded less deeply counts.
// Two fields with one name at the same depth are an error.
func fieldsOf(t reflect.Type) ([]field, error) {
	var all []field
	if err := collect(&all, t, field{}, nil); err != nil {
		return nil, err
	}
	for _, name := range []func(*field) *string{
		func(f *field) *string { return &f.form },
		func(f *field) *string { return &f.exact },
	} {
		if err := resolve(all, name); err != nil {
			return nil, err
		}
	}
	fields := all[:0]
	for _, f := range all {
		if f.exact == "" {
			f.json = ""
		}
		if f.form != "" || f.json != "" {
			fields = append(fields, f)
		}
	}
	return fields, nil
}

// resolve leaves each name to the field that is embedded least deeply, and empties it in others.
func resolve(fields []field, name func(*field) *string) error {
	owners := map[string]*field{}
	for i := range fields {
		f := &fields[i]
		if *name(f) == "" {
			continue
		}
		owner := owners[*name(f)]
		switch {
		case owner == nil || len(f.index) < len(owner.index):
			owners[*name(f)] = f
		case len(f.index) == len(owner.index):
			return fmt.Errorf("fields %s and %s have the same name %q: rename one with a tag such as `form:\"title\"`", owner.goName, f.goName, *name(f))
		}
	}
	for i := range fields {
		f := &fields[i]
		if *name(f) != "" && owners[*name(f)] != f {
			*name(f) = ""
		}
	}
	return nil
}

// collect appends the fields of t, a struct that is embedded at outer; above are the structs
// around it.
func collect(all *[]field, t reflect.Type, outer field, above []reflect.Type) error {
	above = append(above, t)
	for i := range t.NumField() {
		sf := t.Field(i)
		f, embedded, err := fieldOf(sf)
		if err != nil {
			return err
		}
		f.index = append(outer.index[:len(outer.index):len(outer.index)], i)
		f.behindPointer = outer.behindPointer
		if f.noForm = f.noForm || outer.noForm; f.noForm {
			f.form = ""
		}
		if embedded == nil {
			if f.form != "" || f.json != "" {
				*all = append(*all, f)
			}
			continue
		}
		if slices.Contains(above, embedded) { // its fields are there already, less deeply
			continue
		}
		if sf.Type.Kind() == reflect.Pointer {
			if !sf.IsExported() {
				return fmt.Errorf("field %s is an embedded pointer to an unexported struct, which nothing can set: embed the struct itself", sf.Name)
			}
			f.behindPointer = true
		}
		if err := collect(all, embedded, f, above); err != nil {
			return err
		}
	}
	return nil
}

// fieldOf returns a field with its names, which are empty for fields that nothing fills. For an
// embedded struct that counts as part of the struct around it, it also returns the embedded type.
func fieldOf(sf reflect.StructField) (f field, embedded reflect.Type, err error) {
	formName, hasForm := sf.Tag.Lookup("form")
	jsonTag, hasJSON := sf.Tag.Lookup("json")
	jsonName, options, _ := strings.Cut(jsonTag, ",")
	if strings.Contains(formName, ",") {
		return f, nil, fmt.Errorf("field %s: its tag `form:%q` has options: want a name alone, such as `form:\"title\"`", sf.Name, formName)
	}
	f = field{goName: sf.Name, typ: sf.Type, forJSON: hasJSON && !hasForm, upload: sf.Tag.Get("upload")}

	noJSON := jsonTag == "-"
	f.noForm = formName == "-" || noJSON && !hasForm
	if formName == "-" {
		formName = ""
	}
	if noJSON {
		jsonName = ""
	}
	t := sf.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	inside := sf.Anonymous && t.Kind() == reflect.Struct
	if inside && formName == "" && jsonName == "" && !noJSON {
		return f, t, nil
	}
	if !sf.IsExported() && (!inside || t != sf.Type) { // the fields of an unexported embedded struct can be set
		if formName != "" {
			return f, nil, fmt.Errorf("field %s has the tag `form:%q` but is unexported, so nothing can set it: export it", sf.Name, formName)
		}
		return f, nil, nil
	}
	own := strings.ToLower(sf.Name)
	if !f.noForm {
		f.form = first(formName, jsonName, own)
	}
	if !noJSON {
		f.json = first(jsonName, formName, own)
		f.exact = first(jsonName, formName, sf.Name)
	}
	for option := range strings.SplitSeq(options, ",") {
		f.quoted = f.quoted || option == "string"
	}
	return f, nil, nil
}

// first returns the first text that is not empty.
func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
