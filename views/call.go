package views

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// ErrMismatch, returned by a view or a deriver, says that the view does not
// answer this request after all: the search goes on as if one of its predicates
// had failed. Predicates are the better way where they will do.
var ErrMismatch = errors.New("the view does not handle this request")

// Call finds the view for the request's match, resource and view name, and
// calls it. The views of the matched route come first, those without a route
// after them if the route asks for it, or alone if there is no match.
//
// Without a view the error is a web.HTTPError: 404, or 405, 415 or 406 if
// nothing but the method, the content type or the Accept header is what keeps
// views from answering. OPTIONS is answered where only the method is missing.
// Where the Accept header had a say, in the choice of the route too, the response
// says so in Vary (RFC 9110, 12.5.5), for the caches between us and the client.
//
// It allocates nothing of its own if a view answers that was not so chosen.
func (t *Table) Call(r *web.Request) (*web.Response, error) {
	resp, err := t.call(r)
	return vary(r, resp), err
}

// vary adds to a response what it depends on.
func vary(r *web.Request, resp *web.Response) *web.Response {
	if resp != nil && r.Negotiated() {
		resp.AddVary("Accept")
	}
	return resp
}

func (t *Table) call(r *web.Request) (*web.Response, error) {
	walk := r.Result()
	first, second := t.slots(r, walk.ViewName())
	res := walk.Resource()
	if first != nil {
		if resp, done, err := first.answer(t.types, r, res, false); done {
			return resp, err
		}
	}
	if second != nil {
		if resp, done, err := second.answer(t.types, r, res, false); done {
			return resp, err
		}
	}
	resp, err := t.mismatch(r, first, second)
	if err != nil && t.debugNotFound {
		logNotFound(r, err)
	}
	return resp, err
}

// slots are the places where a request looks for views: at most two.
func (t *Table) slots(r *web.Request, name string) (first, second *slot) {
	match := r.Match()
	if match == nil {
		return t.resources.global.at(name), nil
	}
	if bound, ok := match.Views.(*places); ok {
		first = bound.at(name)
	} else {
		first = t.resources.at(match.Route, name)
	}
	if match.GlobalViews {
		second = t.resources.global.at(name)
	}
	return first, second
}

// answer calls the first view of the place that fits; done is false if none
// does.
func (s *slot) answer(ts *types, r *web.Request, res traversal.Resource, permissive bool) (resp *web.Response, done bool, err error) {
	return s.chain(ts, reflect.TypeOf(res)).answer(r, res, permissive)
}

func (c *chain) answer(r *web.Request, res traversal.Resource, permissive bool) (resp *web.Response, done bool, err error) {
	if c.sole != nil { // most places have one view, and ask nothing
		resp, err = c.sole.answer(r, c.steps[0].convert, res, permissive)
		if err != nil && errors.Is(err, ErrMismatch) {
			return nil, false, nil
		}
		return resp, true, err
	}
	if c.flat != nil {
		return c.answerFlat(r, res, permissive)
	}
	cur := c.cursor()
	for view := cur.next(r); view != nil; view = cur.next(r) {
		ok, err := view.fits(r)
		if err != nil {
			return nil, true, fmt.Errorf("%s: %w", view.info, err)
		}
		if !ok {
			continue
		}
		resp, err := view.answer(r, cur.at.convert, res, permissive)
		if err != nil && errors.Is(err, ErrMismatch) {
			continue
		}
		return resp, true, err
	}
	return nil, c.tie != nil, c.tie
}

// answerFlat is answer where nothing is chosen by the Accept header.
func (c *chain) answerFlat(r *web.Request, res traversal.Resource, permissive bool) (resp *web.Response, done bool, err error) {
	for i := range c.flat {
		view := &c.flat[i]
		ok, err := view.fits(r)
		if err != nil {
			return nil, true, fmt.Errorf("%s: %w", view.info, err)
		}
		if !ok {
			continue
		}
		resp, err := view.answer(r, view.convert, res, permissive)
		if err != nil && errors.Is(err, ErrMismatch) {
			continue
		}
		return resp, true, err
	}
	return nil, c.tie != nil, c.tie
}

// answer calls the view.
func (reg *registration) answer(r *web.Request, convert func(any) (any, error), res traversal.Resource, permissive bool) (*web.Response, error) {
	if convert != nil {
		var err error
		if res, err = convert(res); err != nil {
			return nil, fmt.Errorf("%s: %w", reg.info, err)
		}
	}
	call := reg.call
	if permissive {
		call = reg.permissive
	}
	value, err := call(r, res)
	if err != nil {
		return nil, err
	}
	resp, ok := value.(*web.Response)
	if !ok || resp == nil {
		return nil, &NoResponseError{Info: reg.info, Why: fmt.Sprintf("its derivers gave a %T", value)}
	}
	return resp, nil
}

// CallError answers an error: by the error view for it, or else by the plain
// answer of HTTP errors. While the view runs, and after it has answered, the
// request's Err is err.
//
// answered is false if nothing answers: then err stands, unless CallError
// returns another error, which is that of the view for it. A view that finds
// nothing itself (404) lets err stand.
func (t *Table) CallError(r *web.Request, err error) (resp *web.Response, answered bool, failure error) {
	if err == nil {
		return nil, false, nil
	}
	before := r.Err()
	web.Drive(r).SetError(err)
	resp, answered, failure = t.answerError(r, err)
	if failure != nil && notFound(failure) {
		failure = nil
	}
	if !answered {
		web.Drive(r).SetError(before)
	}
	return vary(r, resp), answered, failure
}

func (t *Table) answerError(r *web.Request, err error) (resp *web.Response, answered bool, failure error) {
	specific, general := t.answering(r, err)
	for _, part := range specific {
		if resp, done, failure := part.answer(r); done {
			return resp, failure == nil, failure
		}
	}
	if resp, plain := web.Drive(r).ErrorResponse(err); plain {
		return resp, true, nil
	}
	for _, part := range general {
		if resp, done, failure := part.answer(r); done {
			return resp, failure == nil, failure
		}
	}
	return nil, false, nil
}

// answer asks the groups of one part. A tie leaves together with the error that
// met it.
func (a *answering) answer(r *web.Request) (*web.Response, bool, error) {
	resp, done, err := a.chain.answer(r, a.err, false)
	if err != nil && err == a.chain.tie {
		err = errors.Join(a.err, err)
	}
	return resp, done, err
}

func notFound(err error) bool {
	status, _ := web.StatusOf(err)
	return status == http.StatusNotFound
}
