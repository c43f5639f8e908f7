package routes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
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
	path, err := t.path(rt, r, l)
	if err != nil {
		return "", &web.URLError{Route: name, Pattern: rt.Pattern.String(), Err: err}
	}
	return path, nil
}

func (t *Table) path(rt *Route, r *web.Request, l *web.Link) (string, error) {
	if e := rt.external; e != nil {
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
	fills, err := rt.Pattern.fillings(l, nil)
	if err != nil {
		return "", err
	}
	path := rt.Pattern.path(fills)
	if rt.Pattern.star() == "" {
		return path, nil
	}
	star := &fills[len(fills)-1]
	switch {
	case star.kept && rawOf(star.names) != star.raw:
		// The current path has empty names or dots in its star, of which the names
		// know nothing. Without them another route or marker may take the path.
		if rt.GenerateOnly || rt.Pattern.leadsBack(path, fills) && t.leads(path, rt) {
			return path, nil
		}
		star.exact = true
	case rt.Pattern.starTouches() && len(star.names) > 0:
		// Of "/{a}*rest" the marker would take the first name as well, and of
		// "/{a}.b*rest" perhaps a part of it, unless a slash parts them. It is left out
		// where it may be, as in Pyramid.
		if rt.Pattern.leadsBack(path, fills) {
			return path, nil
		}
		apart := slices.Clone(fills)
		apart[len(fills)-1].names = append([]string{""}, star.names...)
		if parted := rt.Pattern.path(apart); rt.Pattern.leadsBack(parted, fills) {
			return parted, nil
		}
		return path, nil
	}
	return rt.Pattern.path(fills), nil
}

// starTouches tells whether no slash stands between the star and a marker.
func (p *Pattern) starTouches() bool {
	for i := len(p.parts) - 2; i >= 0; i-- {
		if p.parts[i].Marker != "" {
			return true
		}
		if strings.HasSuffix(p.parts[i].Literal, "/") {
			return false
		}
	}
	return false
}

// leads tells whether rt is the first route whose pattern takes the path.
func (t *Table) leads(escaped string, rt *Route) bool {
	path, err := decode(escaped)
	if err != nil {
		return false
	}
	s := t.index.begin(path)
	defer t.index.end(s)
	return s.next() == rt
}

// unknown says that there is no such route, and which there is of a similar name.
func (t *Table) unknown(name string) error {
	if near := registry.Nearest(name, t.RouteNames()); near != "" {
		return fmt.Errorf("%w: did you mean %q?", web.ErrNoRoute, near)
	}
	return web.ErrNoRoute
}
