package views

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/internal/absent"
	"github.com/mastaba-go/mastaba/views/internal/condition"
	"github.com/mastaba-go/mastaba/views/web"
)

// ErrMismatch, returned by a view or a deriver, means that the view does not handle this request:
// the search continues as if one of its predicates had failed. Prefer a predicate where it
// suffices.
var ErrMismatch = errors.New("the view does not handle this request")

// Call finds the view for the request's match, resource and view name, and calls it. It tries the
// views of the matched route, then those without a route if the route has routes.GlobalViews.
// Without a match it tries those without a route.
//
// If no view matches, the error is a web.HTTPError: 405, 415 or 406 if nothing but the method, the
// content type or the Accept header keeps a view, or another route with its views, from matching;
// 404 otherwise. An OPTIONS request gets a response with Allow in place of these three.
//
// The response has Vary with the request headers that had a say in the choice of the view or of the
// route (RFC 9110, 12.5.5): those of Accept, Header and XHR, negated ones too, and of predicates
// that say so (web.Predicate.WithVary). The Content-Type of a request belongs to its body, and is
// not among them.
//
// Call itself does not allocate unless views are chosen by such headers.
func (t *Table) Call(r *web.Request) (*web.Response, error) {
	to, walk := web.Drive(r).Found()
	var first, second *slot
	var res traversal.Resource
	if bound := bound(to); bound != nil && walk.Stands() { // the most frequent case: a shorter way to the same
		res, first = walk.Root(), bound.byDefault
		if to.GlobalViews {
			second = t.resources.global.byDefault
		}
	} else {
		var name string
		var deep bool
		res, name, deep = walk.Target()
		first, second = t.slots(to, name, deep)
	}
	method := condition.MethodOf(r.Method)
	var resp *web.Response
	var err error
	done := false
	if first != nil {
		c := first.fixed
		if c == nil || method&condition.Explicit != 0 {
			c = first.chainFor(t.types, method, res)
		}
		resp, done, err = c.handle(r, res, method, false)
	}
	if !done && second != nil {
		resp, done, err = second.chainFor(t.types, method, res).handle(r, res, method, false)
	}
	if !done {
		if resp, err = t.mismatch(r, first, second); err != nil && t.debugNotFound {
			logNotFound(r, err)
		}
	}
	if resp != nil && web.Drive(r).Varies() {
		web.Drive(r).AddVary(resp)
	}
	return resp, err
}

// slotsOf returns the slots that a request searches.
func (t *Table) slotsOf(r *web.Request) (first, second *slot) {
	to, walk := web.Drive(r).Found()
	_, name, deep := walk.Target()
	return t.slots(to, name, deep)
}

// bound returns the places of a route, which Bind stored; nil without.
func bound(to *web.Routed) *places {
	if to == nil {
		return nil
	}
	p, _ := to.Views.(*places)
	return p
}

// slots returns the slots that a request for a route searches, nil where there are no views. A deep
// request has a subpath.
func (t *Table) slots(to *web.Routed, name string, deep bool) (first, second *slot) {
	switch bound := bound(to); {
	case to == nil:
		first = t.resources.global.at(name)
	case bound != nil:
		first = bound.at(name)
	default:
		first = t.resources.at(to.Route, name)
	}
	if to != nil && to.GlobalViews {
		second = t.resources.global.at(name)
	}
	if deep && first != nil {
		first = first.deep
	}
	if deep && second != nil {
		second = second.deep
	}
	return first, second
}

// handle calls the first matching view of the chain; done is false if none matches.
func (c *chain) handle(r *web.Request, res traversal.Resource, method condition.MethodSet, permissive bool) (resp *web.Response, done bool, err error) {
	if c.flat == nil {
		resp, done, err = c.handleChosen(r, res, method, permissive)
	} else {
		for i := range c.flat {
			view := &c.flat[i]
			if view.methods&method == 0 {
				continue
			}
			if len(view.rest) > 0 || method == condition.Other {
				ok, err := view.fitsRest(r, method)
				if err != nil {
					return nil, true, fmt.Errorf("%s: %w", view.info, err)
				}
				if !ok {
					continue
				}
			}
			if view.direct != nil && view.convert == nil && !r.Application().Poison { // nearly always
				if resp, err = view.direct(r, res); resp != nil && err == nil {
					return resp, true, nil
				}
				resp, err = view.settled(r, res, err)
			} else {
				resp, err = view.handle(r, view.convert, res, permissive)
			}
			if err != nil && errors.Is(err, ErrMismatch) {
				continue
			}
			return resp, true, err
		}
		done, err = c.tie != nil, c.tie
	}
	if !done && c.behind != nil {
		return c.behind.handle(r, res, method, permissive)
	}
	return resp, done, err
}

