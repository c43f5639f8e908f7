package conformance

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// failing returns the kinds of the predicates that do not hold.
func (o *outline) failing(ps Predicates, q *Request, w *walk) []string {
	var kinds []string
	for _, p := range ps {
		if o.holds(p, q, w) == p.Not {
			kinds = append(kinds, p.Kind)
		}
	}
	return kinds
}

// holds checks a predicate, before negation.
func (o *outline) holds(p Predicate, q *Request, w *walk) bool {
	switch p.Kind {
	case "xhr":
		return (q.header("X-Requested-With") == "XMLHttpRequest") == p.Truth
	case "request_method":
		return slices.Contains(p.methods(), q.Method)
	case "path_info":
		path, _ := url.PathUnescape(q.Path)
		return fromStart(p.Values[0], path)
	case "request_param":
		return every(p.Values, q.hasParameter)
	case "header":
		return every(p.Values, func(part string) bool {
			name, expression, valued := strings.Cut(part, ":")
			value, present := q.hasHeader(name)
			return present && (!valued || fromStart(expression, value))
		})
	case "accept":
		return slices.ContainsFunc(p.Values, func(offer string) bool { return q.quality(offer) > 0 })
	case "containment":
		for depth := range w.nodes {
			if class := w.class(depth); class == p.Values[0] || slices.Contains(lookupOrder[class], p.Values[0]) {
				return true
			}
		}
		return false
	case "physical_path":
		return w.nodes != nil && !w.ofError && slices.Equal(p.path(), w.names[:w.depth()])
	case "is_authenticated":
		return (o.user(q) != "") == p.Truth
	case "effective_principals":
		have := principals(o.user(q), q.header("X-Groups"))
		return every(p.Values, func(name string) bool { return slices.Contains(have, name) })
	case "match_param":
		return w.match != nil && every(p.Values, w.match.hasParam)
	}
	return q.header(customKinds[p.Kind]) == p.Values[0]
}

// methods returns the methods of a request_method; GET implies HEAD.
func (p Predicate) methods() []string {
	list := slices.Clone(p.Values)
	if slices.Contains(list, "GET") {
		list = append(list, "HEAD")
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// allow reports whether each request_method holds for a method.
func (ps Predicates) allow(method string) bool {
	return !slices.ContainsFunc(ps, func(p Predicate) bool {
		return p.Kind == "request_method" && slices.Contains(p.methods(), method) == p.Not
	})
}

// methods returns the methods that the predicates and those of views name.
func (ps Predicates) methods(views []*declared) (all []string) {
	for _, v := range views {
		all = append(all, v.Predicates.methods(nil)...)
	}
	for _, p := range ps {
		if p.Kind == "request_method" {
			all = append(all, p.methods()...)
		}
	}
	return all
}

// path returns the names of a physical_path.
func (p Predicate) path() []string {
	if p.List {
		return p.Values[1:]
	}
	return slices.DeleteFunc(strings.Split(p.Values[0], "/"), func(s string) bool { return s == "" })
}

// identity returns what two predicates of the same meaning share.
func (p Predicate) identity() string {
	values := slices.Clone(p.Values)
	switch p.Kind {
	case "request_method":
		values = p.methods()
	case "physical_path":
		values = p.path()
	case "request_param":
		for i, part := range values {
			name, value, valued := cutParameter(part)
			if values[i] = name; valued && value != "" {
				values[i] += "=" + value
			}
		}
	}
	if p.Kind != "physical_path" {
		slices.Sort(values)
	}
	return text([]any{p.Kind, p.Not, p.Truth, values})
}

// user returns the user of the request, as the policy of the case identifies it.
func (o *outline) user(q *Request) string {
	if !o.security {
		return ""
	}
	return q.header("X-User")
}

// hasParameter reports whether one part of a request_param holds.
func (q *Request) hasParameter(part string) bool {
	name, want, valued := cutParameter(part)
	value, present := lastOf(q.Query, name)
	if !present && (q.Method == "POST" || q.Method == "PUT" || q.Method == "PATCH") && q.Body != nil &&
		strings.HasPrefix(q.header("Content-Type"), "application/x-www-form-urlencoded") {
		value, present = lastOf(*q.Body, name)
	}
	return present && (!valued || value == want)
}

// cutParameter splits "k" or "k=v": both sides are trimmed, and a leading "=" belongs to the key.
func cutParameter(part string) (name, value string, valued bool) {
	lead := ""
	if strings.HasPrefix(part, "=") {
		lead, part = "=", part[1:]
	}
	if name, value, valued = strings.Cut(part, "="); !valued {
		return lead + part, "", false
	}
	return strings.TrimSpace(lead + name), strings.TrimSpace(value), true
}

// lastOf returns the last value of a name in a query or a form.
func lastOf(form, name string) (value string, present bool) {
	for pair := range strings.SplitSeq(form, "&") {
		k, v, _ := strings.Cut(pair, "=")
		k, _ = url.QueryUnescape(k)
		if pair != "" && k == name {
			value, _ = url.QueryUnescape(v)
			present = true
		}
	}
	return value, present
}

func fromStart(expression, text string) bool {
	re, err := regexp.Compile(`\A(?:` + expression + `)`)
	return err == nil && re.MatchString(text)
}

func every(values []string, holds func(string) bool) bool {
	return !slices.ContainsFunc(values, func(v string) bool { return !holds(v) })
}
