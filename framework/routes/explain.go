package routes

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

// Attempt is one route that was tried for a request, and its outcome.
type Attempt struct {
	Route   *Route
	Failed  string      // why the route did not match; "" if it did
	Params  []web.Param // the values of the markers; nil if the pattern does not match
	Matched bool
}

var _ fmt.Stringer = Attempt{}

// String describes the attempt in one line.
func (a Attempt) String() string {
	text := fmt.Sprintf("route %q %s: ", a.Route.Name, a.Route.Pattern)
	if a.Matched {
		return text + "matched"
	}
	return text + a.Failed
}

// Explain is Match step by step: it returns every route that was tried, in order, and why it did
// not match; the last one matched, if any did. The request keeps its own match. For an invalid path
// it returns nil.
func (t *Table) Explain(r *web.Request) []Attempt {
	path, err := requestPath(r)
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
	var s search
	s.open(t.index, path)
	s.split()
	for _, rt := range t.routes {
		a := Attempt{Route: rt, Failed: s.mismatch(rt.Pattern)}
		if a.Failed == "" {
			web.Drive(r).SetPathMatch(rt.routed, path, s.spans()[:rt.Pattern.match.markers])
			a.Params = r.Match().Params()
			a.checkPredicates(r)
		}
		all = append(all, a)
		if a.Matched {
			break
		}
	}
	return all
}

func (a *Attempt) checkPredicates(r *web.Request) {
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

// Shadowed returns the routes that are not tried for a request because the named route matches
// before them, although their patterns match its path as well. It checks no predicates.
func (t *Table) Shadowed(r *web.Request, name string) []*Route {
	path, err := requestPath(r)
	if t == nil || len(t.routes) == 0 || err != nil {
		return nil
	}
	var s search
	s.begin(t.index, path)
	var shadowed []*Route
	found := false
	for rt := s.next(); rt != nil; rt = s.next() {
		if found {
			shadowed = append(shadowed, rt)
		}
		found = found || rt.Name == name
	}
	return shadowed
}

// mismatch returns why a pattern does not match the path, or "" if it does.
func (s *search) mismatch(p *Pattern) string {
	m, starts := p.match, s.starts()
	for i, part := range m.shape {
		if i >= s.count {
			if p.segmentText(i) == "" {
				return "the path lacks a trailing slash"
			}
			return fmt.Sprintf("the path ends before \"%s\"", p.segmentText(i))
		}
		if part.kind == rest {
			break
		}
		text := s.path[starts[i] : starts[i+1]-1]
		if part.kind == literal && text != part.text {
			return fmt.Sprintf("%s is not %q", quoted(text), part.text)
		}
		if i == len(m.shape)-1 && s.count > len(m.shape) {
			return "the path continues with " + quoted(s.path[starts[i+1]-1:])
		}
	}
	for i := range m.pieces {
		one := m.pieces[i : i+1]
		if m.whole == nil && !(&matcher{pieces: one}).match(s.path, starts, s.spans()) {
			text := s.path[starts[one[0].at]:]
			if !one[0].rest {
				text = s.path[starts[one[0].at] : starts[one[0].at+1]-1]
			}
			return fmt.Sprintf("%s does not match \"%s\"", quoted(text), p.segmentText(one[0].at))
		}
	}
	if m.whole != nil && !m.match(s.path, starts, s.spans()) {
		return "its expressions do not match the path"
	}
	return ""
}

// quoted quotes a part of a path, with its escaped slashes.
func quoted(text string) string {
	return strconv.Quote(strings.ReplaceAll(text, "\x00", "%2F"))
}

// segmentText returns a segment of the pattern as it is written. The rest counts as the last one.
func (p *Pattern) segmentText(at int) string {
	depth := -1
	var b strings.Builder
	inRest := false
	for _, t := range p.tokens {
		if t.Marker != "" {
			if depth == at {
				b.WriteString(t.String())
			}
			continue
		}
		for i := range len(t.Literal) {
			if t.Literal[i] == '/' && !inRest {
				if depth++; depth > at {
					return b.String()
				}
				inRest = p.match.shape[depth].kind == rest
				continue
			}
			if depth == at {
				b.WriteByte(t.Literal[i])
			}
		}
	}
	return b.String()
}