// handleChosen is handle without c.behind, if views are chosen by the Accept header.
func (c *chain) handleChosen(r *web.Request, res traversal.Resource, method condition.MethodSet, permissive bool) (resp *web.Response, done bool, err error) {
	cur := c.cursor()
	for view := cur.next(r); view != nil; view = cur.next(r) {
		ok, err := view.fits(r, method)
		if err != nil {
			return nil, true, fmt.Errorf("%s: %w", view.info, err)
		}
		if !ok {
			continue
		}
		resp, err := view.handle(r, cur.at.convert, res, permissive)
		if err != nil && errors.Is(err, ErrMismatch) {
			continue
		}
		return resp, true, err
	}
	return nil, c.tie != nil, c.tie
}

// handle calls the view.
func (reg *registration) handle(r *web.Request, convert func(any) (any, error), res traversal.Resource, permissive bool) (*web.Response, error) {
	if convert != nil {
		var err error
		if res, err = convert(res); err != nil {
			return nil, fmt.Errorf("%s: %w", reg.info, err)
		}
	}
	if r.Application().Poison {
		web.Drive(r).NameView("view " + reg.info.funcText())
	}
	if reg.direct != nil {
		resp, err := reg.direct(r, res)
		if resp == nil || err != nil {
			return reg.settled(r, res, err)
		}
		return resp, nil
	}
	if permissive {
		return reg.checked(reg.permissive(r, res))
	}
	return reg.checked(reg.call(r, res))
}

// settled returns what becomes of an error of direct, or of nil.
func (reg *registration) settled(r *web.Request, res traversal.Resource, err error) (*web.Response, error) {
	if err != nil {
		return reg.checked(nil, err)
	}
	return reg.checked(reg.call(r, res))
}

// checked returns what a derived view returned, if it is a response or an error.
func (reg *registration) checked(value any, err error) (*web.Response, error) {
	if err != nil {
		if absent.Pointer(err) { // whose methods may panic
			err = &NoResponseError{Info: reg.info, Why: "its error is " + nilText(err) + ": return nil itself if nothing is wrong"}
		}
		return nil, err
	}
	resp, ok := value.(*web.Response)
	if !ok || resp == nil {
		return nil, &NoResponseError{Info: reg.info, Why: fmt.Sprintf("its derivers gave a %T", value)}
	}
	return resp, nil
}

// CallError handles an error: by its error view, or else by the default response of HTTP errors.
// While the view runs, and after it returned a response, the request's Err is err.
//
// If handled is false, nothing handled err (failure is nil), or its error view failed with failure.
// An error view that returns a 404 has not handled the error.
func (t *Table) CallError(r *web.Request, err error) (resp *web.Response, handled bool, failure error) {
	if err == nil {
		return nil, false, nil
	}
	before := r.Err()
	web.Drive(r).SetError(err)
	resp, handled, failure = t.handleError(r, err)
	if failure != nil && notFound(failure) {
		failure = nil
	}
	if !handled {
		web.Drive(r).SetError(before)
	}
	if resp != nil {
		web.Drive(r).AddVary(resp)
	}
	return resp, handled, failure
}

func (t *Table) handleError(r *web.Request, err error) (resp *web.Response, handled bool, failure error) {
	specific, general := t.searchFor(r, err)
	for _, part := range specific {
		if resp, done, failure := part.handle(r); done {
			return resp, failure == nil, failure
		}
	}
	if resp, plain := web.Drive(r).ErrorResponse(err); plain {
		return resp, true, nil
	}
	for _, part := range general {
		if resp, done, failure := part.handle(r); done {
			return resp, failure == nil, failure
		}
	}
	return nil, false, nil
}

// handle tries the multiviews of one part. A tie is joined with the error being handled.
func (a *errorSearch) handle(r *web.Request) (*web.Response, bool, error) {
	resp, done, err := a.chain.handle(r, a.err, condition.MethodOf(r.Method), false)
	if err != nil && err == a.chain.tie {
		err = errors.Join(a.err, err)
	}
	return resp, done, err
}

func notFound(err error) bool {
	status, _ := web.StatusOf(err)
	return status == http.StatusNotFound
}
