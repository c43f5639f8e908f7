package conformance

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// Characters that stay unescaped in the parts of a URL, besides letters, digits and -._~.
const (
	inName   = "!$&'()*+,;=:@"
	inPath   = inName + "/"
	inAnchor = inPath + "?"
)

// escape percent-encodes all characters but letters, digits, -._~ and those in plain.
func escape(text, plain string) string {
	var b strings.Builder
	for i := range len(text) {
		c := text[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~"+plain, c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func inPair(text string) string { return strings.ReplaceAll(escape(text, " "), " ", "+") }

func unescaped(text string) string {
	plain, _ := url.PathUnescape(text)
	return plain
}

// url generates the URL of a check, or returns the name of the error.
func (o *outline) url(c *Check, how reading) (made, failed string) {
	base, query, route := c.base(), c.Query, c.Route
	values := maps.Clone(c.Params)
	if values == nil {
		values = map[string]any{}
	}
	var kept *match
	path := ""
	switch {
	case strings.HasPrefix(c.Call, "current_"):
		m := o.match(c.Request, how)
		if m == nil {
			return "", "ValueError"
		}
		if route == "" {
			route = m.Name
			kept = &match{m.route, maps.Clone(m.took)}
			maps.DeleteFunc(kept.took, func(name, _ string) bool { return values[name] != nil })
		}
		for name, value := range m.dict() {
			if values[name] == nil {
				values[name] = value
			}
		}
		if !query.Given {
			query = c.Request.pairs()
		}
	case strings.HasPrefix(c.Call, "resource_"):
		physical := names(strings.Split(c.Resource, "/"))
		if slices.ContainsFunc(physical, func(name string) bool { return strings.HasPrefix(name, "@@") }) && !how.stray {
			return "", "URLError"
		}
		path, values["traverse"] = c.Request.below(physical, how)
		maps.Copy(values, c.RouteParams)
	}
	if route != "" {
		var host string
		if path, host, failed = o.routePath(c, route, values, kept, how); failed != "" {
			return "", failed
		}
		if host != "" {
			base = host
		}
	}
	if !how.stray && slices.ContainsFunc(slices.Concat(c.Elements, strings.Split(path, "/")), dots) {
		return "", "URLError"
	}
	made = base + path
	for i, element := range c.Elements {
		if i > 0 || !strings.HasSuffix(path, "/") {
			made += "/"
		}
		made += escape(element, inName)
	}
	made += query.text()
	if c.Anchor != "" {
		made += "#" + escape(c.Anchor, inAnchor)
	}
	if base == "" && strings.HasPrefix(made, "//") && !how.loose { // would name a host
		made = "/." + made
	}
	return made, ""
}

// base returns what comes before the path.
func (c *Check) base() string {
	q := c.Request
	if strings.HasSuffix(c.Call, "_path") {
		return unescaped(q.ScriptName)
	}
	if c.AppURL != nil {
		return *c.AppURL
	}
	usual := map[string]string{"http": "80", "https": "443"}
	scheme, host, port := q.Scheme, q.Host, c.Port
	if c.Scheme != "" {
		if scheme = c.Scheme; port == "" {
			port = usual[scheme]
		}
	}
	if c.Host != "" {
		host = c.Host
	}
	host, named, _ := strings.Cut(host, ":")
	_, own, _ := strings.Cut(q.Host, ":")
	for _, other := range []string{named, own, usual[q.Scheme]} {
		if port == "" {
			port = other
		}
	}
	if port != usual[scheme] {
		host += ":" + port
	}
	return scheme + "://" + host + escape(unescaped(q.ScriptName), inPath)
}

// pairs returns the query of the request.
func (q *Request) pairs() Query {
	query := Query{Given: true, Pairs: []Pair{}}
	for pair := range strings.SplitSeq(q.Query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if pair != "" {
			name, _ = url.QueryUnescape(name)
			value, _ = url.QueryUnescape(value)
			query.Pairs = append(query.Pairs, Pair{name, value})
		}
	}
	return query
}

// text returns the query as written in a URL. An empty list gives nothing, but the next pair still
// gets its ampersand.
func (q Query) text() string {
	if len(q.Pairs) == 0 {
		if q.Text == "" {
			return ""
		}
		return "?" + escape(q.Text, inAnchor)
	}
	text := "?"
	for i, p := range q.Pairs {
		values, isList := p.Value.([]any)
		if !isList {
			values = []any{p.Value}
		}
		for j, value := range values {
			if i > 0 || j > 0 {
				text += "&"
			}
			text += inPair(p.Name) + "="
			if value != nil {
				text += inPair(fmt.Sprint(value))
			}
		}
	}
	return text
}

// below returns the path of a resource below the virtual root, for the URL and as the names that a
// route receives.
func (q *Request) below(physical []string, how reading) (path string, way []string) {
	virtual := q.virtual()
	folder := func(list []string) string {
		text := "/"
		for _, name := range list {
			text += escape(name, inName) + "/"
		}
		return text
	}
	path = folder(physical)
	if how.textual {
		header := strings.TrimRight(q.header("X-Vhm-Root"), "/")
		if rest, cut := strings.CutPrefix(path, header); cut && header != "" {
			path = rest
			way = append([]string{""}, physical...)[min(strings.Count(header, "/")+1, len(physical)+1):]
			return path, slashed(way)
		}
		return path, slashed(physical)
	}
	if len(virtual) <= len(physical) && slices.Equal(virtual, physical[:len(virtual)]) {
		physical = physical[len(virtual):]
	}
	return folder(physical), slashed(physical)
}

// slashed returns way with an empty name at the start and, except for the root, at the end.
func slashed(way []string) []string {
	if len(way) == 0 {
		return []string{""}
	}
	return slices.Concat([]string{""}, way, []string{""})
}

// routePath returns the path that a route generates from values, and its host if it has one.
func (o *outline) routePath(c *Check, name string, values map[string]any, kept *match, how reading) (path, host, failed string) {
	at := slices.IndexFunc(o.routes, func(rt *route) bool { return rt.Name == name })
	if at < 0 {
		return "", "", "KeyError"
	}
	rt := o.routes[at]
	if rt.host != "" {
		if strings.HasSuffix(c.Call, "_path") || c.AppURL != nil {
			return "", "", "ValueError"
		}
		scheme := c.Request.Scheme
		for _, other := range []string{rt.scheme, c.Scheme} {
			if other != "" {
				scheme = other
			}
		}
		host = scheme + "://" + rt.host
	}
	f := filling{rt, map[string]any{}}
	for _, p := range rt.parts {
		if p.marker == "" {
			continue
		}
		value, given := values[p.marker]
		if !given {
			return "", "", "KeyError"
		}
		f.values[p.marker] = asText(value)
	}
	if how.loose {
		return f.path(func(p part, text string) string { return escape(text, inPath) }), host, ""
	}
	path = f.leading(o, kept)
	if takes, _ := f.back(path); !takes && !rt.Static && !how.stray {
		return "", "", "URLError"
	}
	return path, host, ""
}

// dots reports whether clients remove a segment from a URL.
func dots(segment string) bool { return segment == "." || segment == ".." }

// asText converts a value to a string or a list of strings.
func asText(value any) any {
	switch value := number(value).(type) {
	case []any:
		list := []string{}
		for _, item := range value {
			list = append(list, fmt.Sprint(item))
		}
		return list
	case []string:
		return value
	default:
		return fmt.Sprint(value)
	}
}

// filling is a route with values for its markers.
type filling struct {
	*route
	values map[string]any
}

// path replaces the markers with their values.
func (f filling) path(write func(p part, text string) string) string {
	path := ""
	for _, p := range f.parts {
		switch value := f.values[p.marker].(type) {
		case nil:
			path += escape(p.literal, "/")
		case string:
			path += write(p, value)
		case []string:
			for i, name := range value {
				if i > 0 {
					path += "/"
				}
				path += write(p, name)
			}
		}
	}
	return path
}

// namesOf returns the names that a route reads back from the list of a star.
func namesOf(list []string) []string {
	list = slices.Clone(list)
	for i := range list {
		list[i] = strings.ReplaceAll(list[i], "/", "\x00")
	}
	return names(list)
}

// back reports whether the route matches the path, and whether with the same values.
func (f filling) back(path string) (takes, same bool) {
	m := f.take(decoded(path, reading{}))
	if m == nil {
		return false, false
	}
	for marker, value := range f.values {
		switch value := value.(type) {
		case string:
			if unhidden(m.took[marker]) != value {
				return true, false
			}
		case []string:
			if !slices.Equal(m.names(marker), namesOf(value)) {
				return true, false
			}
		}
	}
	return true, true
}

// leading returns the path that leads back to the route with the same values, if there is one.
// Slashes in a value are escaped; where a regular expression matches them, they stay if possible.
// The values of the current route stay as they are.
func (f filling) leading(o *outline, kept *match) string {
	path := f.best(kept)
	last := f.parts[len(f.parts)-1]
	list, isList := f.values[last.marker].([]string)
	if !last.star || !isList {
		return path
	}
	_, same := f.back(path)
	if took, ok := kept.raw(last); ok && took != strings.Join(kept.names(last.marker), "/") {
		// The list has lost dots and empty names. They are written again if the path would lead to
		// another route without them.
		first := o.first(decoded(path, reading{}), func(*match) bool { return true })
		if f.Static || same && first != nil && first.route == f.route {
			return path
		}
		return f.with(last.marker, took).best(kept)
	}
	if len(list) > 0 && !same && f.touched() {
		// A slash separates the star from a marker that would otherwise match its names.
		parted := f.with(last.marker, append([]string{""}, list...)).best(kept)
		if _, same := f.back(parted); same {
			return parted
		}
	}
	return path
}

// with returns the filling with another value.
func (f filling) with(marker string, value any) filling {
	values := maps.Clone(f.values)
	values[marker] = value
	return filling{f.route, values}
}

// raw returns the value of a marker in the current path.
func (m *match) raw(p part) (text string, ok bool) {
	if m != nil {
		text, ok = m.took[p.marker]
	}
	return text, ok
}

// best tries which slashes to escape: it returns the first path that leads back, otherwise the last
// one that the route matches at all, otherwise the one with all slashes escaped.
func (f filling) best(kept *match) string {
	var open []string // markers that may keep their slashes
	for _, p := range f.parts {
		value, _ := f.values[p.marker].(string)
		if _, same := kept.raw(p); p.expression != "" && !same && strings.Contains(value, "/") {
			open = append(open, p.marker)
		}
	}
	taken, all := "", ""
	for escaped := range 1 << len(open) {
		path := f.path(func(p part, text string) string {
			at := slices.Index(open, p.marker)
			was, same := kept.raw(p)
			_, isList := f.values[p.marker].([]string)
			switch {
			case same && p.expression != "":
				return escapeNames(was)
			case p.star && !isList, at >= 0 && escaped&(1<<at) == 0:
				return escapeNames(text)
			}
			return escape(text, inName)
		})
		takes, same := f.back(path)
		if same {
			return path
		}
		if takes {
			taken = path
		}
		all = path
	}
	if taken != "" {
		return taken
	}
	return all
}

// escapeNames escapes a text whose slashes separate names.
func escapeNames(text string) string {
	list := strings.Split(text, "/")
	for i := range list {
		list[i] = escape(unhidden(list[i]), inName)
	}
	return strings.Join(list, "/")
}

// touched reports whether no slash separates the star from the marker before it.
func (f filling) touched() bool {
	between := ""
	for _, p := range slices.Backward(f.parts[:len(f.parts)-1]) {
		if p.marker != "" {
			return !strings.HasSuffix(between, "/")
		}
		between = p.literal
	}
	return false
}
