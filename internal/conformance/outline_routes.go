package conformance

import (
	"regexp"
	"slices"
	"strings"
)

// route is a route with its prefixes applied.
type route struct {
	Directive
	host, scheme string // of another host
	parts        []part
	expression   *regexp.Regexp
}

// part is a piece of a pattern: a literal text, or a marker.
type part struct {
	literal    string
	marker     string
	expression string
	star       bool
}

// match is a route and the values of its markers, in which a NUL stands for an escaped slash.
type match struct {
	*route
	took map[string]string
}

var (
	braced   = regexp.MustCompile(`\{[a-zA-Z_][^{}]*(?:\{[^{}]*\}[^{}]*)*\}`) // braces nest once
	oldStyle = regexp.MustCompile(`:([a-zA-Z_]\w*)`)
	starred  = regexp.MustCompile(`\*(\w+)$`)
	hosted   = regexp.MustCompile(`^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?//([^/]+)(.*)$`)
)

// join joins two prefixes.
func join(prefix, more string) string {
	return strings.Trim(strings.TrimRight(prefix, "/")+"/"+strings.TrimLeft(more, "/"), "/")
}

// addRoute appends a route, in place of an earlier one with the same name.
func (o *outline) addRoute(d *declared) {
	o.routes = slices.DeleteFunc(o.routes, func(old *route) bool { return old.Name == d.Name })
	rt := &route{Directive: d.Directive}
	pattern := d.Pattern
	switch other := hosted.FindStringSubmatch(pattern); {
	case other != nil:
		rt.scheme, rt.host, pattern = other[1], other[2], other[3]
		rt.Static = true
	case d.prefix == "":
	case pattern == "" && d.InheritSlash:
		pattern = d.prefix
	default:
		pattern = d.prefix + "/" + strings.TrimLeft(pattern, "/")
	}
	rt.parts = partsOf(pattern)
	rt.expression, _ = regexp.Compile(expressionOf(rt.parts))
	o.routes = append(o.routes, rt)
}

// partsOf parses a pattern.
func partsOf(pattern string) []part {
	if !braced.MatchString(pattern) {
		pattern = oldStyle.ReplaceAllString(pattern, "{$1}")
	}
	pattern = "/" + strings.TrimPrefix(pattern, "/")
	star := ""
	if found := starred.FindStringSubmatch(pattern); found != nil {
		star = found[1]
		pattern = strings.TrimSuffix(pattern, found[0])
	}
	var parts []part
	for pattern != "" {
		at := braced.FindStringIndex(pattern)
		if at == nil {
			at = []int{len(pattern), len(pattern)}
		}
		if at[0] > 0 {
			parts = append(parts, part{literal: pattern[:at[0]]})
		}
		if at[0] < at[1] {
			name, expression, _ := strings.Cut(pattern[at[0]+1:at[1]-1], ":")
			parts = append(parts, part{marker: name, expression: expression})
		}
		pattern = pattern[at[1]:]
	}
	if star != "" {
		parts = append(parts, part{marker: star, star: true})
	}
	return parts
}

func expressionOf(parts []part) string {
	var b strings.Builder
	b.WriteString(`\A`)
	for _, p := range parts {
		switch {
		case p.marker == "":
			b.WriteString(regexp.QuoteMeta(p.literal))
		case p.star:
			b.WriteString(`(?P<` + p.marker + `>(?s:.*))`)
		case p.expression == "":
			b.WriteString(`(?P<` + p.marker + `>[^/]+)`)
		default:
			b.WriteString(`(?P<` + p.marker + `>` + p.expression + `)`)
		}
	}
	b.WriteString(`\z`)
	return b.String()
}

// take matches the pattern against a whole path; nil if it does not match.
func (rt *route) take(path string) *match {
	found := rt.expression.FindStringSubmatch(path)
	if found == nil {
		return nil
	}
	m := &match{route: rt, took: map[string]string{}}
	for _, p := range rt.parts {
		if p.marker != "" {
			m.took[p.marker] = found[rt.expression.SubexpIndex(p.marker)]
		}
	}
	return m
}

// first returns the match of the first route whose pattern matches the path and for which also
// holds.
func (o *outline) first(path string, also func(*match) bool) *match {
	for _, rt := range o.routes {
		if rt.Static || rt.expression == nil {
			continue
		}
		if m := rt.take(path); m != nil && also(m) {
			return m
		}
	}
	return nil
}

// match returns the match of the request's route; nil if no route matches.
func (o *outline) match(q *Request, how reading) *match {
	if q.badPath() {
		return nil
	}
	return o.first(q.path(how), func(m *match) bool {
		return len(o.failing(m.Predicates, q, &walk{match: m})) == 0
	})
}

