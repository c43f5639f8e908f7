package transaction

import (
	"github.com/mastaba-go/mastaba/views/web"
)

// handle handles a request in a unit of work.
func (m *manager) handle(next web.Handler, r *web.Request) (*web.Response, error) {
	if m.Skip != nil && m.Skip(r) {
		return next(r)
	}
	if outer, ok := outerUnit(r); ok {
		return m.handleNested(next, r, outer)
	}
	attempts := m.Attempts
	if m.AttemptsFor != nil {
		attempts = m.AttemptsFor(r, attempts)
	}
	if attempts > 1 {
		return m.retry(next, r, attempts)
	}
	u := &Unit{db: m.db, readOnly: m.ReadOnly, attempt: 1, attempts: 1}
	resp, err := m.attempt(next, u.enter(r), u)
	if err != nil && m.isRetryable(u, err) {
		r.Log().Debug().Err(err).Msg("the unit of work met a conflict; transaction.Options.Attempts is 1, so it is not retried")
	}
	return resp, err
}

// outerUnit returns the unit that the request is a part of already: that of the request whose
// subrequest it is, or of a Run in which a job handles requests.
func outerUnit(r *web.Request) (*Unit, bool) {
	if !web.Drive(r).NeedsFinish() { // not a copy, so that its context is that of net/http
		return From(r.Request.Context())
	}
	return From(r.Context())
}

// enter makes From find the unit in the context of the request. It returns the request to go on
// with, which is a copy only if r is one with a context of its own.
func (u *Unit) enter(r *web.Request) *web.Request {
	before := r.Request
	u.r, u.below = r, before.Context()
	r.Request = before.WithContext(u.context())
	if !web.Drive(r).NeedsFinish() {
		return r
	}
	if found, ok := r.Context().Value(unitKey{}).(*Unit); ok && found == u {
		return r
	}
	r.Request, u.below = before, r.Context()
	u.r = r.WithContext(u.context())
	return u.r
}

// attempt calls next, and ends the unit by what it returns. A panic rolls back and goes on.
func (m *manager) attempt(next web.Handler, r *web.Request, u *Unit) (*web.Response, error) {
	returned := false
	defer func() {
		if !returned {
			_ = u.end(false)
		}
	}()
	resp, err := next(r)
	returned = true
	return m.settle(u, r, resp, err, u.end)
}

// settle ends a unit by what the view returned. An error with a status below 400, such as a
// redirect, is a response by another way.
func (m *manager) settle(u *Unit, r *web.Request, resp *web.Response, err error, end func(commit bool) error) (*web.Response, error) {
	status, _ := web.StatusOf(err)
	switch redirected := err != nil && status >= 200 && status < 400; {
	case err != nil && !redirected:
		err = u.explain(err)
		_ = end(false)
		return resp, err
	case resp == nil && !redirected, resp != nil && !u.spared() && m.Veto(r, resp):
		_ = end(false)
		return resp, err
	}
	if failed := end(true); failed != nil {
		if resp != nil {
			_ = resp.Close()
		}
		return nil, u.explain(failed)
	}
	return resp, err
}

// handleNested handles a subrequest with tweens: as a nested unit of the outer one.
func (m *manager) handleNested(next web.Handler, r *web.Request, outer *Unit) (*web.Response, error) {
	u, err := outer.nest(r.Context())
	if err != nil {
		return nil, err
	}
	returned := false
	defer func() {
		if !returned {
			_ = u.endNested(false)
		}
	}()
	r = u.enter(r)
	resp, err := next(r)
	returned = true
	return m.settle(u, r, resp, err, u.endNested)
}
