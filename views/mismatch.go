package views

import (
	"net/http"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

// The response if no view matches. The search records nothing, so that requests that find their
// view pay nothing for it; only after it failed all predicates are checked again.

// mismatch returns the error, or the response to OPTIONS, for a request that no view matches.
func (t *Table) mismatch(r *web.Request, first, second *slot) (*web.Response, error) {
	if first == nil && second == nil {
		return nil, t.nowhere(r)
	}
	cause := new(NoViewError)
	t.miss(cause, r, r.ViewName(), first, second)
	all := t.examine(r, first, second)
	cause.Candidates = reported(all, r)
	if allowed := allowedBy(all); len(allowed) > 0 {
		if methodOf(r) == http.MethodOptions {
			resp := r.Empty(http.StatusNoContent)
			resp.SetHeader("Allow", strings.Join(allowed, ", "))
			return resp, nil
		}
		return nil, web.MethodNotAllowed(allowed...).With(cause)
	}
	if types := wanted(all, kindContentType); len(types) > 0 {
		return nil, web.Status(http.StatusUnsupportedMediaType, "").WithHeader("Accept", strings.Join(types, ", ")).With(cause)
	}
	if types := wanted(all, kindAccept); len(types) > 0 {
		return nil, web.Status(http.StatusNotAcceptable, "available: "+strings.Join(types, ", ")).With(cause)
	}
	return nil, web.NotFound("").With(cause)
}

// nowhere is the 404 for a name that no view has, the most frequent one: error and cause in one
// allocation.
func (t *Table) nowhere(r *web.Request) error {
	both := new(struct {
		web.HTTPError
		cause NoViewError
	})
	t.miss(&both.cause, r, r.ViewName(), nil, nil)
	both.HTTPError = *web.NotFound("").With(&both.cause)
	return &both.HTTPError
}

// standardMethods are the methods considered for views without a list of methods.
var standardMethods = []string{
	http.MethodDelete, http.MethodGet, http.MethodHead, http.MethodPatch, http.MethodPost, http.MethodPut,
}

// allowedBy returns the methods for the Allow header: those of the views that fail for the method
// only, and OPTIONS. It returns nil if there are no such views.
func allowedBy(all []candidate) []string {
	var allowed []string
	for _, e := range all {
		if !e.failedFor(kindMethod) {
			continue
		}
		listed := standardMethods
		for _, p := range e.info.Predicates {
			if list, ok := p.Data().(methods); ok {
				listed = append(slices.Clip(listed), list...)
			}
		}
		for _, method := range listed {
			if e.allows(method) {
				allowed = append(allowed, method)
			}
		}
	}
	if len(allowed) == 0 {
		return nil
	}
	return sortedSet(append(allowed, http.MethodOptions))
}

// allows reports whether the view's predicates allow a method.
func (reg *registration) allows(method string) bool {
	for _, p := range reg.info.Predicates {
		if list, ok := p.Data().(methods); ok && slices.Contains(list, method) == p.Negated() {
			return false
		}
	}
	return true
}

// wanted returns the media types of the views that fail for predicates of this kind only.
func wanted(all []candidate, kind string) []string {
	var types []string
	for _, e := range all {
		if !e.failedFor(kind) {
			continue
		}
		for _, p := range e.failed {
			if list, ok := p.Data().(mediaTypes); ok && !p.Negated() {
				types = append(types, list...)
			}
		}
	}
	return sortedSet(types)
}
