package web

import (
	"encoding"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"time"

	"github.com/mastaba-go/mastaba/registry"
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

// parseText sets what into points to from text.
func parseText(text string, into any) error {
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
		if err := parseText(text, to.Interface()); err != nil {
			return err
		}
		v.Set(to)
		return nil
	}
	if !registry.IsTextKind(v.Kind()) {
		return errNoText
	}
	return registry.SetText(text, v, 10)
}
