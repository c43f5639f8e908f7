package routes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// The URL of a route is its pattern with values in place of the markers, escaped so that the path
// matches with the same values again:
//
//   - a slash in the value of a marker becomes %2F, and so does one in a name of a star; a star
//     given as one text is a path, whose slashes separate its names;
//   - a marker whose expression matches slashes, "{path:.*}", keeps them as long as the path still
//     round-trips: with "/{a:.*}/{b:.*}" and b = "x/y" it would not, so there the slash of b is
//     escaped;
//   - of literal text, everything but letters, digits, -._~ and slashes is escaped.
//
// Unlike Pyramid's, a URL is generated only if it leads back: an id "new" for "{id:\d+}", an empty
// id for "{id}", dot segments, and values that no path can contain are errors. Empty names of a
// star become empty segments, as in Pyramid: the route matches the URL, but its star then lacks
// them.

var _ web.URLs = (*Table)(nil)

// Pregenerator changes the parameters of a URL before it is generated: it adds a parameter that the
// caller need not know, a query, or another host. Its error is the error of RouteURL.
type Pregenerator func(r *web.Request, l *web.Link) error

// RoutePath returns the path of the named route, for Request.RouteURL and similar methods, which
// add prefix, host, elements and query. It calls the route's pregenerator first. A route with a
// host of its own sets the AppURL of l; it is an error if l has one already or is for a path.
// Errors are *web.URLError.
func (t *Table) RoutePath(r *web.Request, name string, l *web.Link) (string, error) {
	rt, ok := t.Route(name)
	if !ok {
		return "", &web.URLError{Route: name, Err: t.unknown(name)}
	}
	path, values, err := t.path(rt, r, l)
	if err == nil {
		err = rt.checkURL(path, values)
	}
	if err != nil {
		return "", &web.URLError{Route: name, Pattern: rt.Pattern.String(), Err: err}
	}
	return path, nil
}

func (t *Table) path(rt *Route, r *web.Request, l *web.Link) (string, []value, error) {
	if e := rt.external; e != nil {
		if l.AsPath || l.AppURL != nil {
			return "", nil, web.ErrOtherHost
		}
		url := e.url(r, l.Scheme)
		l.AppURL = &url
	}
	if rt.Pregenerate != nil {
		if err := rt.Pregenerate(r, l); err != nil {
			return "", nil, err
		}
	}
	values, err := rt.Pattern.values(l)
	if err != nil {
		return "", nil, err
	}
	path := rt.Pattern.path(values)
	if rt.Pattern.star() == "" {
		return path, values, nil
	}
	star := &values[len(values)-1]
	switch {
	case star.kept && joinRaw(star.names) != star.raw:
		// The current path has empty segments or dots in its star, which its names do not show.
		// Without them another route or marker may match the path.
		if rt.GenerateOnly || rt.Pattern.roundTrips(path, values) && t.firstIs(path, rt) {
			return path, values, nil
		}
		star.exact = true
	case rt.Pattern.starTouches() && len(star.names) > 0:
		// In "/{a}*rest" the marker would match the first name as well, and in "/{a}.b*rest"
		// perhaps a part of it, unless a slash separates them. It is left out where possible, as in
		// Pyramid.
		if rt.Pattern.roundTrips(path, values) {
			return path, values, nil
		}
		separated := slices.Clone(values)
		separated[len(values)-1].names = append([]string{""}, star.names...)
		if withSlash := rt.Pattern.path(separated); rt.Pattern.roundTrips(withSlash, values) {
			return withSlash, values, nil
		}
		return path, values, nil
	}
	return rt.Pattern.path(values), values, nil
}

// checkURL refuses a path that does not lead back: with dot segments, which clients remove, or one
// that the pattern does not match.
func (rt *Route) checkURL(path string, values []value) error {
	for segment := range strings.SplitSeq(path, "/") {
		if segment == "." || segment == ".." {
			return fmt.Errorf("the path %w", traversal.CheckSegment(segment))
		}
	}
	if rt.GenerateOnly {
		return nil
	}
	ok := true
	if rt.Pattern.match.unrestricted {
		for i, t := range rt.Pattern.markerTokens() {
			ok = ok && (t.Star || values[i].text != "")
		}
	} else {
		ok, _ = rt.Pattern.rematch(path, values)
	}
	if !ok {
		return fmt.Errorf("%w: the pattern does not match the path %q", web.ErrParamMismatch, path)
	}
	return nil
}

// starTouches reports whether no slash separates the star from the marker before it.
func (p *Pattern) starTouches() bool {
	for i := len(p.tokens) - 2; i >= 0; i-- {
		if p.tokens[i].Marker != "" {
			return true
		}
		if strings.HasSuffix(p.tokens[i].Literal, "/") {
			return false
		}
	}
	return false
}

// firstIs reports whether rt is the first route whose pattern matches the escaped path.
func (t *Table) firstIs(escaped string, rt *Route) bool {
	path, err := decode(escaped)
	if err != nil {
		return false
	}
	var s search
	s.begin(t.index, path)
	return s.next() == rt
}

// unknown returns the error for a name without a route, with the most similar name.
func (t *Table) unknown(name string) error {
	if near := registry.Nearest(name, t.RouteNames()); near != "" {
		return fmt.Errorf("%w: did you mean %q?", web.ErrNoRoute, near)
	}
	return web.ErrNoRoute
}
