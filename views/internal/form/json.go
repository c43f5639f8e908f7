package form

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"unicode/utf8"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// FillJSON sets an input to the JSON value of a body, and returns the values that do not fit, in
// the order of the body. A body that is not JSON in UTF-8, or only null, is a 400.
//
// It decodes what encoding/json decodes, to the same values: members without a field are ignored,
// unless the input is strict, and the last of several members of one name counts. Beyond that it
// reads dates and durations as forms do. Types with UnmarshalJSON decode themselves.
//
// Unlike encoding/json it refuses null where a value is needed. null sets a field that is a
// pointer, map, slice or interface to nil. Elements of lists and maps are null only in interfaces.
func (f *Form) FillJSON(input reflect.Value, body []byte) ([]Mistake, error) {
	var m mistakes
	err := f.fillJSON(input, body, f.strict, &m)
	return m.all(), err
}

func (f *Form) fillJSON(input reflect.Value, body []byte, strict bool, m *mistakes) error {
	if !utf8.Valid(body) {
		return web.BadRequest("invalid JSON body: it is not UTF-8")
	}
	d := decoder{scanner: scanner{raw: body}, mistakes: *m, strict: strict}
	d.path = make([]step, 0, 8)
	if d.peek() == 'n' { // a value would stay as it is
		if d.word("null") == nil && d.peek() == 0 && d.at == len(body) {
			return web.BadRequest("the body is null, expected a JSON value")
		}
		d.at = 0
	}
	err := d.value(f.plan, f.target(input))
	if err == nil && (d.peek() != 0 || d.at < len(body)) {
		err = d.expected("the end")
	}
	if err != nil {
		return web.BadRequest("").WithMessage(web.Message{
			ID: "invalid JSON body: ${error}", Domain: "mastaba", Params: map[string]any{"error": err.Error()},
		}).With(err)
	}
	*m = d.mistakes
	m.path = nil
	return nil
}

// decoder fills values from JSON. Its errors are syntax errors; a value that does not fit is a
// mistake, and leaves its field as it is.
type decoder struct {
	scanner
	mistakes
	strict bool // members without a field are mistakes
}

// mismatch adds the mistake that the value, which begins with c, is of another kind.
func (d *decoder) mismatch(p *plan, c byte) {
	d.add(codeType, "expected "+p.want+", got "+kindOf(c)+p.hint, map[string]any{"want": p.want, "got": kindOf(c)})
}

// value reads a value into v; without a plan it skips the value.
func (d *decoder) value(p *plan, v reflect.Value) error {
	c := d.peek()
	switch {
	case p == nil:
		return d.skip()
	case p.shape == own && v.CanAddr() && v.CanInterface():
		return d.own(v)
	case c == 'n':
		return d.null(p, v)
	case p.shape == pointer:
		if v.IsNil() {
			v.Set(reflect.New(p.typ.Elem()))
		}
		return d.value(p.elem, v.Elem())
	case p.shape == anything:
		value, err := d.any(c)
		if err == nil && value != nil {
			v.Set(reflect.ValueOf(value))
		}
		return err
	}
	switch c {
	case '{':
		switch p.shape {
		case object:
			return d.object(p, v)
		case dict:
			return d.dict(p, v)
		}
		d.mismatch(p, c)
		return d.skip()
	case '[':
		switch p.shape {
		case list, array, octets:
			return d.list(p, v)
		}
		d.mismatch(p, c)
		return d.skip()
	case '"':
		got, err := d.string()
		if err == nil {
			d.setString(p, v, got)
		}
		return err
	case 't', 'f':
		if p.shape == boolean {
			v.SetBool(c == 't')
		} else {
			d.mismatch(p, c)
		}
		return d.plain(c)
	}
	start := d.at
	if err := d.plain(c); err != nil {
		return err
	}
	d.setNumber(p, v, d.raw[start:d.at])
	return nil
}

