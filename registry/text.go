package registry

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"time"
)

// TextError is a text that is not a value of the expected kind.
type TextError struct {
	Text string
	Want string // with its article: "an integer from 0 to 255"; "" if unknown
	Err  error  // of UnmarshalText or package time; nil for other types
}

var _ error = (*TextError)(nil)

// Error quotes the text. It shows Err only if Want is empty: the errors of many types describe
// their Go code, not the text.
func (e *TextError) Error() string {
	if e.Want == "" {
		return fmt.Sprintf("%q is invalid: %v", e.Text, e.Err)
	}
	return fmt.Sprintf("%q is not %s", e.Text, e.Want)
}

// Unwrap returns Err.
func (e *TextError) Unwrap() error { return e.Err }

// The Want of errors for durations, times and bools, with an example.
const (
	WantDuration = "a duration: want something like 1m30s"
	wantTime     = "a time: want something like 2026-01-31 or 2026-01-31T15:04:05Z"
	wantBool     = "a bool: want true or false"
)

// wantStandard holds the Want for types of the standard library with UnmarshalText. The key is the
// name of the type, so that the registry need not import its package.
var wantStandard = map[string]string{
	"math/big.Int":       "an integer",
	"math/big.Float":     "a number",
	"math/big.Rat":       "a number or a fraction: want something like 3/4",
	"net.IP":             "an IP address: want something like 192.0.2.1 or 2001:db8::1",
	"net/netip.Addr":     "an IP address: want something like 192.0.2.1 or 2001:db8::1",
	"net/netip.AddrPort": "an IP address with a port: want something like 192.0.2.1:80 or [2001:db8::1]:80",
	"net/netip.Prefix":   "a network: want something like 192.0.2.0/24 or 2001:db8::/32",
	"log/slog.Level":     "a level: want something like DEBUG, INFO, WARN or ERROR",
	"regexp.Regexp":      "a regular expression",
}

var (
	durationType    = reflect.TypeFor[time.Duration]()
	timeType        = reflect.TypeFor[time.Time]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// WantText describes the texts that SetText reads as values of type t, as [TextError].Want does. It
// returns false for types that SetText cannot set: all but strings, bools, integers, floats, types
// with UnmarshalText such as time.Time, and pointers to these.
func WantText(t reflect.Type) (want string, ok bool) {
	switch k := t.Kind(); {
	case k == reflect.Pointer:
		if t.Elem().Kind() == reflect.Pointer {
			return "", false
		}
		return WantText(t.Elem())
	case t == durationType:
		return WantDuration, true
	case t == timeType:
		return wantTime, true
	case reflect.PointerTo(t).Implements(textUnmarshaler):
		return wantStandard[t.PkgPath()+"."+t.Name()], true
	case k == reflect.String:
		return "a string", true
	case k == reflect.Bool:
		return wantBool, true
	case isNumber(k):
		return wantNumber(t, false), true
	}
	return "", false
}

// SetText sets the variable to, which must be of a type that WantText describes, to the value that
// text denotes. It reads bools, floats and durations as the standard library does, a time.Time from
// a date or a time in RFC 3339, integers in the base (0 accepts the prefixes 0x, 0o and 0b), and
// other types by UnmarshalText. A pointer is set to a new value. An invalid text, or a number out
// of range, is a *TextError, and the variable may then be changed.
//
// Settings, route parameters, forms and JSON inputs convert their texts with it; each has its own
// rules for what is around the text, and for further types.
func SetText(text string, to reflect.Value, base int) error {
	switch t := to.Type(); {
	case t == durationType:
		d, err := time.ParseDuration(text)
		if err != nil {
			return &TextError{Text: text, Want: WantDuration, Err: err}
		}
		to.SetInt(int64(d))
		return nil
	case t == timeType:
		layout := time.RFC3339
		if len(text) == len(time.DateOnly) {
			layout = time.DateOnly
		}
		at, err := time.Parse(layout, text)
		if err != nil {
			return &TextError{Text: text, Want: wantTime, Err: err}
		}
		*to.Addr().Interface().(*time.Time) = at
		return nil
	case t.Kind() == reflect.Pointer:
		value := reflect.New(t.Elem())
		if err := SetText(text, value.Elem(), base); err != nil {
			return err
		}
		to.Set(value)
		return nil
	default:
		u, ok := to.Addr().Interface().(encoding.TextUnmarshaler)
		if !ok {
			return setKind(text, to, base)
		}
		if err := u.UnmarshalText([]byte(text)); err != nil {
			return &TextError{Text: text, Want: wantStandard[t.PkgPath()+"."+t.Name()], Err: err}
		}
		return nil
	}
}

// setKind is SetText for types without a rule of their own.
func setKind(text string, to reflect.Value, base int) error {
	var err error
	switch k := to.Kind(); {
	case k == reflect.String:
		to.SetString(text)
	case k == reflect.Bool:
		var b bool
		if b, err = strconv.ParseBool(text); err != nil {
			return &TextError{Text: text, Want: wantBool}
		}
		to.SetBool(b)
	case to.CanInt():
		var n int64
		n, err = strconv.ParseInt(text, base, to.Type().Bits())
		to.SetInt(n)
	case to.CanUint():
		var n uint64
		n, err = strconv.ParseUint(text, base, to.Type().Bits())
		to.SetUint(n)
	case to.CanFloat():
		var n float64
		n, err = strconv.ParseFloat(text, to.Type().Bits())
		to.SetFloat(n)
	default:
		return fmt.Errorf("a text cannot become a %s", to.Type())
	}
	if err != nil {
		return &TextError{Text: text, Want: wantNumber(to.Type(), errors.Is(err, strconv.ErrRange))}
	}
	return nil
}

// wantNumber describes the numbers of type t, with their range if a number was out of it.
func wantNumber(t reflect.Type, outOfRange bool) string {
	bits := t.Bits()
	switch {
	case t.Kind() == reflect.Float32 || t.Kind() == reflect.Float64:
		if outOfRange {
			return fmt.Sprintf("a number that fits into %d bits", bits)
		}
		return "a number"
	case t.Kind() >= reflect.Uint && t.Kind() <= reflect.Uintptr:
		if outOfRange {
			return fmt.Sprintf("an integer from 0 to %d", ^uint64(0)>>(64-bits))
		}
		return "a non-negative integer"
	}
	if outOfRange {
		return fmt.Sprintf("an integer from %d to %d", int64(-1)<<(bits-1), ^(int64(-1) << (bits - 1)))
	}
	return "an integer"
}
