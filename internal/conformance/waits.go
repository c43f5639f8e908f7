package conformance

import "slices"

// Waits says what a case waits for, or why Go excludes it; "" if it can be
// played.
func (c *Case) Waits() string {
	added := map[string]bool{}
	c.each(func(d Directive) bool {
		if d.Do == "add_view_predicate" || d.Do == "add_route_predicate" {
			added[d.Name] = true
		}
		return false
	})
	switch {
	case c.each(func(d Directive) bool { return d.hasUnknownPredicate(added) }):
		return "Go excludes it: a predicate is a value, and cannot be unknown"
	case c.each(Directive.isNoErrorView):
		return "Go excludes it: an error view takes an error"
	case c.each(func(d Directive) bool { return d.Do == "add_static_view" }):
		return "waits for static views"
	case c.Suite == "acl":
		return "waits for access lists"
	case c.CookieJar || c.each(Directive.needsSession):
		return "waits for sessions"
	}
	return ""
}

// each asks every directive of the case, wherever it stands, until one says
// yes.
func (c *Case) each(ask func(Directive) bool) bool {
	var any func([]Directive) bool
	any = func(ds []Directive) bool {
		return slices.ContainsFunc(ds, func(d Directive) bool { return ask(d) || any(d.Directives) || any(d.Then) })
	}
	return any(c.App.Directives)
}

func (d Directive) hasUnknownPredicate(added map[string]bool) bool {
	return slices.ContainsFunc(d.Predicates, func(p Predicate) bool {
		return !slices.Contains(builtinKinds, p.Kind) && !added[p.Kind]
	})
}

// isNoErrorView recognises a view for errors only whose class is no error.
func (d Directive) isNoErrorView() bool {
	return (d.ExceptionOnly || d.Do == "add_exception_view" && d.Context != "") && !isErrorClass(d.Context)
}

func (d Directive) needsSession() bool {
	return d.Do == "session" || d.Do == "default_csrf" || d.RequireCSRF != nil || d.Behavior.Session != nil ||
		d.Context == "BadCSRFToken" || d.Context == "BadCSRFOrigin"
}
