package routes

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

// Attempt is one route that was tried for a request, and what came of it.
type Attempt struct {
	Route   *Route
	Failed  string      // why the route did not match; "" if it did
	Params  []web.Param // the values of the markers; nil if the pattern does not match
	Matched bool
}

var _ fmt.Stringer = Attempt{}

// String is one line for people.
func (a Attempt) String() string {
	text := fmt.Sprintf("route %q %s: ", a.Route.Name, a.Route.Pattern)
	if a.Matched {
		return text + "matched"
	}
	return text + a.Failed
}

// Explain plays Match slowly: it returns every route that was tried, in order,
// and what failed in each; the last one matched, unless none did. The request
// keeps the match that it has. A path that is not readable is tried on no route.
func (t *Table) Explain(r *web.Request) []Attempt {
	path, err := pathOf(r)
	if t == nil || err != nil {
		return nil
	}
	if m := r.Match(); m != nil {
		before := *m
		defer web.Drive(r).SetMatch(before)
	} else {
		defer web.Drive(r).ClearMatch()
	}
	var all []Attempt
	s := t.index.newSearch()
	s.asked.url.Path = path
	s.cut()
	for _, rt := range t.routes {
		a := Attempt{Route: rt, Failed: s.mishap(rt.Pattern)}
		if a.Failed == "" {
			web.Drive(r).SetPathMatch(rt.routed, path, s.spans[:rt.Pattern.match.count])
			a.Params = r.Match().Params()
			a.ask(r)
		}
		all = append(all, a)
		if a.Matched {
			break
		}
	}
	return all
}

// ask asks the predicates.
func (a *Attempt) ask(r *web.Request) {
	for _, p := range a.Route.Predicates {
		ok, err := p.Holds(r)
		switch {
		case err != nil:
			a.Failed = fmt.Sprintf("predicate %s failed: %s", p, err)
			return
		case !ok:
			a.Failed = fmt.Sprintf("predicate %s does not hold", p)
			return
		}
	}
	a.Matched = true
}

// mishap tells why a pattern does not take the path; "" if it does.
func (s *search) mishap(p *Pattern) string {
	m := p.match
	for i, part := range m.shape {
		if i >= s.count {
			if p.from(i) == "" {
				return "the path lacks the slash at the end"
			}
			return fmt.Sprintf("the path ends before \"%s\"", p.from(i))
		}
		if part.kind == rest {
			break
		}
		text := s.path()[s.cuts[i] : s.cuts[i+1]-1]
		if part.kind == literal && text != part.text {
			return fmt.Sprintf("%s is not %q", shown(text), part.text)
		}
		if i == len(m.shape)-1 && s.count > len(m.shape) {
			return "the path goes on with " + shown(s.path()[s.cuts[i+1]-1:])
		}
	}
	for i := range m.pieces {
		one := m.pieces[i : i+1]
		if m.whole == nil && !(&matcher{pieces: one}).match(s.path(), s.cuts, s.spans) {
			text := s.path()[s.cuts[one[0].at]:]
			if !one[0].rest {
				text = s.path()[s.cuts[one[0].at] : s.cuts[one[0].at+1]-1]
			}
			return fmt.Sprintf("%s is not \"%s\"", shown(text), p.from(one[0].at))
		}
	}
	if m.whole != nil && !m.match(s.path(), s.cuts, s.spans) {
		return "its expressions do not take the path"
	}
	return ""
}

// shown is a part of a path as people know it, with its escaped slashes.
func shown(text string) string {
	return strconv.Quote(strings.ReplaceAll(text, "\x00", "%2F"))
}

// from writes a segment of the pattern; the rest is the last one.
func (p *Pattern) from(at int) string {
	depth := -1
	var b strings.Builder
	inRest := false
	for _, part := range p.parts {
		if part.Marker != "" {
			if depth == at {
				b.WriteString(part.String())
			}
			continue
		}
		for i := range len(part.Literal) {
			if part.Literal[i] == '/' && !inRest {
				if depth++; depth > at {
					return b.String()
				}
				inRest = p.match.shape[depth].kind == rest
				continue
			}
			if depth == at {
				b.WriteByte(part.Literal[i])
			}
		}
	}
	return b.String()
}