// own lets a type decode itself.
func (d *decoder) own(v reflect.Value) error {
	start := d.at
	if err := d.skip(); err != nil {
		return err
	}
	raw := d.raw[start:d.at]
	var err error
	if u, ok := v.Addr().Interface().(json.Unmarshaler); ok {
		err = u.UnmarshalJSON(raw)
	} else {
		err = json.Unmarshal(raw, v.Addr().Interface())
	}
	if err != nil {
		text := string(raw)
		if len(raw) > 1 && raw[0] == '"' {
			text = string(raw[1 : len(raw)-1])
		}
		want := ""
		if reflect.PointerTo(v.Type()).Implements(textUnmarshaler) {
			want, _ = registry.WantText(v.Type())
		}
		d.addError(&registry.TextError{Text: text, Want: want, Err: err}, v.Type())
	}
	return nil
}

// null reads null. It sets what can be nil to nil; anything else needs a value.
func (d *decoder) null(p *plan, v reflect.Value) error {
	if err := d.word("null"); err != nil {
		return err
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Interface, reflect.Func, reflect.Chan:
		v.SetZero()
	default:
		d.mismatch(p, 'n')
	}
	return nil
}

// element reads an element of a list or dict. null would make it a nil pointer, slice or map, which
// code that goes through the elements does not expect.
func (d *decoder) element(p *plan, v reflect.Value) error {
	switch p.shape {
	case pointer, list, dict, octets, special:
		if d.peek() == 'n' {
			d.mismatch(p, 'n')
			if p.shape == pointer { // for a Validate that goes through the elements
				v.Set(reflect.New(p.typ.Elem()))
			}
			return d.word("null")
		}
	}
	return d.value(p, v)
}

func (d *decoder) object(p *plan, v reflect.Value) error {
	if err := d.enter(); err != nil {
		return err
	}
	for n := 0; ; n++ {
		if more, err := d.more('}', n); !more {
			return err
		}
		name, err := d.key()
		if err != nil {
			return err
		}
		f := p.field(name)
		if f == nil {
			if d.strict {
				d.addUnknown(string(name), p.names)
			}
			err = d.skip()
		} else {
			d.push(step{name: f.name})
			if into := f.of(v); f.quoted {
				err = d.quoted(f.plan, into)
			} else {
				err = d.value(f.plan, into)
			}
			d.pop()
		}
		if err != nil {
			return err
		}
	}
}

// of returns the field of a struct; it makes the embedded structs on the way.
func (f *jsonField) of(v reflect.Value) reflect.Value {
	if !f.pointer {
		return v.FieldByIndex(f.index)
	}
	for _, i := range f.index {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v
}

// quoted reads the value of a field with `json:",string"`: a string that holds a value, or null.
func (d *decoder) quoted(p *plan, v reflect.Value) error {
	c := d.peek()
	if c == 'n' {
		return d.null(p, v)
	}
	start := d.at
	if err := d.skip(); err != nil {
		return err
	}
	if raw := d.raw[start:d.at]; c == '"' {
		inner := decoder{scanner: scanner{raw: raw}}
		held, err := inner.string()
		if err != nil {
			return err
		}
		inner.scanner = scanner{raw: held}
		if inner.held(p, v) && len(inner.found) == 0 {
			return nil
		}
		if found := inner.found; len(found) > 0 && found[0].Text[0] == '"' { // it quotes the value already
			d.add(found[0].Code, found[0].Text, found[0].Params)
		} else {
			value := clip(string(held), mostText)
			d.add(codeOf(p.typ), fmt.Sprintf("%q is not %s%s", value, p.want, p.hint), map[string]any{"value": value, "want": p.want})
		}
		return nil
	}
	d.add(codeType, "expected a string that holds "+p.want+", got "+kindOf(c)+p.hint, map[string]any{"want": "a string", "got": kindOf(c)})
	return nil
}

// held reads the whole value that a string held, and returns false if that is not a value. Like
// encoding/json it reads as a number what strconv does, such as 007.
func (d *decoder) held(p *plan, v reflect.Value) bool {
	if len(d.raw) == 0 || d.raw[0] <= ' ' {
		return false
	}
	for p.shape == pointer && d.raw[0] != 'n' {
		if v.IsNil() {
			v.Set(reflect.New(p.typ.Elem()))
		}
		p, v = p.elem, v.Elem()
	}
	switch c := d.raw[0]; p.shape {
	case signed, unsigned, float:
		if c == '-' && len(d.raw) > 1 {
			c = d.raw[1]
		}
		if '0' <= c && c <= '9' {
			d.setNumber(p, v, d.raw)
			return true
		}
	}
	return d.value(p, v) == nil && d.at == len(d.raw)
}

// kindOf describes a value by its first byte.
func kindOf(c byte) string {
	switch c {
	case 'n':
		return "null"
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case 't', 'f':
		return "a bool"
	}
	return "a number"
}

func (d *decoder) dict(p *plan, v reflect.Value) error {
	if err := d.enter(); err != nil {
		return err
	}
	if v.IsNil() {
		v.Set(reflect.MakeMap(p.typ))
	}
	elem := reflect.New(p.elem.typ).Elem()
	for n := 0; ; n++ {
		if more, err := d.more('}', n); !more {
			return err
		}
		name, err := d.key()
		if err != nil {
			return err
		}
		key, text := reflect.New(p.key).Elem(), string(name)
		d.push(step{name: text})
		wrong := setKey(text, key)
		if wrong != nil {
			d.addError(wrong, p.key)
		}
		elem.SetZero()
		err = d.element(p.elem, elem)
		d.pop()
		if err != nil {
			return err
		}
		if wrong == nil {
			v.SetMapIndex(key, elem)
		}
	}
}

// setKey sets the key of a map. A time.Duration is in nanoseconds, as encoding/json writes it.
func setKey(text string, key reflect.Value) error {
	if key.Type() == durationType {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			key.SetInt(n)
			return nil
		}
	}
	return setText(key, text)
}

