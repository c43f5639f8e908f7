package condition

import (
	"net/http"
	"slices"

	"github.com/mastaba-go/mastaba/views/web"
)

// MethodSet is a set of methods as bits, which costs less to check than a list of texts.
type MethodSet uint16

// The methods that have a bit. Other stands for all others.
const (
	get MethodSet = 1 << iota
	head
	post
	put
	patch
	remove
	options
	connect
	trace
	Other
)

// Explicit are the methods that only views which name them handle: see [ExplicitOnly].
const Explicit = connect | trace

// named are the methods with a bit of their own.
var named = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
	http.MethodOptions, http.MethodConnect, http.MethodTrace,
}

// MethodOf returns the set of one method; "" is GET, as net/http reads it.
func MethodOf(name string) MethodSet {
	switch name {
	case http.MethodGet, "":
		return get
	case http.MethodHead:
		return head
	case http.MethodPost:
		return post
	case http.MethodPut:
		return put
	case http.MethodPatch:
		return patch
	case http.MethodDelete:
		return remove
	case http.MethodOptions:
		return options
	case http.MethodConnect:
		return connect
	case http.MethodTrace:
		return trace
	}
	return Other
}

// Name returns the name of the only method in the set, "" for Other.
func (m MethodSet) Name() string {
	for i, name := range named {
		if m == 1<<i {
			return name
		}
	}
	return ""
}

// MethodsOf returns the methods that predicates allow, and the predicates that decide about more
// than methods. It contains Other: whether the predicates allow another method, they have to decide
// themselves.
func MethodsOf(predicates []web.Predicate) (allowed MethodSet, rest []web.Predicate) {
	allowed = Other
	for _, name := range named {
		if Allows(predicates, name) {
			allowed |= MethodOf(name)
		}
	}
	return allowed, slices.DeleteFunc(slices.Clone(predicates), func(p web.Predicate) bool {
		_, ok := p.Data().(Methods)
		return ok
	})
}
