package routes_test

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"regexp"
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

// The model of a table is a list of regular expressions, one per route, tried one after the other.

// plainRoute is a route as one regular expression.
type plainRoute struct {
	name string
	re   *regexp.Regexp
	star string
}

func plainRouteOf(name, pattern string) plainRoute {
	p := plainRoute{name: name}
	if !strings.HasPrefix(pattern, "/") {
		pattern = "/" + pattern
	}
	if at := regexp.MustCompile(`\*(\w+)$`).FindStringSubmatchIndex(pattern); at != nil {
		p.star, pattern = pattern[at[2]:], pattern[:at[0]]
	}
	markers := regexp.MustCompile(`\{[_a-zA-Z][^{}]*(?:\{[^{}]*\}[^{}]*)*\}`)
	if old := regexp.MustCompile(`:([_a-zA-Z]\w*)`); !markers.MatchString(pattern) {
		pattern = old.ReplaceAllString(pattern, "{$1}")
	}
	var b strings.Builder
	from := 0
	for _, at := range markers.FindAllStringIndex(pattern, -1) {
		marker, expr, hasExpr := strings.Cut(pattern[at[0]+1:at[1]-1], ":")
		if !hasExpr {
			expr = "[^/]+"
		}
		fmt.Fprintf(&b, "%s(?P<%s>%s)", regexp.QuoteMeta(pattern[from:at[0]]), marker, expr)
		from = at[1]
	}
	b.WriteString(regexp.QuoteMeta(pattern[from:]))
	if p.star != "" {
		fmt.Fprintf(&b, "(?P<%s>(?s:.*?))", p.star)
	}
	p.re = regexp.MustCompile(`\A(?:` + b.String() + `)\z`)
	return p
}

// match returns the match of a path in which escaped slashes are NUL.
func (p plainRoute) match(path string) (found, bool) {
	groups := p.re.FindStringSubmatch(path)
	if groups == nil {
		return found{}, false
	}
	f := found{route: p.name, params: []web.Param{}}
	for i, name := range p.re.SubexpNames() {
		switch {
		case name == "":
		case name == p.star:
			f.params = append(f.params, list(name, splitStar(groups[i])...))
		default:
			f.params = append(f.params, text(name, strings.ReplaceAll(groups[i], "\x00", "/")))
		}
	}
	return f, true
}

// splitStar returns the names of a star.
func splitStar(s string) (names []string) {
	for _, name := range strings.Split(s, "/") {
		switch {
		case name == "" || name == ".":
		case name == ".." && len(names) > 0:
			names = names[:len(names)-1]
		case name != "..":
			names = append(names, strings.ReplaceAll(name, "\x00", "/"))
		}
	}
	return names
}

// world generates patterns and paths from few pieces, so that they match often.
type world struct{ *rand.Rand }

func (w world) of(pieces ...string) string { return pieces[w.IntN(len(pieces))] }

var markerExprs = []string{
	"", "", "", "", `:\d+`, ":[a-z]{1,3}", ":[^/.]+", ":a|bc", ":.*", ":[a-z/]+", `:\d*`, ":(?:x|y)z?", `:\w+`, `:(a|b)(c?)`,
	`:a\b.*`, `:\Ba`, ":[0-9]{2}", ":(?i)ab", ":[^a]?", `:.+?`, ":é+", `:[^/]`, ":ab", `:[a-c-]*`,
}

func (w world) pattern() string {
	var b strings.Builder
	if w.IntN(10) > 0 {
		b.WriteByte('/')
	}
	next := 0
	marker := func() {
		fmt.Fprintf(&b, "{m%d%s}", next, w.of(markerExprs...))
		next++
	}
	for i := range 1 + w.IntN(4) {
		if i > 0 {
			b.WriteByte('/')
		}
		switch w.IntN(10) {
		case 0, 1, 2, 3:
			b.WriteString(w.of("a", "b", "ab", "a.b", "é", "x*y", "a:b", "", "a b", "100%", "(a", "}", "{1"))
		case 4, 5, 6, 7:
			marker()
		default:
			b.WriteString(w.of("", "a", "x-"))
			for n := range 1 + w.IntN(3) {
				if n > 0 {
					b.WriteString(w.of("-", ".", "ab", "", "a-a"))
				}
				marker()
			}
			b.WriteString(w.of("", "", "a", ".b", "-"))
		}
	}
	switch w.IntN(6) {
	case 0:
		b.WriteString("/*rest")
	case 1:
		b.WriteString("*rest")
	}
	return b.String()
}

// path returns an escaped path, and the decoded one with NUL for escaped slashes.
func (w world) path() (escaped, decoded string) {
	var b strings.Builder
	for range w.IntN(6) {
		b.WriteByte('/')
		for range w.IntN(3) {
			b.WriteString(w.of("a", "b", "ab", "a.b", "1", "12", "x", "y", "z", ".", "..", "-", "a-a", "é", "\x00", "x*y", "a:b", "a b", "100%", "AB", "(a", "}", "{1", "c"))
		}
	}
	decoded = b.String()
	if decoded == "" {
		return "", "/"
	}
	names := strings.Split(decoded, "/")
	for i, name := range names {
		parts := strings.Split(name, "\x00")
		for n := range parts {
			parts[n] = url.PathEscape(parts[n])
		}
		names[i] = strings.Join(parts, "%2F")
	}
	return strings.Join(names, "/"), decoded
}
