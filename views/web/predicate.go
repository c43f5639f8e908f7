package web

import (
	"errors"
	"fmt"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
)

// Predicate is a condition on a request. One value serves views, routes and
// subscribers. It prints itself in conflicts, listings and explanations as it
// was written: `method="GET","HEAD"`. It is immutable, safe for concurrent use,
// and does not consume the body of a request that it looks at.
type Predicate struct {
	kind, text string
	holds      func(*Request) (bool, error)
	data       any
	err        error
	negated    bool
}

// NewPredicate makes a predicate. kind is its name ("method"), text its printed
// value with texts quoted (`"GET","HEAD"`; may be empty): two predicates with
// equal kind and text are the same condition. holds decides; an error of it
// becomes the request's error.
//
// Most applications need views.Where instead.
func NewPredicate(kind, text string, holds func(*Request) (bool, error)) Predicate {
	p := Predicate{kind: kind, text: text, holds: holds}
	switch {
	case kind == "":
		p.err = errors.New("predicate without a kind")
	case holds == nil:
		p.err = fmt.Errorf("predicate %q: nil function: want a func(*web.Request) (bool, error)", kind)
	}
	return p
}

// Kind returns the name that decides over the predicate's weight; negation does
// not change it.
func (p Predicate) Kind() string { return p.kind }

// Text returns the printed value, without kind and negation.
func (p Predicate) Text() string { return p.text }

// Negated reports whether the predicate was turned round by Not.
func (p Predicate) Negated() bool { return p.negated }

// String returns `kind=text`, with '!' in front of a negated one.
func (p Predicate) String() string {
	var b strings.Builder
	if p.negated {
		b.WriteByte('!')
	}
	b.WriteString(p.kind)
	if p.text != "" {
		b.WriteByte('=')
		b.WriteString(p.text)
	}
	return b.String()
}

// Holds reports whether the condition is met. A predicate with Err never holds.
func (p Predicate) Holds(r *Request) (bool, error) {
	if p.err != nil || p.holds == nil {
		return false, p.err
	}
	ok, err := p.holds(r)
	if err != nil {
		return false, err
	}
	return ok != p.negated, nil
}

// Err returns what is wrong with the predicate's value. A directive that gets
// such a predicate refuses it.
func (p Predicate) Err() error { return p.err }

// WithErr returns the predicate marked as wrong.
func (p Predicate) WithErr(err error) Predicate { p.err = err; return p }

// Data returns what WithData attached: what the kind's own machinery needs to
// know of the value, such as the methods for an Allow header.
func (p Predicate) Data() any { return p.data }

// WithData returns the predicate with v attached.
func (p Predicate) WithData(v any) Predicate { p.data = v; return p }

// Not returns the predicate that holds when p does not. Not(Not(p)) is p.
func Not(p Predicate) Predicate { p.negated = !p.negated; return p }

// ViewOption marks the predicate as an option of views.
func (p Predicate) ViewOption() {}

// RouteOption marks the predicate as an option of routes.
func (p Predicate) RouteOption() {}

var _ fmt.Stringer = Predicate{}

// Where makes a filter for subscribers out of predicates; all must hold. A
// predicate with Err makes the subscription a mistake of the configuration.
//
//	registry.Subscribe(c, audit, web.Where[*web.NewRequest](views.Method("POST")))
func Where[E RequestEvent](ps ...Predicate) registry.Filter[E] {
	texts := make([]string, len(ps))
	for i, p := range ps {
		texts[i] = p.String()
		if p.Err() != nil { // without Holds, Subscribe refuses the filter with this text
			return registry.Filter[E]{Text: p.String() + ": " + p.Err().Error()}
		}
	}
	return registry.Filter[E]{
		Text: strings.Join(texts, " "),
		Holds: func(e E) (bool, error) {
			for _, p := range ps {
				if ok, err := p.Holds(e.EventRequest()); !ok || err != nil {
					return false, err
				}
			}
			return true, nil
		},
	}
}
