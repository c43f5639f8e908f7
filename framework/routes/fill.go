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

// filling is what goes into the place of a marker.
type filling struct {
	text  string
	names []string // of a star, unless it was given as one text
	// raw is what the marker took of the current path, exact if it is to stand
	// there again as it is.
	raw         string
	kept, exact bool
}

// fillings reads the parameters, one a marker.
func (p *Pattern) fillings(l *web.Link, fills []filling) ([]filling, error) {
	for _, part := range p.parts {
		if part.Marker == "" {
			continue
		}
		param, ok, err := l.ParamText(part.Marker)
		switch {
		case err != nil:
			return nil, err
		case !ok:
			return nil, fmt.Errorf("%w: %q (given: %q)", web.ErrMissingParam, part.Marker, l.ParamNames())
		}
		f := filling{text: param.Value, names: param.Values}
		f.raw, f.kept = l.RawParam(part.Marker)
		if !part.Star {
			if f.names != nil {
				f.text, f.names = strings.Join(f.names, "/"), nil
			}
			if f.kept { // not what a Traverse made of it
				f.text, f.exact = strings.ReplaceAll(f.raw, "\x00", "/"), part.Expr != ""
			}
		}
		if err := f.holdable(part.Marker); err != nil {
			return nil, err
		}
		fills = append(fills, f)
	}
	return fills, nil
}

// holdable refuses what no path can hold.
func (f *filling) holdable(marker string) error {
	for i := -1; i < len(f.names); i++ {
		text := f.text
		if i >= 0 {
			text = f.names[i]
		}
		switch {
		case strings.IndexByte(text, 0) >= 0:
			return fmt.Errorf("parameter %q holds a NUL, which no path can", marker)
		case !utf8.ValidString(text):
			return fmt.Errorf("parameter %q is not UTF-8: %q", marker, text)
		}
	}
	return nil
}

// path puts the fillings in the place of the markers, and decides which slashes
// are escaped.
func (p *Pattern) path(fills []filling) string {
	slashed := 0
	for i, part := range p.markers() {
		if fills[i].open(part) {
			slashed++
		}
	}
	if slashed == 0 {
		return p.fill(fills, 0)
	}
	// Each bit says of one text whether its slashes are escaped. If no way leads
	// back, one that matches at all is better than none.
	matching := ""
	for escape := range uint(1) << min(slashed, 6) {
		path := p.fill(fills, escape)
		switch matches, same := p.again(path, fills); {
		case same:
			return path
		case matches:
			matching = path
		}
	}
	if matching != "" {
		return matching
	}
	return p.fill(fills, ^uint(0))
}

// open tells whether it is still open how the slashes of the text are written.
func (f *filling) open(part token) bool {
	return part.Expr != "" && !f.exact && strings.IndexByte(f.text, '/') >= 0
}

// markers yields the parts that are markers, with their numbers.
func (p *Pattern) markers() iter.Seq2[int, token] {
	return func(yield func(int, token) bool) {
		n := 0
		for _, part := range p.parts {
			if part.Marker != "" {
				if !yield(n, part) {
					return
				}
				n++
			}
		}
	}
}

func (p *Pattern) fill(fills []filling, escape uint) string {
	size := len(p.text) + 1
	for i := range fills {
		size += len(fills[i].text)
		for _, name := range fills[i].names {
			size += 1 + len(name)
		}
	}
	b := make([]byte, 0, size)
	next := 0
	for _, part := range p.parts {
		if part.Marker == "" {
			b = appendLiteral(b, part.Literal)
			continue
		}
		f := &fills[next]
		next++
		switch {
		case f.exact:
			b = appendRaw(b, f.raw)
		case f.names != nil:
			for i, name := range f.names {
				if i > 0 {
					b = append(b, '/')
				}
				b = append(b, traversal.Quote(name)...)
			}
		case part.Star:
			b = appendRaw(b, f.text)
		case f.open(part):
			if escape&1 == 0 {
				b = appendRaw(b, f.text)
			} else {
				b = append(b, traversal.Quote(f.text)...)
			}
			escape >>= 1
		default:
			b = append(b, traversal.Quote(f.text)...)
		}
	}
	return string(b)
}

// appendRaw escapes a text whose slashes part its names, and in which NUL stands
// for a slash inside a name.
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

// leadsBack tells whether a path matches the pattern again, with the same texts.
func (p *Pattern) leadsBack(escaped string, fills []filling) bool {
	_, same := p.again(escaped, fills)
	return same
}

// again tells whether a path matches the pattern, and whether with the same texts.
func (p *Pattern) again(escaped string, fills []filling) (matches, same bool) {
	path, err := decode(escaped)
	if err != nil {
		return false, false
	}
	spans, ok := p.match.alone(path)
	if !ok {
		return false, false
	}
	for i, f := range fills {
		got := path[spans[i].From:spans[i].To]
		if f.names == nil && strings.ReplaceAll(got, "\x00", "/") != f.text ||
			f.names != nil && !slices.Equal(web.SplitRaw(got), web.SplitRaw(rawOf(f.names))) {
			return true, false
		}
	}
	return true, true
}

// rawOf joins names as Match.Raw has them.
func rawOf(names []string) string {
	escaped := make([]string, len(names))
	for i, name := range names {
		escaped[i] = strings.ReplaceAll(name, "/", "\x00")
	}
	return strings.Join(escaped, "/")
}

// alone matches one path without an index.
func (m *matcher) alone(path string) ([]span, bool) {
	if path == "" || path[0] != '/' {
		return nil, false
	}
	var cuts []int
	for i := range len(path) {
		if path[i] == '/' {
			cuts = append(cuts, i+1)
		}
	}
	n, toEnd := len(m.shape), false
	for i, s := range m.shape {
		if i == len(cuts) {
			return nil, false
		}
		toEnd = s.kind == rest
		if s.kind != literal {
			continue
		}
		end := len(path)
		if i+1 < len(cuts) {
			end = cuts[i+1] - 1
		}
		if path[cuts[i]:end] != s.text {
			return nil, false
		}
	}
	if len(cuts) > n && !toEnd {
		return nil, false
	}
	spans := make([]span, m.count)
	return spans, m.match(path, append(cuts, len(path)+1), spans)
}
