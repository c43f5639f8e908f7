package conformance

import "slices"

// Waits returns what a case waits for, or why it is impossible in Go; "" if it can be played.
func (c *Case) Waits() string {
	added := map[string]bool{}
	c.any(func(d Directive) bool {
		if d.Do == "add_view_predicate" || d.Do == "add_route_predicate" {
			added[d.Name] = true
		}
		return false
	})
	switch {
	case c.any(func(d Directive) bool { return d.hasUnknownPredicate(added) }):
		return "impossible in Go: a predicate is a value, so it cannot be unknown"
	case c.any(Directive.isErrorViewOfResource):
		return "impossible in Go: an error view takes an error"
	}
	return ""
}

// any reports whether holds is true for any directive of the case, at any depth.
func (c *Case) any(holds func(Directive) bool) bool {
	var among func([]Directive) bool
	among = func(ds []Directive) bool {
		return slices.ContainsFunc(ds, func(d Directive) bool { return holds(d) || among(d.Directives) || among(d.Then) })
	}
	return among(c.App.Directives)
}

func (d Directive) hasUnknownPredicate(added map[string]bool) bool {
	return slices.ContainsFunc(d.Predicates, func(p Predicate) bool {
		return !slices.Contains(builtinKinds, p.Kind) && !added[p.Kind]
	})
}

// isErrorViewOfResource reports whether the directive is a view only for errors whose class is not
// an error class.
func (d Directive) isErrorViewOfResource() bool {
	return (d.ExceptionOnly || d.Do == "add_exception_view" && d.Context != "") && !isErrorClass(d.Context)
}
