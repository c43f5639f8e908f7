package web

import (
	"fmt"
	"slices"
	"strings"
)

// Link is a URL in the making: what the options of one call said. Routes whose
// URLs need more than their pattern change it before the URL is made
// (pregenerators). It belongs to the call and is not kept.
type Link struct {
	// Elements are the names that follow the path.
	Elements []string
	// Query are the parameters of the query, in order; nil if nobody said any,
	// empty for none.
	Query []QueryParam
	// RawQuery is the whole query as one text, not yet escaped. It counts if
	// there is no Query.
	RawQuery string
	// Anchor is the part behind '#', not yet escaped.
	Anchor string
	// Scheme, Host (with or without a port) and Port replace those of the
	// request; "" and 0 leave them.
	Scheme, Host string
	Port         int
	// AppURL stands in front of the path instead of scheme, host, port and prefix.
	AppURL *string
	// AsPath says that a path was asked for, without scheme and host. Changing
	// it has no effect.
	AsPath bool

	request *Request
	params  []linkParam
	room    [4]linkParam
	err     error // of an option
	via     string
	rest    string // the marker that receives the names of a resource
}

type linkParam struct {
	name  string
	value any
	raw   string // of the current route's match
	keep  bool   // there is raw
}

// Param returns the value given for a marker, as it was given, and whether
// there is one. ParamText is what goes into the URL.
func (l *Link) Param(name string) (any, bool) {
	for i := range l.params {
		if l.params[i].name == name {
			return l.params[i].value, true
		}
	}
	return nil, false
}

// SetParam gives the value for a marker, in place of another one.
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

// keepParam gives the value that a marker took in the match.
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

// RawParam returns what a marker of the current route took of the path, as
// Match.Raw has it; false if the link is not for the current route, or if the
// value was given anew. What makes URLs from patterns calls it.
func (l *Link) RawParam(name string) (string, bool) {
	for i := range l.params {
		if l.params[i].name == name {
			return l.params[i].raw, l.params[i].keep
		}
	}
	return "", false
}

// ParamNames returns the names of the values given, in their order.
func (l *Link) ParamNames() []string {
	names := make([]string, len(l.params))
	for i := range l.params {
		names[i] = l.params[i].name
	}
	return names
}

// ParamText returns the value given for a marker as the texts that go into the
// URL: Values for a list, Value for everything else. What makes URLs from
// patterns calls it. A value that no URL can hold is an error.
func (l *Link) ParamText(name string) (p Param, ok bool, err error) {
	value, ok := l.Param(name)
	if !ok {
		return p, false, nil
	}
	p.Name = name
	if list, isStrings := value.([]string); isStrings {
		p.Values = list
		if list == nil {
			p.Values = []string{}
		}
	} else if items, isList := listOf(value); isList {
		p.Values = make([]string, len(items))
		for i, item := range items {
			if p.Values[i], err = textOf(item); err != nil {
				return p, true, fmt.Errorf("parameter %q: item %d %w", name, i+1, err)
			}
		}
	} else if p.Value, err = textOf(value); err != nil {
		return p, true, fmt.Errorf("parameter %q %w", name, err)
	}
	return p, true, nil
}

// fail keeps the first mistake of the options.
func (l *Link) fail(err error) {
	if l.err == nil {
		l.err = err
	}
}

// link makes the link that the options describe.
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

// url puts the parts together: what stands in front, the path, and the rest.
func (l *Link) url(base, path string) (string, error) {
	size := len(base) + len(path) + len(l.RawQuery) + len(l.Anchor) + 24*len(l.Query)
	for _, e := range l.Elements {
		size += 1 + len(e)
	}
	b := make([]byte, 0, size)
	b = append(b, base...)
	b = append(b, path...)
	for i, e := range l.Elements {
		if i > 0 || !strings.HasSuffix(path, "/") {
			b = append(b, '/')
		}
		b = appendEscaped(b, e, plainInName)
	}
	var err error
	switch {
	case len(l.Query) > 0:
		b = append(b, '?')
		if b, err = appendQuery(b, l.Query); err != nil {
			return "", err
		}
	case l.Query == nil && l.RawQuery != "":
		b = append(b, '?')
		b = appendEscaped(b, l.RawQuery, plainInAnchor)
	}
	if l.Anchor != "" {
		b = append(b, '#')
		b = appendEscaped(b, l.Anchor, plainInAnchor)
	}
	if base == "" && len(b) > 1 && b[0] == '/' && b[1] == '/' {
		// Clients would read "//name/path" as another host. The dot vanishes when
		// they resolve the reference, and the path stays.
		return "/." + string(b), nil
	}
	return string(b), nil
}

// keepQuery makes the query the request's own, in which some are replaced.
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
		if items, isList := listOf(p.Value); p.Value != nil && (!isList || len(items) > 0) {
			l.Query = append(l.Query, p)
		}
	}
	return nil
}
