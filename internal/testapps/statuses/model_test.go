package statuses_test

import (
	"fmt"
	"strings"
)

// table is what one application declares.
type table struct {
	routes []route
	views  []view
	errors []errorView

	recycle bool // requests are recycled, which changes no response
}

// route leads to the default view of the root, or with a star to what it traverses.
type route struct {
	name   string
	path   string // literal; with star, everything below it is traversed
	star   bool
	global bool // views without a route serve it too
	when   []predicate
}

// view is a view for a type of resources.
type view struct {
	route   string // "" for none
	on      kind
	name    string
	when    []predicate
	refused bool // by the security policy
	passes  bool // the view itself says that the request is not for it
}

// errorView handles errors with a status from lo to hi.
type errorView struct {
	lo, hi int
	when   []predicate
}

// kind is a type of resources that views are for.
type kind string

// A page is both wide and narrow, and every narrow one is wide. A folder is wide, the root neither.
const (
	anything kind = "any"
	wide     kind = "wide"   // an interface
	narrow   kind = "narrow" // an interface with the methods of wide, and more
	page     kind = "page"
	folder   kind = "folder"
	root     kind = "root"
)

// chains lists the types whose views serve a resource, the most specific first.
var chains = map[kind][]kind{
	page:   {page, narrow, wide, anything},
	folder: {folder, wide, anything},
	root:   {root, anything},
}

// predicate is a condition of a view, a route or an error view. A header is written "Name" or
// "Name:value".
type predicate struct {
	kind   string
	not    bool
	values []string
}

const (
	method      = "Method"
	contentType = "ContentType"
	accept      = "Accept"
	header      = "Header"
	xhr         = "XHR" // the value is "true" or "false"
)

// request is a request without a body. A nil list is a missing header.
type request struct {
	method, path string
	headers      map[string][]string
}

// outcome is what is compared. Vary is compared within bounds, see vary.
type outcome struct {
	status int
	allow  string
	by     string // the view or error view that responded, "" for none
}

func (p predicate) String() string {
	text := fmt.Sprintf("%s(%q)", p.kind, p.values)
	if p.not {
		return "Not(" + text + ")"
	}
	return text
}

func (v view) String() string {
	return fmt.Sprintf("view route=%q on=%s name=%q when=%v refused=%v passes=%v", v.route, v.on, v.name, v.when, v.refused, v.passes)
}

func (rt route) String() string {
	return fmt.Sprintf("route %q %s star=%v global=%v when=%v", rt.name, rt.path, rt.star, rt.global, rt.when)
}

func (e errorView) String() string {
	return fmt.Sprintf("error view %d-%d when=%v", e.lo, e.hi, e.when)
}

func (r request) String() string { return fmt.Sprintf("%s %s %q", r.method, r.path, r.headers) }

func (t table) String() string {
	var b strings.Builder
	for i, rt := range t.routes {
		fmt.Fprintf(&b, "  %d %s\n", i, rt)
	}
	for i, v := range t.views {
		fmt.Fprintf(&b, "  %d %s\n", i, v)
	}
	for i, e := range t.errors {
		fmt.Fprintf(&b, "  %d %s\n", i, e)
	}
	return b.String()
}
