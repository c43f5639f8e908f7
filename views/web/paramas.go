package web

import (
	"errors"
	"fmt"

	"github.com/mastaba-go/mastaba/views/web/internal/urls"
)

// ParamAs returns what the marker called name matched, as a value of type T:
//
//	id, err := web.ParamAs[int](r, "id")
//	if err != nil {
//		return nil, err // /users/seven: 404
//	}
//
// T is a string, a number, a bool, a time.Time (RFC 3339, or a date alone), a time.Duration, a type
// with UnmarshalText (uuid.UUID, netip.Addr), a type based on one of these, or []string for a star.
// Text that is not a T is a 404: there is no such page. To respond with another status, wrap the
// error: web.BadRequest("an id is a number").With(err). A marker that the route does not have, or a
// T that cannot be read from text, is a bug and has no status.
func ParamAs[T any](r *Request, name string) (T, error) {
	var v T
	m := r.matched()
	if m.index(name) < 0 {
		return v, noSuchMarker(m, name)
	}
	if names, ok := any(&v).(*[]string); ok {
		*names = m.Names(name)
		return v, nil
	}
	text := m.Text(name)
	err := urls.Parse(text, &v)
	if err == nil {
		return v, nil
	}
	var zero T
	if errors.Is(err, urls.ErrNoText) {
		return zero, fmt.Errorf("parameter %q: a %T cannot be read from text", name, v)
	}
	return zero, NotFound("").With(fmt.Errorf("parameter %q: %w", name, err))
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
