package web

import (
	"github.com/mastaba-go/mastaba/views/web/internal/origin"
	"github.com/mastaba-go/mastaba/views/web/internal/urls"
)

// Link is a URL before it is built: what the options of one call set. A route whose URLs need more
// than its pattern changes the Link first (a pregenerator). A Link belongs to the call and must not
// be kept.
type Link struct {
	// Elements are path segments to append to the path.
	Elements []string
	// Query are the parameters of the query, in order; nil if none were given, empty for no query.
	Query []QueryParam
	// RawQuery is the whole query as one text, not escaped. Query takes precedence over it.
	RawQuery string
	// Anchor is the part after '#', not escaped.
	Anchor string
	// Scheme, Host (with or without a port) and Port replace those of the request; "" and 0 keep
	// them.
	Scheme, Host string
	Port         int
	// AppURL precedes the path, in place of scheme, host, port and prefix.
	AppURL *string
	// AsPath reports whether only the path is needed, without scheme and host. Changing it has no
	// effect.
	AsPath bool

	request *Request
	params  urls.Values
	err     error  // of an option
	via     string // the route of ViaRoute
	rest    string // its marker that receives the path of a resource
}

// QueryParam is a parameter of a query. Its value is a string, a number or anything else with a
// text form, nil for an empty value, or a list for several parameters.
type QueryParam struct {
	Name  string
	Value any
}

// Param returns the value given for a marker, unchanged, and whether there is one. [Link.ParamText]
// returns its text.
func (l *Link) Param(name string) (any, bool) { return l.params.Get(name) }

// SetParam sets the value for a marker.
func (l *Link) SetParam(name string, value any) { l.params.Set(name, value) }

// keepParam sets the value that a marker has in the match.
func (l *Link) keepParam(m *Match, p Param) {
	var value any = p.Value
	if p.Values != nil {
		value = p.Values
	}
	if m.path == "" {
		l.params.Set(p.Name, value)
	} else {
		l.params.SetMatched(p.Name, value, m.Raw(p.Name))
	}
}

// RawParam returns what a marker of the current route matched, as [Match.Raw] does; false if the
// link is not for the current route, or if an option replaced the value. It is for implementations
// of [URLs].
func (l *Link) RawParam(name string) (string, bool) { return l.params.Matched(name) }

// ParamNames returns the names of the given values, sorted.
func (l *Link) ParamNames() []string { return l.params.Names() }

// ParamText returns the value given for a marker as text: in Values for a list, else in Value. A
// value without a text form is an error. It is for implementations of [URLs].
func (l *Link) ParamText(name string) (p Param, ok bool, err error) {
	value, ok := l.Param(name)
	if !ok {
		return p, false, nil
	}
	p.Name = name
	p.Value, p.Values, err = urls.TextOrList(name, value)
	return p, true, err
}

// fail keeps the first error of the options.
func (l *Link) fail(err error) {
	if l.err == nil {
		l.err = err
	}
}

// link applies the options.
func (r *Request) link(asPath bool, options []URLOption) (*Link, error) {
	l := &Link{request: r, AsPath: asPath}
	r.host() // reports that the request has ended
	for _, option := range options {
		if option == nil {
			continue
		}
		option.URLOption(l)
	}
	if asPath {
		l.AppURL = nil
	}
	return l, l.err
}

// base returns what precedes the path.
func (l *Link) base(r *Request) (string, error) {
	switch {
	case l.AppURL != nil:
		return *l.AppURL, nil
	case l.AsPath:
		return origin.PlainPrefix(r.Prefix()), nil
	}
	o, err := r.clientOrigin().With(l.Scheme, l.Host, l.Port)
	if err != nil {
		return "", err
	}
	return o.String() + r.Prefix(), nil
}

// url joins the base, the path and the rest.
func (l *Link) url(base, path string) (string, error) {
	return urls.Join(base, path, urls.Parts[QueryParam]{Elements: l.Elements, Query: l.Query, RawQuery: l.RawQuery, Fragment: l.Anchor})
}

// keepQuery sets the query to that of the request, with some parameters replaced.
func (l *Link) keepQuery(with []QueryParam) (err error) {
	if l.Query, err = urls.Replace(l.request.URL.RawQuery, with); err != nil {
		return BadRequest("the query string is not UTF-8").With(err)
	}
	return nil
}
