package web

import (
	"encoding"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"time"
)

// ParamOption says how ParamAs answers what it cannot read.
type ParamOption func(*paramReading)

type paramReading struct{ status int }

// Otherwise makes ParamAs answer a value that is not of the wanted type with
// another status of the client's errors: web.Otherwise(http.StatusBadRequest).
func Otherwise(status int) ParamOption { return func(p *paramReading) { p.status = status } }

// ParamAs returns what the marker called name matched, as a value of type T:
//
//	id, err := web.ParamAs[int](r, "id")
//	if err != nil {
//		return nil, err // /users/seven: 404
//	}
//
// T is a text, a number, a bool, a time.Time (RFC 3339, or a date alone), a
// time.Duration, any type with UnmarshalText (uuid.UUID, netip.Addr), a type made of
// one of these, or []string for a star. A text that is no T is an *HTTPError: such a
// page does not exist, 404, unless Otherwise says 400. A marker that the route does
// not have, and a T that no text can be, are mistakes of the program and plain errors.
func ParamAs[T any](r *Request, name string, options ...ParamOption) (T, error) {
	var v T
	m := r.Match()
	if m.index(name) < 0 {
		return v, noSuchMarker(m, name)
	}
	if names, ok := any(&v).(*[]string); ok {
		*names = m.Names(name)
		return v, nil
	}
	text := m.Text(name)
	err := parseText(text, &v)
	if err == nil {
		return v, nil
	}
	var zero T
	if errors.Is(err, errNoText) {
		return zero, fmt.Errorf("parameter %q: no text can be a %T", name, v)
	}
	how := paramReading{status: http.StatusNotFound}
	for _, option := range options {
		option(&how)
	}
	if how.status < 400 || how.status > 499 {
		return zero, fmt.Errorf("parameter %q: Otherwise(%d): the status must be one of the client's errors, 400 to 499", name, how.status)
	}
	detail := ""
	if how.status != http.StatusNotFound {
		detail = fmt.Sprintf("the parameter %q has no meaning here: %q", name, text)
	}
	return zero, Status(how.status, detail).With(fmt.Errorf("parameter %q: %w", name, err))
}

func noSuchMarker(m *Match, name string) error {
	if m == nil {
		return fmt.Errorf("parameter %q: the request matched no route", name)
	}
	var have []string
	for _, p := range m.Params() {
		have = append(have, p.Name)
	}
	return fmt.Errorf("parameter %q: route %q (%s) has no marker of that name (have: %q)", name, m.Route, m.Pattern, have)
}

var errNoText = errors.New("no text can be that")

// parseText reads text into the value that into points to.
func parseText(text string, into any) (err error) {
	switch p := into.(type) {
	case *string:
		*p = text
	case *int:
		*p, err = strconv.Atoi(text)
	case *int64:
		*p, err = strconv.ParseInt(text, 10, 64)
	case *bool:
		*p, err = strconv.ParseBool(text)
	case *time.Duration:
		*p, err = time.ParseDuration(text)
	case *time.Time:
		if *p, err = time.Parse(time.DateOnly, text); err != nil {
			*p, err = time.Parse(time.RFC3339, text)
		}
	case encoding.TextUnmarshaler:
		err = p.UnmarshalText([]byte(text))
	default:
		err = parseKind(text, reflect.ValueOf(into).Elem())
	}
	return err
}

// parseKind reads text into a value of a type made of a basic one, or into a new
// value that a pointer points to.
func parseKind(text string, v reflect.Value) error {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		v.SetBool(b)
		return err
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n, err := strconv.ParseInt(text, 10, v.Type().Bits())
		v.SetInt(n)
		return err
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		n, err := strconv.ParseUint(text, 10, v.Type().Bits())
		v.SetUint(n)
		return err
	case reflect.Float32, reflect.Float64:
		f, err := strconv.ParseFloat(text, v.Type().Bits())
		v.SetFloat(f)
		return err
	case reflect.Pointer:
		to := reflect.New(v.Type().Elem())
		if err := parseText(text, to.Interface()); err != nil {
			return err
		}
		v.Set(to)
	default:
		return errNoText
	}
	return nil
}
