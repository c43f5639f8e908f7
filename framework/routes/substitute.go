package routes

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// value is what replaces a marker in a URL.
type value struct {
	text  string
	names []string // of a star, unless it was given as one text
	// raw is what the marker matched of the current path, if kept; exact if the URL must repeat it
	// unchanged.
	raw         string
	kept, exact bool
}

// values returns the parameters of l, one for each marker. A missing one is web.ErrMissingParam.
func (p *Pattern) values(l *web.Link) ([]value, error) {
	var values []value
	for _, t := range p.markerTokens() {
		param, ok, err := l.ParamText(t.Marker)
		switch {
		case err != nil:
			return nil, err
		case !ok:
			return nil, fmt.Errorf("%w: %q (given: %q)", web.ErrMissingParam, t.Marker, l.ParamNames())
		}
		v := value{text: param.Value, names: param.Values}
		v.raw, v.kept = l.RawParam(t.Marker)
		if !t.Star {
			if v.names != nil {
				v.text, v.names = strings.Join(v.names, "/"), nil
			}
			if v.kept { // rather than what a Traverse option made of it
				v.text, v.exact = strings.ReplaceAll(v.raw, "\x00", "/"), t.Expr != ""
			}
		}
		if err := v.check(t.Marker); err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	return values, nil
}

// check refuses what no path can contain.
func (v *value) check(marker string) error {
	for i := -1; i < len(v.names); i++ {
		text := v.text
		if i >= 0 {
			text = v.names[i]
		}
		switch {
		case strings.IndexByte(text, 0) >= 0:
			return fmt.Errorf("parameter %q contains a NUL, but a path cannot contain one", marker)
		case !utf8.ValidString(text):
			return fmt.Errorf("parameter %q is not valid UTF-8: %q", marker, text)
		}
	}
	return nil
}

// path replaces the markers by values, and decides which slashes in them to escape.
func (p *Pattern) path(values []value) string {
	undecided := 0
	for i, t := range p.markerTokens() {
		if values[i].undecided(t) {
			undecided++
		}
	}
	if undecided == 0 {
		return p.substitute(values, 0)
	}
	// Each bit says of one value whether its slashes are escaped. If no combination round-trips,
	// one that at least matches is the second choice.
	matching := ""
	for escape := range uint(1) << min(undecided, 6) {
		path := p.substitute(values, escape)
		switch matches, same := p.rematch(path, values); {
		case same:
			return path
		case matches:
			matching = path
		}
	}
	if matching != "" {
		return matching
	}
	return p.substitute(values, ^uint(0))
}

// undecided reports whether the slashes of the value may stay or be escaped.
func (v *value) undecided(t token) bool {
	return t.Expr != "" && !v.exact && strings.IndexByte(v.text, '/') >= 0
}

// markerTokens yields the markers of the pattern, numbered.
func (p *Pattern) markerTokens() iter.Seq2[int, token] {
	return func(yield func(int, token) bool) {
		n := 0
		for _, t := range p.tokens {
			if t.Marker != "" {
				if !yield(n, t) {
					return
				}
				n++
			}
		}
	}
}

// substitute returns the escaped path with values in place of the markers. The bits of escape are
// those of the undecided ones, the first lowest.
func (p *Pattern) substitute(values []value, escape uint) string {
	size := len(p.text) + 1
	for i := range values {
		size += len(values[i].text)
		for _, name := range values[i].names {
			size += 1 + len(name)
		}
	}
	b := make([]byte, 0, size)
	next := 0
	for _, t := range p.tokens {
		if t.Marker == "" {
			b = appendLiteral(b, t.Literal)
			continue
		}
		v := &values[next]
		next++
		switch {
		case v.exact:
			b = appendRaw(b, v.raw)
		case v.names != nil:
			for i, name := range v.names {
				if i > 0 {
					b = append(b, '/')
				}
				b = append(b, traversal.Quote(name)...)
			}
		case t.Star:
			b = appendRaw(b, v.text)
		case v.undecided(t):
			if escape&1 == 0 {
				b = appendRaw(b, v.text)
			} else {
				b = append(b, traversal.Quote(v.text)...)
			}
			escape >>= 1
		default:
			b = append(b, traversal.Quote(v.text)...)
		}
	}
	return string(b)
}

// appendRaw escapes a text whose slashes separate names, and in which NUL stands for a slash within
// a name.
func appendRaw(b []byte, raw string) []byte {
	for i, name := range strings.Split(raw, "/") {
		if i > 0 {
			b = append(b, '/')
		}
		b = append(b, traversal.Quote(strings.ReplaceAll(name, "\x00", "/"))...)
	}
	return b
}

func appendLiteral(b []byte, text string) []byte {
	const hex = "0123456789ABCDEF"
	for i := range len(text) {
		switch c := text[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9',
			c == '/', c == '-', c == '.', c == '_', c == '~':
			b = append(b, c)
		default:
			b = append(b, '%', hex[c>>4], hex[c&15])
		}
	}
	return b
}

// roundTrips reports whether an escaped path matches the pattern with the same values.
func (p *Pattern) roundTrips(escaped string, values []value) bool {
	_, same := p.rematch(escaped, values)
	return same
}

// rematch reports whether an escaped path matches the pattern, and whether with the same values.
func (p *Pattern) rematch(escaped string, values []value) (matches, same bool) {
	path, err := decode(escaped)
	if err != nil {
		return false, false
	}
	spans, ok := p.match.matchPath(path)
	if !ok {
		return false, false
	}
	for i, v := range values {
		got := path[spans[i].From:spans[i].To]
		if v.names == nil && strings.ReplaceAll(got, "\x00", "/") != v.text ||
			v.names != nil && !slices.Equal(web.SplitRaw(got), web.SplitRaw(joinRaw(v.names))) {
			return true, false
		}
	}
	return true, true
}

// joinRaw joins names in the form of Match.Raw.
func joinRaw(names []string) string {
	raw := make([]string, len(names))
	for i, name := range names {
		raw[i] = strings.ReplaceAll(name, "/", "\x00")
	}
	return strings.Join(raw, "/")
}
