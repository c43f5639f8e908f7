package urls

import (
	"encoding"
	"errors"
	"reflect"
	"strconv"
	"time"

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
	case *time.Duration:
		d, err := time.ParseDuration(text)
		if err != nil {
			return &registry.TextError{Text: text, Want: registry.WantDuration}
		}
		*p = d
		return nil
	case *time.Time:
		t, err := time.Parse(time.DateOnly, text)
		if err != nil {
			t, err = time.Parse(time.RFC3339, text)
		}
		if err != nil {
			return &registry.TextError{Text: text, Want: "a time: want something like 2006-01-02 or 2006-01-02T15:04:05Z"}
		}
		*p = t
		return nil
	case encoding.TextUnmarshaler:
		return p.UnmarshalText([]byte(text))
	}
	v := reflect.ValueOf(into).Elem()
	if v.Kind() == reflect.Pointer {
		to := reflect.New(v.Type().Elem())
		if err := Parse(text, to.Interface()); err != nil {
			return err
		}
		v.Set(to)
		return nil
	}
	if !registry.IsTextKind(v.Kind()) {
		return ErrNoText
	}
	return registry.SetText(text, v, 10)
}
