// Package condition holds what the built-in predicates require, as their Data. It decides which of
// two predicates is stricter, whether they exclude each other, and whether no request meets one.
package condition

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

// condition is the Data of a predicate that can be compared with others of its kind.
type condition interface {
	// implies reports whether every request that meets this condition meets the other.
	implies(other any) bool
	// Excludes reports whether no request meets both conditions.
	Excludes(other any) bool
}

// Warner is the Data of a predicate that can be a mistake by itself: one that no request meets.
// Warning says why no request meets it; "" if there is nothing to warn of.
type Warner interface{ Warning() string }

// Implies reports whether p is at least as strict as q: q certainly holds wherever p does. False
// means that this is not known.
func Implies(p, q web.Predicate) bool {
	if p.Kind() != q.Kind() {
		return false
	}
	if p.Negated() == q.Negated() && p.Text() == q.Text() {
		return true
	}
	a, ok := p.Data().(condition)
	b, both := q.Data().(condition)
	switch {
	case !ok || !both:
		return false
	case p.Negated() && q.Negated():
		return b.implies(a)
	case q.Negated():
		return a.Excludes(b)
	}
	return !p.Negated() && a.implies(b)
}

// Covers reports whether all of general hold wherever all of special do.
func Covers(general, special []web.Predicate) bool {
	for _, q := range general {
		if !slices.ContainsFunc(special, func(p web.Predicate) bool { return Implies(p, q) }) {
			return false
		}
	}
	return true
}

// Contradiction returns the first two predicates that certainly never hold together; found is false
// without such a pair.
func Contradiction(all []web.Predicate) (p, q web.Predicate, found bool) {
	for i, p := range all {
		for _, q := range all[i+1:] {
			if Implies(p, web.Not(q)) || Implies(q, web.Not(p)) {
				return p, q, true
			}
		}
	}
	return p, q, false
}

// Methods are the methods that a predicate allows, sorted.
type Methods []string

func (m Methods) implies(other any) bool {
	o, ok := other.(Methods)
	return ok && !slices.ContainsFunc(m, func(name string) bool { return !slices.Contains(o, name) })
}

func (m Methods) Excludes(other any) bool {
	o, ok := other.(Methods)
	return ok && !slices.ContainsFunc(m, func(name string) bool { return slices.Contains(o, name) })
}

// Flag is a fact about a request that holds or does not, such as XHR.
type Flag bool

func (f Flag) implies(other any) bool  { return other == any(f) }
func (f Flag) Excludes(other any) bool { return other == any(!f) }

// Headers are headers that a request must have.
type Headers []Header

// Header is a header with an expression for its value.
type Header struct {
	Name  string         // canonical
	Value *regexp.Regexp // nil for any value
	Expr  string         // as written
}

func (h Headers) implies(other any) bool {
	o, ok := other.(Headers)
	return ok && !slices.ContainsFunc(o, func(want Header) bool {
		return !slices.ContainsFunc(h, func(have Header) bool {
			return have.Name == want.Name && (want.Value == nil || want.Expr == have.Expr)
		})
	})
}

func (Headers) Excludes(any) bool { return false } // two expressions may match the same value

// Warning finds values that net/http never leaves in a request.
func (h Headers) Warning() string {
	for _, one := range h {
		switch {
		case one.Name == "Transfer-Encoding" || one.Name == "Trailer":
			return fmt.Sprintf("net/http removes the header %s, so that no request has it", one.Name)
		case one.Value == nil:
		case strings.HasPrefix(literalStart(one.Expr), " ") || strings.HasPrefix(literalStart(one.Expr), "\t"):
			return fmt.Sprintf("no value begins with a space, which net/http removes: write %q", one.Name+":"+strings.TrimLeft(one.Expr, " \t"))
		}
	}
	return ""
}

// Pairs are parameters or markers, with or without a value, that a request must have.
type Pairs []Pair

// Pair is a name, with a required value if it is valued.
type Pair struct {
	Name, Value string
	Valued      bool
}

// String returns the pair as a predicate prints it.
func (p Pair) String() string {
	if p.Value == "" {
		return p.Name
	}
	return p.Name + "=" + p.Value
}

// Hold reports whether the request has all of them. Of a multipart form it reads no more than up to
// the first file if all names are before that, so that a view can take the files while they arrive.
func (p Pairs) Hold(r *web.Request) (bool, error) {
	params, err := web.Drive(r).Beginning()
	if err == nil && slices.ContainsFunc(p, func(want Pair) bool { return !params.Has(want.Name) }) {
		params, err = r.Parameters()
	}
	if err != nil {
		return false, err
	}
	return !slices.ContainsFunc(p, func(want Pair) bool {
		value, present := params.Get(want.Name)
		return !present || want.Valued && value != want.Value
	}), nil
}

func (p Pairs) implies(other any) bool {
	o, ok := other.(Pairs)
	return ok && !slices.ContainsFunc(o, func(want Pair) bool {
		return !slices.ContainsFunc(p, func(have Pair) bool {
			return have == want || have.Name == want.Name && !want.Valued
		})
	})
}

func (p Pairs) Excludes(other any) bool {
	o, ok := other.(Pairs)
	return ok && slices.ContainsFunc(p, func(a Pair) bool { return slices.ContainsFunc(o, a.differs) })
}

// differs reports whether another pair requires another value of the same name.
func (p Pair) differs(other Pair) bool {
	return p.Name == other.Name && p.Valued && other.Valued && p.Value != other.Value
}

// Names returns the names.
func (p Pairs) Names() (names []string) {
	for _, one := range p {
		names = append(names, one.Name)
	}
	return names
}

// Warning finds two values of one name.
func (p Pairs) Warning() string {
	for i, a := range p {
		if at := slices.IndexFunc(p[i+1:], a.differs); at >= 0 {
			return fmt.Sprintf("no request has both %q and %q, since one value counts: add a view for each", a, p[i+1+at])
		}
	}
	return ""
}

// Path is an expression for the start of the path.
type Path string

// Warning finds expressions that no path begins with.
func (p Path) Warning() string {
	start := literalStart(string(p))
	if start == "" || start[0] == '/' || start[0] == '*' { // OPTIONS *
		return ""
	}
	return fmt.Sprintf("every path begins with a slash: write %q", "/"+string(p))
}

// literalStart returns the literal text with which every match of expr begins; "" if none is known.
func literalStart(expr string) string {
	re, err := regexp.Compile(expr)
	if err != nil {
		return ""
	}
	start, _ := re.LiteralPrefix()
	return start
}

var (
	_ condition = Methods(nil)
	_ condition = Flag(false)
	_ condition = Headers(nil)
	_ condition = Pairs(nil)

	_ Warner = Headers(nil)
	_ Warner = Pairs(nil)
	_ Warner = Path("")
)