// refused returns the matches of the routes before that of the walk, whose predicates do not all
// hold.
func (o *outline) refused(q *Request, w *walk) (all []*match) {
	if q.badPath() {
		return nil
	}
	path := q.path(reading{})
	for _, rt := range o.routes {
		if w.match != nil && w.match.route == rt {
			break
		}
		if rt.Static || rt.expression == nil {
			continue
		}
		if m := rt.take(path); m != nil && len(o.failing(m.Predicates, q, &walk{match: m})) > 0 {
			all = append(all, m)
		}
	}
	return all
}

// behind returns the views that a route leads to, nil if it also uses those without a route.
func (o *outline) behind(rt *route) (all []*declared) {
	if rt.UseGlobalViews {
		return nil
	}
	for _, v := range o.views {
		if v.RouteName == rt.Name {
			all = append(all, v)
		}
	}
	return all
}

// splits reports whether a marker of the route is a star, whose value is a list.
func (rt *route) splits(marker string) bool {
	return slices.ContainsFunc(rt.parts, func(p part) bool { return p.star && p.marker == marker })
}

func (rt *route) has(marker string) bool {
	return slices.ContainsFunc(rt.parts, func(p part) bool { return p.marker == marker })
}

// names splits the value of a marker.
func (m *match) names(marker string) []string { return names(strings.Split(m.took[marker], "/")) }

// way returns the names to traverse from the root, and the subpath for a walk that uses them up.
func (m *match) way() (way, beyond []string) {
	switch {
	case m.Traverse != "":
		way = m.traversed()
	case m.splits("traverse"):
		way = m.names("traverse")
	case m.textual():
		way = strings.Split(m.took["traverse"], "/")
	}
	if m.has("subpath") {
		beyond = unhide(m.names("subpath"))
	}
	return way, beyond
}

// textual reports whether the way is the text of a marker, which may begin without a slash.
func (m *match) textual() bool {
	return m.Traverse == "" && m.has("traverse") && !m.splits("traverse")
}

// traversed returns the route's traverse pattern with the markers filled in.
func (m *match) traversed() []string {
	var b strings.Builder
	for _, p := range partsOf(m.Traverse) {
		switch {
		case p.marker == "":
			b.WriteString(p.literal)
		case m.splits(p.marker):
			b.WriteString(strings.Join(m.names(p.marker), "/"))
		default:
			b.WriteString(m.took[p.marker])
		}
	}
	return names(strings.Split(b.String(), "/"))
}

func unhide(list []string) []string {
	shown := []string{}
	for _, name := range list {
		shown = append(shown, unhidden(name))
	}
	return shown
}

// dict returns the matchdict as the cases write it.
func (m *match) dict() map[string]any {
	dict := map[string]any{}
	for marker, took := range m.took {
		if m.splits(marker) {
			dict[marker] = unhide(m.names(marker))
		} else {
			dict[marker] = unhidden(took)
		}
	}
	if m.Traverse != "" {
		dict["traverse"] = unhide(m.traversed())
	}
	return dict
}

// hasParam reports whether one part of a match_param holds.
func (m *match) hasParam(part string) bool {
	name, want, _ := strings.Cut(part, "=")
	value, _ := m.dict()[strings.TrimSpace(name)].(string)
	return value == strings.TrimSpace(want) && m.has(strings.TrimSpace(name))
}

// status returns the status of the redirect that appends a slash.
func (a AppendSlash) status() int {
	if a.Redirect == "" {
		return 307
	}
	return httpClasses[a.Redirect].low
}

// slashed returns the URL that a view with append_slash redirects to, "" for none.
func (r *rehearsal) slashed(v *declared) string {
	path := r.q.Path + "/"
	if !v.AppendSlash.On || strings.HasSuffix(path, "//") || r.q.badPath() {
		return ""
	}
	lacks := func(m *match) bool { // a star that takes the path as it is does not count
		return !m.parts[len(m.parts)-1].star || m.take(decoded(r.q.Path, reading{})) == nil
	}
	if r.first(decoded(path, reading{}), lacks) == nil {
		return ""
	}
	segments := strings.Split(decoded(path, reading{}), "/")
	for i, name := range segments {
		segments[i] = escape(unhidden(name), inName)
	}
	location := escape(unescaped(r.q.ScriptName), inPath) + strings.Join(segments, "/")
	if strings.HasPrefix(location, "//") { // would name a host
		location = "/." + location
	}
	if r.q.Query != "" {
		location += "?" + r.q.Query
	}
	to, err := r.q.resolve(location)
	r.unsure = r.unsure || err != nil
	return to
}
