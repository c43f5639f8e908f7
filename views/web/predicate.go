package web

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web/internal/header"
)

// Predicate is a condition on a request, for views, routes and subscribers. Conflicts, listings and
// explanations print it as it was written: `method="GET","HEAD"`. It is immutable, safe for
// concurrent use, and does not consume the body of the request.
type Predicate struct {
	kind, text string
	holds      func(*Request) (bool, error)
	vary       []string // see WithVary
	data       any
	err        error
	negated    bool
}

// NewPredicate returns a predicate. kind is its name ("method") and text its printed value, with
// strings quoted (`"GET","HEAD"`; may be empty): predicates with equal kind and text are the same
// condition. An error of holds becomes that of the request.
//
// Most applications need views.Where instead.
func NewPredicate(kind, text string, holds func(*Request) (bool, error)) Predicate {
	p := Predicate{kind: kind, text: text, holds: holds}
	switch {
	case kind == "":
		p.err = errors.New("predicate without a kind: want a name such as method")
	case holds == nil:
		p.err = fmt.Errorf("predicate %q: nil function: want a func(*web.Request) (bool, error)", kind)
	}
	return p
}

// Kind returns the name of the predicate, which determines its weight.
func (p Predicate) Kind() string { return p.kind }

// Text returns the printed value, without the kind.
func (p Predicate) Text() string { return p.text }

// Negated reports whether the predicate was negated by [Not].
func (p Predicate) Negated() bool { return p.negated }

// String returns `kind=text`, with a leading '!' if it is negated.
func (p Predicate) String() string {
	text := p.kind
	if p.text != "" {
		text += "=" + p.text
	}
	if p.negated {
		text = "!" + text
	}
	return text
}

// Holds reports whether the predicate holds. One with an Err never does.
func (p Predicate) Holds(r *Request) (bool, error) {
	if p.vary != nil {
		r.more().vary.Add(p.vary...)
	}
	return p.check(r)
}

// check is Holds without the effect on Vary, for what chooses neither a view nor a route.
func (p Predicate) check(r *Request) (bool, error) {
	if p.err != nil || p.holds == nil {
		return false, p.err
	}
	ok, err := p.holds(r)
	if err != nil {
		return false, err
	}
	return ok != p.negated, nil
}

// Err returns what is wrong with the value of the predicate. Directives reject such a predicate
// with this error.
func (p Predicate) Err() error {
	if p.err == nil && p.holds == nil {
		return errors.New("zero web.Predicate: want one from views or from web.NewPredicate")
	}
	return p.err
}

// WithErr returns the predicate with an Err.
func (p Predicate) WithErr(err error) Predicate { p.err = err; return p }

// Data returns the value that WithData attached, for code that knows the kind, such as the methods
// for an Allow header.
func (p Predicate) Data() any { return p.data }

// WithData returns the predicate with v attached.
func (p Predicate) WithData(v any) Predicate { p.data = v; return p }

// WithVary returns the predicate with the names of the request headers that it reads. If it was
// checked for a request, whatever the result, the response names them in Vary, so that caches and
// the history of a browser keep different responses apart (RFC 9110, 12.5.5). It costs an
// allocation per request.
func (p Predicate) WithVary(headers ...string) Predicate {
	p.vary = append(slices.Clip(p.vary), headers...)
	for _, name := range headers {
		if header.Check(name, "") != nil {
			p.err = errors.Join(p.err, fmt.Errorf("%s: invalid header name %q: want a name such as \"HX-Request\"", p.kind, name))
		}
	}
	return p
}

// Not returns the predicate that holds when p does not. Not(Not(p)) is p.
func Not(p Predicate) Predicate { p.negated = !p.negated; return p }

// ViewOption marks the predicate as an option of views.
func (p Predicate) ViewOption() {}

// RouteOption marks the predicate as an option of routes.
func (p Predicate) RouteOption() {}

var _ fmt.Stringer = Predicate{}

// Where returns a filter for subscribers, for which all predicates must hold. A predicate with an
// Err is a configuration error.
//
//	registry.Subscribe(c, audit, web.Where[*web.NewRequest](views.Method("POST")))
func Where[E RequestEvent](ps ...Predicate) registry.Filter[E] {
	texts := make([]string, len(ps))
	for i, p := range ps {
		texts[i] = p.String()
		if p.Err() != nil { // without Holds, Subscribe rejects the filter with this text
			return registry.Filter[E]{Text: p.String() + ": " + p.Err().Error()}
		}
	}
	return registry.Filter[E]{
		Text: strings.Join(texts, " "),
		Holds: func(e E) (bool, error) {
			for _, p := range ps {
				if ok, err := p.check(e.EventRequest()); !ok || err != nil {
					return false, err
				}
			}
			return true, nil
		},
	}
}
