package web

import "github.com/mastaba-go/mastaba/views/web/internal/urls"

// URLOption sets a part of a URL that is being generated: see [Params], [With], [Elements], [Query]
// and [Anchor]. Your own types can be options too.
type URLOption interface {
	// URLOption changes the link.
	URLOption(l *Link)
}

// urlOption is a function as an option.
type urlOption func(l *Link)

var _ URLOption = urlOption(nil)

func (o urlOption) URLOption(l *Link) { o(l) }

// Params are values for the markers of a route: strings, numbers, bools, lists for a star, and
// types with MarshalText or String. Values for which the route has no marker are ignored.
type Params map[string]any

var _ URLOption = Params(nil)

// URLOption sets the values.
func (p Params) URLOption(l *Link) {
	for name, value := range p {
		l.SetParam(name, value)
	}
}

// With sets the value for one marker of a route: see [Params].
func With(name string, value any) URLOption {
	return urlOption(func(l *Link) { l.SetParam(name, value) })
}

// Elements appends path segments to the path. A slash in a name is escaped. An empty name becomes
// an empty segment, as in Pyramid. Traversal ignores empty segments; if the last name is empty, the
// URL ends with a slash.
func Elements(names ...string) URLOption { return elements(names) }

type elements []string

var _ URLOption = elements(nil)

func (e elements) URLOption(l *Link) { l.Elements = append(l.Elements, e...) }

// Query adds parameters to the query, names and values in turn: Query("q", text, "page", 2). A nil
// gives an empty value, a list one parameter for each item. Query without arguments removes the
// query that [Request.CurrentRouteURL] would keep.
func Query(pairs ...any) URLOption {
	return urlOption(func(l *Link) {
		query, err := urls.Args[QueryParam](pairs)
		if err != nil {
			l.fail(err)
			return
		}
		if l.Query == nil {
			l.Query = []QueryParam{}
		}
		l.Query = append(l.Query, query...)
	})
}

// KeepQuery sets the query to that of the request, with the given parameters replaced:
// KeepQuery("page", 3) for the pages of a list. Its arguments are those of [Query]; nil and an
// empty list remove a parameter.
func KeepQuery(pairs ...any) URLOption {
	return urlOption(func(l *Link) {
		with, err := urls.Args[QueryParam](pairs)
		if err == nil {
			err = l.keepQuery(with)
		}
		if err != nil {
			l.fail(err)
		}
	})
}

// RawQuery sets the whole query as one text, which must not be escaped: percent signs are escaped
// too. "" removes the query.
func RawQuery(text string) URLOption {
	return urlOption(func(l *Link) {
		if l.Query, l.RawQuery = nil, text; text == "" {
			l.Query = []QueryParam{}
		}
	})
}

// Anchor sets the part after '#'.
func Anchor(text string) URLOption { return urlOption(func(l *Link) { l.Anchor = text }) }

// Scheme replaces the scheme. For http and https it also replaces the port by the default one,
// unless [Port] is given. Scheme, [Host] and [Port] have no effect on a path.
func Scheme(scheme string) URLOption { return urlOption(func(l *Link) { l.Scheme = scheme }) }

// Host replaces the host. It keeps the port of the request, unless host has one
// ("example.org:8080") or [Port] is given.
func Host(host string) URLOption { return urlOption(func(l *Link) { l.Host = host }) }

// Port replaces the port.
func Port(port int) URLOption { return urlOption(func(l *Link) { l.Port = port }) }

// AppURL puts url before the path, in place of scheme, host, port and prefix. It is used as it is;
// "" gives a path without the prefix.
func AppURL(url string) URLOption { return urlOption(func(l *Link) { l.AppURL = &url }) }

// ViaRoute makes the URL of a resource go through a route, whose star ("*traverse", or the given
// marker) receives the path of the resource. [Params] set the route's other markers. For
// [Request.CurrentRouteURL] it is the route to use instead of the current one, with the same
// parameters.
func ViaRoute(route string, marker ...string) URLOption {
	return urlOption(func(l *Link) {
		l.via, l.rest = route, "traverse"
		if len(marker) > 0 {
			l.rest = marker[0]
		}
	})
}
