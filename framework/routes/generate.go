package routes

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// A URL is made of a pattern by putting texts in the place of its markers, each
// escaped so that the path leads back to the same texts:
//
//   - a slash in the value of a marker becomes %2F, and so does one in a name of a
//     star; a star given as one text is a path, whose slashes part its names;
//   - a marker whose expression takes slashes, "{path:.*}", keeps them as they are, as
//     long as the path still leads back: of "/{a:.*}/{b:.*}" with b = "x/y" it would
//     not, so there the slash of b is escaped;
//   - literal text is escaped most: other than letters, digits and -._~ only its
//     slashes stay.
//
// Expressions are not checked, as in Pyramid: an id "new" for "{id:\d+}" gives a URL
// that does not match. Values that no path can hold are refused.

var _ web.URLs = (*Table)(nil)

// Pregenerator changes what the URL of a route is made of, before it is made: it
// adds a parameter that the caller need not know, a query, another host. An error
// is the caller's error.
type Pregenerator func(r *web.Request, l *web.Link) error

// RoutePath makes the path of the route called name, for Request.RouteURL and its
// neighbours; they put prefix, host, elements and query around it. The pregenerator
// of the route runs before; a route of another host sets the AppURL of l, and
// refuses a link that has one or is to be a path. Errors are *web.URLError.
func (t *Table) RoutePath(r *web.Request, name string, l *web.Link) (string, error) {
	rt, ok := t.Route(name)
	if !ok {
		return "", &web.URLError{Route: name, Err: t.unknown(name)}
	}
	path, err := rt.path(r, l)
	if err != nil {
		return "", &web.URLError{Route: name, Pattern: rt.Pattern.String(), Err: err}
	}
	return path, nil
}

func (rt *Route) path(r *web.Request, l *web.Link) (string, error) {
	if e := rt.External; e != nil {
		if l.AsPath || l.AppURL != nil {
			return "", web.ErrOtherHost
		}
		url := e.url(r, l.Scheme)
		l.AppURL = &url
	}
	if rt.Pregenerate != nil {
		if err := rt.Pregenerate(r, l); err != nil {
			return "", err
		}
	}
	return rt.Pattern.Path(l)
}

// url is what stands before the path: the scheme is the one asked for, or that of
// the pattern, or that of the request.
func (e *External) url(r *web.Request, scheme string) string {
	if scheme == "" {
		scheme = e.Scheme
	}
	if scheme == "" {
		scheme = r.Scheme()
	}
	return scheme + "://" + e.Host
}

// unknown says that there is no such route, and which there is of a similar name.
func (t *Table) unknown(name string) error {
	if near := nearest(name, t.RouteNames()); near != "" {
		return fmt.Errorf("%w: did you mean %q?", web.ErrNoRoute, near)
	}
	return web.ErrNoRoute
}

// Path returns the escaped path that the pattern gives with the parameters of l. A
// missing one is web.ErrMissingParam.
//
// Most applications need Request.RouteURL instead.
func (p *Pattern) Path(l *web.Link) (string, error) {
	var room [4]web.Param
	params, slashed := room[:0], 0 // values with a slash for expressions
	for _, part := range p.parts {
		if part.Marker == "" {
			continue
		}
		param, ok, err := l.ParamText(part.Marker)
		switch {
		case err != nil:
			return "", err
		case !ok:
			return "", fmt.Errorf("%w: %q (given: %q)", web.ErrMissingParam, part.Marker, l.ParamNames())
		}
		if param.Values != nil && !part.Star {
			param.Value, param.Values = strings.Join(param.Values, "/"), nil
		}
		if err := holdable(param); err != nil {
			return "", err
		}
		if part.Expr != "" && strings.IndexByte(param.Value, '/') >= 0 {
			slashed++
		}
		params = append(params, param)
	}
	if slashed == 0 {
		return p.fill(params, 0), nil
	}
	// Each bit says of one such value whether its slashes are escaped.
	all := uint(1)<<min(slashed, 4) - 1
	for escape := range all {
		if p.leadsBack(params, escape) {
			return p.fill(params, escape), nil
		}
	}
	return p.fill(params, ^uint(0)), nil
}

// holdable refuses what no path can hold.
func holdable(p web.Param) error {
	for _, text := range append([]string{p.Value}, p.Values...) {
		switch {
		case strings.IndexByte(text, 0) >= 0:
			return fmt.Errorf("parameter %q holds a NUL, which no path can", p.Name)
		case !utf8.ValidString(text):
			return fmt.Errorf("parameter %q is not UTF-8: %q", p.Name, text)
		}
	}
	return nil
}

// fill puts the texts in the place of the markers.
func (p *Pattern) fill(params []web.Param, escape uint) string {
	size := len(p.text) + 1
	for _, param := range params {
		size += len(param.Value)
		for _, name := range param.Values {
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
		param := params[next]
		next++
		switch {
		case param.Values != nil:
			for i, name := range param.Values {
				if i > 0 {
					b = append(b, '/')
				}
				b = append(b, traversal.Quote(name)...)
			}
		case part.Star:
			b = appendPath(b, param.Value)
		case part.Expr != "" && strings.IndexByte(param.Value, '/') >= 0:
			if escape&1 == 0 {
				b = appendPath(b, param.Value)
			} else {
				b = append(b, traversal.Quote(param.Value)...)
			}
			escape >>= 1
		default:
			b = append(b, traversal.Quote(param.Value)...)
		}
	}
	return string(b)
}

// appendPath escapes a text whose slashes part its names.
func appendPath(b []byte, path string) []byte {
	for i, name := range strings.Split(path, "/") {
		if i > 0 {
			b = append(b, '/')
		}
		b = append(b, traversal.Quote(name)...)
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

// leadsBack tells whether the path that fill makes matches the pattern again, with
// the same values.
func (p *Pattern) leadsBack(params []web.Param, escape uint) bool {
	path, err := decode(p.fill(params, escape))
	if err != nil {
		return false
	}
	spans, ok := p.match.alone(path)
	if !ok {
		return false
	}
	for i, param := range params {
		got := path[spans[i].from:spans[i].to]
		if param.Values == nil && strings.ReplaceAll(got, "\x00", "/") != param.Value {
			return false
		}
	}
	return true
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
