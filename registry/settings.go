package registry

import (
	"encoding"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Settings are named values from outside: a file, the environment, flags. Texts are converted when they are read, by
// Setting.
type Settings map[string]any

// SettingError is a setting that is not what it should be.
type SettingError struct {
	Key   string
	Value any
	Want  string // what was asked for: "int", "bool"
	Err   error  // why, if there is more to say
}

// Error names the key, the value and what it should be.
func (e *SettingError) Error() string {
	text := fmt.Sprintf("setting %q: %#v is not of type %s", e.Key, e.Value, e.Want)
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns why.
func (e *SettingError) Unwrap() error { return e.Err }

// Setting returns the setting as a T, or fallback if it is not there, or nil. A text is converted:
//
//   - bool: t, true, y, yes, on, 1; f, false, n, no, off, 0 and the empty text; in any case of letters
//   - integers in base 10, or with 0x, 0o, 0b; floats
//   - time.Duration: as time.ParseDuration reads it; a bare number has no unit, and is refused
//   - []string: the words of the text
//   - whatever implements encoding.TextUnmarshaler
//
// Numbers become other numbers if nothing is lost. Anything else is a *SettingError, with fallback as the value.
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
		e := &SettingError{Key: key, Value: v, Want: reflect.TypeFor[T]().String()}
		if err != errMismatch {
			e.Err = err
		}
		return fallback, e
	}
	return t, nil
}

// errMismatch: there is nothing to say but that the value is of another kind.
var errMismatch = errors.New("not of that type")

// convert puts v into the variable to.
func convert(v any, to reflect.Value) error {
	text, isText := v.(string)
	if u, ok := to.Addr().Interface().(encoding.TextUnmarshaler); ok && isText {
		return u.UnmarshalText([]byte(text))
	}
	if to.Type() == reflect.TypeFor[time.Duration]() {
		if !isText {
			return errors.New(`say the unit, as in "30s"`)
		}
		d, err := time.ParseDuration(strings.TrimSpace(text))
		to.SetInt(int64(d))
		return plain(err)
	}
	if isText {
		return convertText(text, to)
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
				return fmt.Errorf("item %d is no text", i)
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
	switch to.Kind() {
	case reflect.String:
		to.SetString(text)
		return nil
	case reflect.Bool:
		switch strings.ToLower(word) {
		case "t", "true", "y", "yes", "on", "1":
			to.SetBool(true)
		case "f", "false", "n", "no", "off", "0", "":
			to.SetBool(false)
		default:
			return errors.New("say true or false, yes or no, on or off")
		}
		return nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n, err := strconv.ParseInt(word, 0, to.Type().Bits())
		to.SetInt(n)
		return plain(err)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		n, err := strconv.ParseUint(word, 0, to.Type().Bits())
		to.SetUint(n)
		return plain(err)
	case reflect.Float32, reflect.Float64:
		n, err := strconv.ParseFloat(word, to.Type().Bits())
		to.SetFloat(n)
		return plain(err)
	case reflect.Slice:
		if to.Type().Elem().Kind() == reflect.String {
			words := strings.Fields(text)
			list := reflect.MakeSlice(to.Type(), len(words), len(words))
			for i, w := range words {
				list.Index(i).SetString(w)
			}
			to.Set(list)
			return nil
		}
	}
	return errors.New("a text cannot become one: give the value itself")
}

// convertNumber converts if nothing is lost: files of settings know fewer kinds of numbers than Go.
func convertNumber(from, to reflect.Value) error {
	back := from.Convert(to.Type()).Convert(from.Type())
	same := back.Equal(from)
	// A negative number and a large unsigned one survive the way there and back, and float to int is not defined past its end.
	if from.CanInt() && to.CanUint() && from.Int() < 0 || from.CanUint() && to.CanInt() && from.Uint() > math.MaxInt64 ||
		from.CanFloat() && !to.CanFloat() && math.Abs(from.Float()) >= 1<<53 {
		same = false
	}
	if !same {
		return errors.New("it does not fit")
	}
	to.Set(from.Convert(to.Type()))
	return nil
}

func isNumber(k reflect.Kind) bool {
	return k >= reflect.Int && k <= reflect.Float64 && k != reflect.Uintptr
}

// plain takes the function and the value out of an error of strconv: both are said already.
func plain(err error) error {
	if e, ok := errors.AsType[*strconv.NumError](err); ok {
		if e.Err == strconv.ErrSyntax {
			return errMismatch
		}
		return e.Err
	}
	if err != nil {
		return errMismatch
	}
	return nil
}

var _ error = (*SettingError)(nil)
