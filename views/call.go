package views

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"

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
	res, name, deep := web.Drive(r).Walked().Target()
	first, second := t.slots(r, name, deep)
	if first != nil {
		if resp, done, err := first.handle(t.types, r, res, false); done {
			return vary(r, resp), err
		}
	}
	if second != nil {
		if resp, done, err := second.handle(t.types, r, res, false); done {
			return vary(r, resp), err
		}
	}
	resp, err := t.mismatch(r, first, second)
	if err != nil && t.debugNotFound {
		logNotFound(r, err)
	}
	return vary(r, resp), err
}

// vary adds the headers that had a say to Vary.
func vary(r *web.Request, resp *web.Response) *web.Response {
	if resp != nil {
		web.Drive(r).AddVary(resp)
	}
	return resp
}

// slotsOf returns the slots that a request searches.
func (t *Table) slotsOf(r *web.Request) (first, second *slot) {
	_, name, deep := web.Drive(r).Walked().Target()
	return t.slots(r, name, deep)
}

// slots returns the slots that a request searches, nil where there are no views. A deep request has a
// subpath.
func (t *Table) slots(r *web.Request, name string, deep bool) (first, second *slot) {
	match := web.Drive(r).Routed()
	if match == nil {
		first = t.resources.global.at(name)
	} else {
		if bound, ok := match.Views.(*places); ok {
			first = bound.at(name)
		} else {
			first = t.resources.at(match.Route, name)
		}
		if match.GlobalViews {
			second = t.resources.global.at(name)
		}
	}
	if deep && first != nil {
		first = first.deep
	}
	if deep && second != nil {
		second = second.deep
	}
	return first, second
}

// handle calls the first matching view of the slot; done is false if there is none.
func (s *slot) handle(ts *types, r *web.Request, res traversal.Resource, permissive bool) (resp *web.Response, done bool, err error) {
	if c := s.fixed; c != nil && c.flat != nil { // the most frequent case: a shorter way to the same
		if method := condition.MethodOf(r.Method); method&condition.Explicit == 0 {
			return c.handleFlat(r, res, method, permissive)
		}
	}
	return s.chainFor(ts, r, reflect.TypeOf(res)).handle(r, res, permissive)
}

// handle calls the first matching view of the chain.
func (c *chain) handle(r *web.Request, res traversal.Resource, permissive bool) (resp *web.Response, done bool, err error) {
	resp, done, err = c.handleFront(r, res, permissive)
	if !done && c.behind != nil {
		return c.behind.handle(r, res, permissive)
	}
	return resp, done, err
}

// handleFront is handle without c.behind.
func (c *chain) handleFront(r *web.Request, res traversal.Resource, permissive bool) (resp *web.Response, done bool, err error) {
	if c.sole != nil { // the most frequent case: one view without predicates
		resp, err = c.sole.handle(r, c.steps[0].convert, res, permissive)
		if err != nil && errors.Is(err, ErrMismatch) {
			return nil, false, nil
		}
		return resp, true, err
	}
	if c.flat != nil {
		return c.handleFlat(r, res, condition.MethodOf(r.Method), permissive)
	}
	cur, method := c.cursor(), condition.MethodOf(r.Method)
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

// handleFlat is handle if no view is chosen by the Accept header.
func (c *chain) handleFlat(r *web.Request, res traversal.Resource, method condition.MethodSet, permissive bool) (resp *web.Response, done bool, err error) {
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
		resp, err := view.handle(r, view.convert, res, permissive)
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
		switch {
		case err != nil:
			return reg.checked(nil, err)
		case resp == nil:
			return reg.checked(reg.call(r, res))
		}
		return resp, nil
	}
	if permissive {
		return reg.checked(reg.permissive(r, res))
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
	return vary(r, resp), handled, failure
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
	resp, done, err := a.chain.handle(r, a.err, false)
	if err != nil && err == a.chain.tie {
		err = errors.Join(a.err, err)
	}
	return resp, done, err
}

func notFound(err error) bool {
	status, _ := web.StatusOf(err)
	return status == http.StatusNotFound
}
