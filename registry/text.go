package registry

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
)

// TextError is a text that is not a value of the expected kind.
type TextError struct {
	Text string
	Want string // with its article: "an integer from 0 to 255"
}

var _ error = (*TextError)(nil)

// Error quotes the text.
func (e *TextError) Error() string { return fmt.Sprintf("%q is not %s", e.Text, e.Want) }

// The Want of errors for durations and bools, with what to write instead.
const (
	WantDuration = "a duration: want something like 1m30s"
	wantBool     = "a bool: want true or false"
)

// IsTextKind reports whether SetText can set values of kind k: strings, bools, integers and
// floats.
func IsTextKind(k reflect.Kind) bool {
	return k == reflect.String || k == reflect.Bool || isNumber(k)
}

// SetText sets to, whose kind must be one that IsTextKind accepts, to the value that text
// denotes. It reads bools and floats as package strconv does, and integers in base (0 accepts
// the prefixes 0x, 0o and 0b). An invalid text, or a number out of range, is a *TextError, and
// to may then be changed.
//
// Settings, route parameters and forms convert their texts with it; each has its own rules
// for what is around the number, and for other types.
func SetText(text string, to reflect.Value, base int) error {
	var err error
	switch k := to.Kind(); {
	case k == reflect.String:
		to.SetString(text)
	case k == reflect.Bool:
		var b bool
		if b, err = strconv.ParseBool(text); err != nil {
			return &TextError{text, wantBool}
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
		return &TextError{text, wantNumber(to.Type(), errors.Is(err, strconv.ErrRange))}
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
