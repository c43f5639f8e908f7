package condition

import (
	"net/http"
	"slices"

	"github.com/mastaba-go/mastaba/views/web"
)

// The kinds of predicates for which the response has a status of its own if nothing else failed.
const (
	KindMethod      = "method"
	KindAccept      = "accept"
	KindContentType = "content_type"
)

// MediaTypes are the types of an Accept or ContentType predicate.
type MediaTypes []string

// Allows reports whether predicates allow a method.
func Allows(predicates []web.Predicate, method string) bool {
	for _, p := range predicates {
		if list, ok := p.Data().(Methods); ok && slices.Contains(list, method) == p.Negated() {
			return false
		}
	}
	return true
}

// ExplicitOnly reports whether only views that name the method handle it: a 200 to CONNECT opens a
// tunnel, and TRACE is to send back the request (RFC 9110, 9.3.6 and 9.3.8).
func ExplicitOnly(method string) bool {
	return method == http.MethodConnect || method == http.MethodTrace
}

// Takes reports whether a view for resources, or a route, with these predicates handles requests
// with the method.
func Takes(predicates []web.Predicate, method string) bool {
	return Allows(predicates, method) && (!ExplicitOnly(method) || slices.ContainsFunc(predicates, func(p web.Predicate) bool {
		_, ok := p.Data().(Methods)
		return ok && !p.Negated()
	}))
}
