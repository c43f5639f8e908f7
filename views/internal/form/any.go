package form

import (
	"reflect"

	"github.com/mastaba-go/mastaba/registry"
)

// any reads a value for an interface, which begins with c.
func (d *decoder) any(c byte) (any, error) {
	switch c {
	case '{':
		return d.anyObject()
	case '[':
		return d.anyList()
	case '"':
		text, err := d.string()
		return string(text), err
	}
	start := d.at
	if err := d.plain(c); err != nil {
		return nil, err
	}
	switch c {
	case 't', 'f':
		return c == 't', nil
	case 'n':
		return nil, nil
	}
	var n float64
	if err := registry.SetText(string(d.raw[start:d.at]), reflect.ValueOf(&n).Elem(), 10); err != nil {
		d.addError(err, reflect.TypeFor[float64]())
	}
	return n, nil
}

func (d *decoder) anyObject() (any, error) {
	if err := d.enter(); err != nil {
		return nil, err
	}
	members := map[string]any{}
	for n := 0; ; n++ {
		more, err := d.more('}', n)
		if !more {
			return members, err
		}
		key, err := d.key()
		if err != nil {
			return nil, err
		}
		name := string(key)
		d.push(step{name: name})
		members[name], err = d.any(d.peek())
		d.pop()
		if err != nil {
			return nil, err
		}
	}
}

func (d *decoder) anyList() (any, error) {
	if err := d.enter(); err != nil {
		return nil, err
	}
	elements := []any{}
	for n := 0; ; n++ {
		more, err := d.more(']', n)
		if !more {
			return elements, err
		}
		d.push(step{index: n, element: true})
		element, err := d.any(d.peek())
		d.pop()
		if err != nil {
			return nil, err
		}
		elements = append(elements, element)
	}
}