// list reads an array into a slice or an array. Like encoding/json it drops the elements for which
// an array has no place, and sets its remaining places to zero.
func (d *decoder) list(p *plan, v reflect.Value) error {
	if err := d.enter(); err != nil {
		return err
	}
	slice := v.Kind() == reflect.Slice
	for n := 0; ; n++ {
		more, err := d.more(']', n)
		if err != nil {
			return err
		}
		if !more {
			finishList(v, n)
			return nil
		}
		if slice && n >= v.Len() {
			if n >= v.Cap() {
				v.Grow(1)
			}
			v.SetLen(n + 1)
		}
		if n >= v.Len() {
			err = d.skip()
		} else {
			d.push(step{index: n, element: true})
			err = d.element(p.elem, v.Index(n))
			d.pop()
		}
		if err != nil {
			return err
		}
	}
}

// finishList ends a list after n elements.
func finishList(v reflect.Value, n int) {
	switch {
	case v.Kind() == reflect.Array:
		for ; n < v.Len(); n++ {
			v.Index(n).SetZero()
		}
	case n == 0:
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	case n < v.Len():
		v.SetLen(n)
	}
}

// setString sets v to a string.
func (d *decoder) setString(p *plan, v reflect.Value, got []byte) {
	switch p.shape {
	case text:
		v.SetString(string(got))
	case special, duration:
		if err := registry.SetText(string(got), v, 10); err != nil {
			d.addError(err, p.typ)
		}
	case number:
		if n := string(got); isNumber(n) {
			v.SetString(n)
			return
		}
		d.mismatch(p, '"')
	case octets:
		octets, err := base64.StdEncoding.AppendDecode([]byte{}, got)
		if err != nil {
			d.addError(&registry.TextError{Text: string(got), Want: wantOctets, Err: err}, p.typ)
			return
		}
		v.SetBytes(octets)
	default:
		d.mismatch(p, '"')
	}
}

// setNumber sets v to a number.
func (d *decoder) setNumber(p *plan, v reflect.Value, got []byte) {
	switch p.shape {
	case signed, duration:
		if n, err := strconv.ParseInt(string(got), 10, p.typ.Bits()); err == nil {
			v.SetInt(n)
			return
		}
	case unsigned:
		if n, err := strconv.ParseUint(string(got), 10, p.typ.Bits()); err == nil {
			v.SetUint(n)
			return
		}
	case float:
		if n, err := strconv.ParseFloat(string(got), p.typ.Bits()); err == nil {
			v.SetFloat(n)
			return
		}
	case number:
		v.SetString(string(got))
		return
	default:
		d.mismatch(p, '0')
		return
	}
	d.addError(registry.SetText(string(got), v, 10), p.typ) // fails too, with what is wrong
}
