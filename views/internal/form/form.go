// Package form fills inputs from requests: structs from the parameters of a query or a form, and
// any type from a JSON body. Both use the same names (see fieldsOf), the same conversion of texts
// (registry.SetText) and the same mistakes, so that a client gets the same errors for both.
package form

import (
	"errors"
	"fmt"
	"mime/multipart"
	"reflect"

	"github.com/mastaba-go/mastaba/views/web"
)

// Form fills values of one type. It is immutable, and computed once for each view.
type Form struct {
	typ      reflect.Type // without the pointer
	pointer  bool         // the input is a pointer to typ
	plan     *plan        // for JSON
	fields   []formField
	nested   map[string]*node // the fields with fields or elements of their own
	uploads  []uploadField
	jsonOnly bool // no parameters fill the type
	strict   bool // see Strict
	streams  bool // the uploads take files while they arrive
	validate bool // it has a method Validate
}

// formField is a field that parameters fill.
type formField struct {
	name  string
	index []int

	leaf   *leaf
	nested *node // instead of leaf
}

// of returns the field of a struct.
func (f *formField) of(v reflect.Value) reflect.Value {
	if len(f.index) == 1 { // nearly always
		return v.Field(f.index[0])
	}
	return v.FieldByIndex(f.index)
}

// Of returns the form of a type. It is an error if nothing can fill it or one of its fields, if
// only JSON can but no tag says so, if two fields have the same name, or if it has a method
// Validate that [Validate] would not call.
func Of(t reflect.Type) (*Form, error) {
	f := &Form{typ: t}
	if t.Kind() == reflect.Pointer {
		f.pointer, f.typ = true, t.Elem()
	}
	f.strict, f.validate = isStrict(f.typ), reflect.PointerTo(f.typ).Implements(reflect.TypeFor[validator]())
	err := checkValidate(f.typ)
	if f.jsonOnly = f.typ.Kind() != reflect.Struct; !f.jsonOnly && err == nil {
		err = f.addFields()
	}
	if err != nil {
		return nil, fmt.Errorf("input %s: %w", t, err)
	}
	if f.plan, err = planOf(f.typ); err != nil {
		return nil, fmt.Errorf("input %s: %w", t, err)
	}
	return f, nil
}

// addFields adds the fields that parameters fill.
func (f *Form) addFields() error {
	fields, err := fieldsOf(f.typ)
	if err != nil {
		return err
	}
	switch decodesItself := shapeOf(f.typ) != object; {
	case len(fields) > 0 || f.typ.NumField() == 0:
	case decodesItself:
		f.jsonOnly = true
	default:
		return errors.New("nothing can fill it, since its fields are unexported or left out by tags: export one, such as Title")
	}
	nodes := nodeMaker{}
	for _, field := range fields {
		if isFile(field.typ) {
			return fmt.Errorf("field %s of type %s: an input has no files: remove the field, "+
				"and read the file with FormFile or MultipartReader of the request, or make it a forms.Upload or forms.Receiver", field.goName, field.typ)
		}
		if field.form == "" {
			continue
		}
		if u, ok, err := uploadOf(field, field.upload); err != nil {
			return err
		} else if ok && !field.behindPointer {
			f.uploads = append(f.uploads, u)
			if f.streams = isReceiver(u.typ); f.streams != isReceiver(f.uploads[0].typ) {
				return fmt.Errorf("field %s of type %s: files of an input either all arrive at a forms.Receiver, or are all forms.Uploads", field.goName, field.typ)
			}
			continue
		}
		if !field.behindPointer {
			if l := leafOf(field.typ); l != nil {
				f.fields = append(f.fields, formField{name: field.form, index: field.index, leaf: l})
				continue
			}
			if n := nodes.of(field.typ); n != nil {
				if f.nested == nil {
					f.nested = map[string]*node{}
				}
				f.nested[field.form] = n
				f.fields = append(f.fields, formField{name: field.form, index: field.index, nested: n})
				continue
			}
		}
		if !field.forJSON {
			return fmt.Errorf("no form can fill field %s of type %s: tag it `form:\"-\"` or `json:\"%s\"` if only JSON fills it",
				field.goName, field.typ, field.form)
		}
	}
	return nil
}

// isFile reports whether a field is for files of a form, as other frameworks fill them.
func isFile(t reflect.Type) bool {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	return t == reflect.TypeFor[multipart.FileHeader]() || t == reflect.TypeFor[multipart.File]()
}

// Fill sets the fields of an input that have parameters, and returns the values that do not fit. If
// a name is in the form of the body, its values in the query do not count.
func (f *Form) Fill(input reflect.Value, from *web.Parameters) []Mistake {
	var m mistakes
	f.fill(f.target(input), from, &m)
	return m.all()
}

// fill returns the tree of nested fields; nil without any.
func (f *Form) fill(input reflect.Value, from *web.Parameters, m *mistakes) (branches *tree) {
	if f.nested != nil {
		branches = f.branches(from, m)
	}
	for i := range f.fields {
		field := &f.fields[i]
		if field.nested != nil {
			if b := branches.child(&branches.root, field.name); b != nil {
				field.nested.fill(field.of(input), b, m)
			}
			continue
		}
		m.within, m.name = nil, field.name
		text, posted := from.Posted(field.name)
		if !posted {
			if from.HasFile(field.name) {
				m.add(codeFile, "expected text, got a file", nil)
				continue
			}
			var ok bool
			if text, ok = from.Get(field.name); !ok {
				continue
			}
		}
		if field.leaf.list != nil {
			field.leaf.fillList(field.of(input), all(from, field.name, posted), m)
		} else {
			field.leaf.fillOne(field.of(input), text, m)
		}
	}
	m.within, m.name = nil, ""
	return branches
}

// all returns the values of a name in the form or in the query.
func all(from *web.Parameters, name string, posted bool) []string {
	n := 0
	for other := range from.Sent(posted) {
		if other == name {
			n++
		}
	}
	values := make([]string, 0, n)
	for other, value := range from.Sent(posted) {
		if other == name {
			values = append(values, value)
		}
	}
	return values
}

// New returns a pointer to a new input.
func (f *Form) New() any {
	if f.pointer {
		return reflect.New(reflect.PointerTo(f.typ)).Interface()
	}
	return reflect.New(f.typ).Interface()
}

// target returns the value that is filled.
func (f *Form) target(input reflect.Value) reflect.Value {
	if f.pointer {
		input.Set(reflect.New(f.typ))
		return input.Elem()
	}
	return input
}
