// Package jsonvalue encodes values as JSON whose types may have adapters: functions that give
// another value in their place.
//
// The encoding is that of encoding/json. It is asked for everything that no adapter can be part of,
// which is known by type; only what may contain an adapted value is taken apart here.
package jsonvalue

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"sync"

	"github.com/mastaba-go/mastaba/views/internal/bytype"
	"github.com/mastaba-go/mastaba/views/web"
)

// Adapt returns the value to encode in place of another one. r is nil outside of a request.
type Adapt func(r *web.Request, value any) (any, error)

// Table holds the adapters by type. It is filled first, and then safe for concurrent use. A nil
// Table is empty.
type Table struct {
	adapters bytype.Table[Adapt]
	plain    sync.Map // reflect.Type to bool: one entry for each type of the program that is encoded
	structs  sync.Map // reflect.Type to []field
}

// Put registers an adapter for T, in place of an earlier one.
func Put[T any](t *Table, adapt func(r *web.Request, value T) (any, error)) {
	bytype.Put[T](&t.adapters, Adapt(func(r *web.Request, value any) (any, error) { return adapt(r, value.(T)) }))
}

// Empty reports whether there are no adapters.
func (t *Table) Empty() bool { return t == nil || t.adapters.Empty() }

// Marshal returns v as JSON. A value that encodes itself (json.Marshaler, encoding.TextMarshaler)
// does so; then its type's adapter counts, that of the exact type or of the narrowest interface.
func (t *Table) Marshal(r *web.Request, v any) ([]byte, error) {
	if t.Empty() {
		return json.Marshal(v)
	}
	e := encoder{table: t, r: r}
	err := e.encode(reflect.ValueOf(v))
	return e.Bytes(), err
}

// mostNested is how deep values may be nested, so that an adapter that returns its own type, or a
// circle, is an error.
const mostNested = 1000

type encoder struct {
	bytes.Buffer
	table *Table
	r     *web.Request
	depth int
}

var (
	jsonMarshaler = reflect.TypeFor[json.Marshaler]()
	textMarshaler = reflect.TypeFor[encoding.TextMarshaler]()
)

func encodesItself(t reflect.Type) bool {
	return t.Implements(jsonMarshaler) || t.Implements(textMarshaler)
}

func (e *encoder) encode(v reflect.Value) error {
	for v.IsValid() && v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if !v.IsValid() {
		e.WriteString("null")
		return nil
	}
	if e.depth++; e.depth > mostNested {
		return errors.New("json: values are nested too deeply: does an adapter return its own type, or a value contain itself?")
	}
	defer func() { e.depth-- }()
	if e.table.isPlain(v.Type()) {
		return e.standard(v)
	}
	if adapt, ok := e.table.adapters.For(v.Type()); ok {
		other, err := adapt(e.r, v.Interface())
		if err != nil {
			return err
		}
		return e.encode(reflect.ValueOf(other))
	}
	switch v.Kind() {
	case reflect.Pointer:
		return e.encode(v.Elem())
	case reflect.Map:
		return e.mapping(v)
	case reflect.Slice, reflect.Array:
		return e.list(v)
	case reflect.Struct:
		return e.object(v)
	}
	return e.standard(v)
}

func (e *encoder) standard(v reflect.Value) error {
	if v.CanAddr() && reflect.PointerTo(v.Type()).Implements(jsonMarshaler) {
		v = v.Addr() // as encoding/json does
	}
	b, err := json.Marshal(v.Interface())
	if err == nil {
		e.Write(b)
	}
	return err
}

// mapping encodes each value alone, and leaves the keys and their order to encoding/json.
func (e *encoder) mapping(v reflect.Value) error {
	if v.IsNil() {
		e.WriteString("null")
		return nil
	}
	raw := reflect.MakeMap(reflect.MapOf(v.Type().Key(), reflect.TypeFor[json.RawMessage]()))
	for key, value := range v.Seq2() {
		b, err := e.apart(value)
		if err != nil {
			return err
		}
		raw.SetMapIndex(key, reflect.ValueOf(json.RawMessage(b)))
	}
	return e.standard(raw)
}

// apart encodes a value into memory of its own.
func (e *encoder) apart(v reflect.Value) ([]byte, error) {
	inner := encoder{table: e.table, r: e.r, depth: e.depth}
	err := inner.encode(v)
	return inner.Bytes(), err
}

func (e *encoder) list(v reflect.Value) error {
	if v.Kind() == reflect.Slice && v.IsNil() {
		e.WriteString("null")
		return nil
	}
	e.WriteByte('[')
	for i := range v.Len() {
		if i > 0 {
			e.WriteByte(',')
		}
		if err := e.encode(v.Index(i)); err != nil {
			return err
		}
	}
	e.WriteByte(']')
	return nil
}

func (e *encoder) object(v reflect.Value) error {
	e.WriteByte('{')
	first := true
	for _, f := range e.table.fields(v.Type()) {
		value, err := v.FieldByIndexErr(f.index)
		if err != nil || f.omits(value) { // below a nil pointer to an embedded struct
			continue
		}
		if !first {
			e.WriteByte(',')
		}
		first = false
		e.Write(f.key)
		if !f.quoted {
			if err := e.encode(value); err != nil {
				return err
			}
			continue
		}
		b, err := e.apart(value)
		if err != nil {
			return err
		}
		if b[0] != 'n' { // null stays
			b, _ = json.Marshal(string(b))
		}
		e.Write(b)
	}
	e.WriteByte('}')
	return nil
}

// isPlain reports whether no adapter can be part of a value of type t.
func (t *Table) isPlain(of reflect.Type) bool {
	if plain, ok := t.plain.Load(of); ok {
		return plain.(bool)
	}
	plain := !t.adapted(of, map[reflect.Type]bool{})
	t.plain.Store(of, plain)
	return plain
}

// adapted reports whether a value of type of may contain an adapted one.
func (t *Table) adapted(of reflect.Type, seen map[reflect.Type]bool) bool {
	if seen[of] || of.Kind() != reflect.Interface && encodesItself(of) {
		return false
	}
	seen[of] = true
	if _, ok := t.adapters.For(of); ok {
		return true
	}
	switch of.Kind() {
	case reflect.Interface:
		return true
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return t.adapted(of.Elem(), seen)
	case reflect.Struct:
		return slices.ContainsFunc(t.fields(of), func(f field) bool { return t.adapted(f.typ, seen) })
	}
	return false
}

// fields returns what fieldsOf does, worked out once.
func (t *Table) fields(of reflect.Type) []field {
	if all, ok := t.structs.Load(of); ok {
		return all.([]field)
	}
	all := fieldsOf(of)
	t.structs.Store(of, all)
	return all
}

// Merge returns a table with the adapters of both; those of more win.
func Merge(base, more *Table) *Table {
	if more.Empty() {
		return base
	}
	all := new(Table)
	if base != nil {
		all.adapters = base.adapters.Clone()
	}
	all.adapters.Add(&more.adapters)
	return all
}
