package web

import (
	"fmt"
	"slices"

	"github.com/mastaba-go/mastaba/traversal"
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
	params  []linkParam
	room    [4]linkParam
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

type linkParam struct {
	name  string
	value any
	raw   string // of the current route's match
	keep  bool   // raw is set
}

// Param returns the value given for a marker, unchanged, and whether there is one. [Link.ParamText]
// returns its text.
func (l *Link) Param(name string) (any, bool) {
	for i := range l.params {
		if l.params[i].name == name {
			return l.params[i].value, true
		}
	}
	return nil, false
}

// SetParam sets the value for a marker.
func (l *Link) SetParam(name string, value any) {
	for i := range l.params {
		if l.params[i].name == name {
			l.params[i] = linkParam{name: name, value: value}
			return
		}
	}
	if l.params == nil {
		l.params = l.room[:0]
	}
	l.params = append(l.params, linkParam{name: name, value: value})
}

// keepParam sets the value that a marker has in the match.
func (l *Link) keepParam(m *Match, p Param) {
	if p.Values != nil {
		l.SetParam(p.Name, p.Values)
	} else {
		l.SetParam(p.Name, p.Value)
	}
	if m.path != "" {
		last := &l.params[len(l.params)-1]
		last.raw, last.keep = m.Raw(p.Name), true
	}
}

// RawParam returns what a marker of the current route matched, as [Match.Raw] does; false if the
// link is not for the current route, or if an option replaced the value. It is for implementations
// of [URLs].
func (l *Link) RawParam(name string) (string, bool) {
	for i := range l.params {
		if l.params[i].name == name {
			return l.params[i].raw, l.params[i].keep
		}
	}
	return "", false
}

// ParamNames returns the names of the given values, sorted.
func (l *Link) ParamNames() []string {
	names := make([]string, len(l.params))
	for i := range l.params {
		names[i] = l.params[i].name
	}
	slices.Sort(names) // Params is a map, and errors list them
	return names
}

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
	o := r.clientOrigin()
	if l.Scheme != "" || l.Host != "" || l.Port != 0 {
		switch {
		case l.Scheme != "" && !origin.IsScheme(l.Scheme):
			return "", fmt.Errorf("invalid scheme %q: want one such as https, without ://", l.Scheme)
		case l.Host != "" && !origin.IsHost(l.Host):
			return "", fmt.Errorf("invalid host %q: want a name or an address, with or without a port", l.Host)
		case l.Port < 0 || l.Port > 65535:
			return "", fmt.Errorf("invalid port %d", l.Port)
		}
		o = o.With(l.Scheme, l.Host, l.Port)
	}
	return o.String() + r.Prefix(), nil
}

// url joins the base, the path and the rest.
func (l *Link) url(base, path string) (string, error) {
	size := len(l.RawQuery) + len(l.Anchor) + 24*len(l.Query)
	for _, e := range l.Elements {
		if err := traversal.CheckSegment(e); err != nil {
			return "", fmt.Errorf("element %w", err)
		}
		size += 1 + len(e)
	}
	u := urls.NewBuilder(base, path, size)
	u.Segments(l.Elements)
	for _, p := range l.Query {
		if err := u.Param(p.Name, p.Value); err != nil {
			return "", err
		}
	}
	if l.Query == nil && l.RawQuery != "" {
		u.RawQuery(l.RawQuery)
	}
	if l.Anchor != "" {
		u.Fragment(l.Anchor)
	}
	return u.String(), nil
}

// queryPairs converts the arguments of Query, names and values in turn.
func queryPairs(pairs []any) ([]QueryParam, error) {
	query := make([]QueryParam, 0, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("query: argument %d must be a name, got a %T: want names and values in turn", i+1, pairs[i])
		}
		if i+1 == len(pairs) {
			return nil, fmt.Errorf("query: %q has no value: want names and values in turn", name)
		}
		query = append(query, QueryParam{name, pairs[i+1]})
	}
	return query, nil
}

// keepQuery sets the query to that of the request, with some parameters replaced.
func (l *Link) keepQuery(with []QueryParam) error {
	own, err := l.request.ownQuery()
	if err != nil {
		return err
	}
	replaced := func(p QueryParam) bool {
		return slices.ContainsFunc(with, func(w QueryParam) bool { return w.Name == p.Name })
	}
	l.Query = slices.DeleteFunc(own, replaced)
	for _, p := range with {
		if items, isList := urls.List(p.Value); p.Value != nil && (!isList || len(items) > 0) {
			l.Query = append(l.Query, p)
		}
	}
	return nil
}

// ownQuery returns the parameters of the request's query string.
func (r *Request) ownQuery() ([]QueryParam, error) {
	own, err := urls.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, BadRequest("the query string is not UTF-8").With(err)
	}
	query := make([]QueryParam, len(own))
	for i, p := range own {
		query[i] = QueryParam{p.Name, p.Value}
	}
	return query, nil
}
