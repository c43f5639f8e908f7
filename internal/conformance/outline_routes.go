package conformance

import (
	"regexp"
	"slices"
	"strings"
)

// route is a route as its directive describes it, with its prefixes.
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

// match is a route and what its markers took of a path: as text, in which a NUL
// stands for a slash that was escaped.
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

// join puts a prefix below another one.
func join(prefix, more string) string {
	return strings.Trim(strings.TrimRight(prefix, "/")+"/"+strings.TrimLeft(more, "/"), "/")
}

// addRoute puts a route at the end. One of the same name vanishes.
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

// partsOf takes a pattern apart.
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

// take matches the pattern against a whole path, nil if it does not fit.
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

// first gives the match of the first route whose pattern takes the path, whatever
// its predicates say.
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

// match gives the route of the request, nil if there is none.
func (o *outline) match(q *Request, how reading) *match {
	if q.badPath() {
		return nil
	}
	return o.first(q.path(how), func(m *match) bool {
		return len(o.failing(m.Predicates, q, &walk{match: m})) == 0
	})
}

// splits tells whether a marker of the route is a star, whose value is a list.
func (rt *route) splits(marker string) bool {
	return slices.ContainsFunc(rt.parts, func(p part) bool { return p.star && p.marker == marker })
}

func (rt *route) has(marker string) bool {
	return slices.ContainsFunc(rt.parts, func(p part) bool { return p.marker == marker })
}

// names splits what a marker took.
func (m *match) names(marker string) []string { return names(strings.Split(m.took[marker], "/")) }

// way is what is walked from the root, and the subpath of a walk that uses it up.
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

// textual tells whether the way is the text of a marker, which may begin without
// a slash.
func (m *match) textual() bool {
	return m.Traverse == "" && m.has("traverse") && !m.splits("traverse")
}

// traversed is what the route's own traverse makes of the markers.
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

// dict is the match as the cases write it.
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

// hasParam tells whether one part of a match_param holds.
func (m *match) hasParam(part string) bool {
	name, want, _ := strings.Cut(part, "=")
	value, _ := m.dict()[strings.TrimSpace(name)].(string)
	return value == strings.TrimSpace(want) && m.has(strings.TrimSpace(name))
}

// status is that of the redirect which appends a slash.
func (a AppendSlash) status() int {
	if a.Redirect == "" {
		return 307
	}
	return httpClasses[a.Redirect].low
}

// slashed is where a view that appends slashes sends the request, "" for nowhere.
func (r *rehearsal) slashed(v *declared) string {
	path := r.q.Path + "/"
	if !v.AppendSlash.On || strings.HasSuffix(path, "//") || r.q.badPath() {
		return ""
	}
	if r.first(decoded(path, reading{}), func(*match) bool { return true }) == nil {
		return ""
	}
	segments := strings.Split(decoded(path, reading{}), "/")
	for i, name := range segments {
		segments[i] = escape(unhidden(name), inName)
	}
	location := escape(unescaped(r.q.ScriptName), inPath) + strings.Join(segments, "/")
	if strings.HasPrefix(location, "//") { // which would name a host
		location = "/." + location
	}
	if r.q.Query != "" {
		location += "?" + r.q.Query
	}
	to, err := r.q.resolve(location)
	r.unsure = r.unsure || err != nil
	return to
}
