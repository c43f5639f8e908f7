package urls

import (
	"errors"
	"reflect"
	"strconv"

	"github.com/mastaba-go/mastaba/registry"
)

// ErrNoText is the error of Parse for a type that cannot be read from text.
var ErrNoText = errors.New("cannot be read from text")

// Parse sets what into points to from text: the reverse of Text.
func Parse(text string, into any) error {
	switch p := into.(type) {
	case *string:
		*p = text
		return nil
	case *int:
		if n, err := strconv.Atoi(text); err == nil {
			*p = n
			return nil
		}
	}
	v := reflect.ValueOf(into).Elem()
	if _, ok := registry.WantText(v.Type()); !ok {
		return ErrNoText
	}
	return registry.SetText(text, v, 10)
}
