package registry

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Settings are named values from outside: a file, the environment, flags. Texts are converted when
// they are read, by Setting.
type Settings map[string]any

// SettingError is a setting whose value does not have the expected type.
type SettingError struct {
	Key   string
	Value any
	Want  string // what was expected, with its article: "an integer"
	Err   error  // why, if there is more to say
}

var _ error = (*SettingError)(nil)

// Error names the key, the value and what was expected.
func (e *SettingError) Error() string {
	value := fmt.Sprint(e.Value)
	if text, ok := e.Value.(string); ok {
		value = strconv.Quote(text)
	}
	text := fmt.Sprintf("setting %q: %s is not %s", e.Key, value, e.Want)
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns why.
func (e *SettingError) Unwrap() error { return e.Err }

// Setting returns the setting as a T, or fallback if it is missing or nil. A text is converted:
//
//   - bool: t, true, y, yes, on, 1; f, false, n, no, off, 0 and the empty text, in any case
//   - integers in base 10, or with 0x, 0o, 0b; floats
//   - time.Duration: as time.ParseDuration reads it; a bare number has no unit and is an error
//   - []string: the words of the text
//   - time.Time: a date, or a time in RFC 3339
//   - whatever implements encoding.TextUnmarshaler
//
// A number is converted to another number type if nothing is lost. Anything else is a
// *SettingError, and Setting returns fallback with it.
func Setting[T any](s Settings, key string, fallback T) (T, error) {
	v, ok := s[key]
	if !ok || v == nil {
		return fallback, nil
	}
	if t, ok := v.(T); ok {
		return t, nil
	}
	var t T
	if err := convert(v, reflect.ValueOf(&t).Elem()); err != nil {
		e := &SettingError{Key: key, Value: v, Want: want(reflect.TypeFor[T]())}
		if invalid, ok := err.(*TextError); ok {
			if e.Err = invalid.Err; invalid.Want != "" {
				e.Want, e.Err = invalid.Want, nil
			}
		} else if err != errMismatch {
			e.Err = err
		}
		return fallback, e
	}
	return t, nil
}

// errMismatch is a value of another kind, with nothing more to say.
var errMismatch = errors.New("not of that type")

// want describes the values of type t.
func want(t reflect.Type) string {
	switch k := t.Kind(); {
	case k == reflect.Slice && t.Elem().Kind() == reflect.String:
		return "a list of strings"
	case k == reflect.Bool:
		return "a bool"
	case k != reflect.Pointer:
		if text, _ := WantText(t); text != "" {
			return text
		}
	}
	return "a " + t.String()
}

// convert sets to, a variable, to v converted to its type.
func convert(v any, to reflect.Value) error {
	text, isText := v.(string)
	switch {
	case isText:
		return convertText(text, to)
	case to.Type() == durationType:
		return errMismatch // a number has no unit
	}
	from := reflect.ValueOf(v)
	switch {
	case from.Kind() == to.Kind() && from.CanConvert(to.Type()) && from.Kind() != reflect.Slice: // type Level int
		to.Set(from.Convert(to.Type()))
		return nil
	case isNumber(from.Kind()) && isNumber(to.Kind()):
		return convertNumber(from, to)
	case to.Kind() == reflect.Slice && to.Type().Elem().Kind() == reflect.String && from.Kind() == reflect.Slice:
		list := reflect.MakeSlice(to.Type(), 0, from.Len())
		for i := range from.Len() {
			item, ok := from.Index(i).Interface().(string)
			if !ok {
				return fmt.Errorf("element %d is not a string", i)
			}
			list = reflect.Append(list, reflect.ValueOf(item).Convert(to.Type().Elem()))
		}
		to.Set(list)
		return nil
	}
	return errMismatch
}

func convertText(text string, to reflect.Value) error {
	word := strings.TrimSpace(text)
	switch k := to.Kind(); {
	case to.Type() == durationType, to.Type() == reflect.TypeFor[time.Time]():
		return SetText(word, to, 0)
	case reflect.PointerTo(to.Type()).Implements(textUnmarshaler):
		return SetText(text, to, 0)
	case k == reflect.String:
		to.SetString(text)
	case k == reflect.Bool:
		switch strings.ToLower(word) {
		case "t", "true", "y", "yes", "on", "1":
			to.SetBool(true)
		case "f", "false", "n", "no", "off", "0", "":
			to.SetBool(false)
		default:
			return &TextError{Text: text, Want: wantBool}
		}
	case isNumber(k):
		return SetText(word, to, 0)
	case k == reflect.Slice && to.Type().Elem().Kind() == reflect.String:
		words := strings.Fields(text)
		list := reflect.MakeSlice(to.Type(), len(words), len(words))
		for i, w := range words {
			list.Index(i).SetString(w)
		}
		to.Set(list)
	default:
		return errors.New("a text cannot be converted to it: set a value of that type")
	}
	return nil
}

// convertNumber converts a number if nothing is lost: settings files have fewer kinds of numbers
// than Go.
func convertNumber(from, to reflect.Value) error {
	back := from.Convert(to.Type()).Convert(from.Type())
	same := back.Equal(from)
	// A negative number and a large unsigned one survive the way there and back, and float to int
	// is not defined past its end.
	if from.CanInt() && to.CanUint() && from.Int() < 0 || from.CanUint() && to.CanInt() && from.Uint() > math.MaxInt64 ||
		from.CanFloat() && !to.CanFloat() && math.Abs(from.Float()) >= 1<<53 {
		same = false
	}
	if !same {
		return &TextError{Want: wantNumber(to.Type(), !from.CanFloat() || math.Trunc(from.Float()) == from.Float())}
	}
	to.Set(from.Convert(to.Type()))
	return nil
}

func isNumber(k reflect.Kind) bool {
	return k >= reflect.Int && k <= reflect.Float64 && k != reflect.Uintptr
}
