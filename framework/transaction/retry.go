package transaction

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/rs/zerolog"

	"github.com/mastaba-go/mastaba/views/web"
)

const (
	defaultBackoff = 20 * time.Millisecond
	maxBackoff     = time.Second
)

// BeforeRetry is the event of a request that is about to be handled again. What the failed attempt
// did is undone by then. An error of a subscriber ends the request.
type BeforeRetry struct {
	// Request is the request of the attempt that failed.
	Request *web.Request
	// Attempt is the number of that attempt, from 1 on.
	Attempt int
	// Err is why it failed.
	Err error
}

var _ web.RequestEvent = (*BeforeRetry)(nil)

// EventRequest returns the request, for web.Where.
func (e *BeforeRetry) EventRequest() *web.Request { return e.Request }

// retry handles a request until an attempt does not meet another transaction. Each attempt has a
// detached copy of the request, so that nothing of one is seen by the next: attributes, callbacks,
// identity, session, route and resource.
func (m *manager) retry(next web.Handler, r *web.Request, attempts int) (*web.Response, error) {
	body := m.record(r)
	for n := 1; ; n++ {
		body.rewind(r)
		t := m.begin(r, n, attempts)
		resp, err := t.run(next)
		if err == nil || !m.isRetryable(t.unit, err) || !t.mayRepeat(body, err) {
			t.detached.Attach()
			return resp, err
		}
		t.discard(resp)
		if m.beforeRetry != nil {
			if err := m.beforeRetry(&BeforeRetry{t.unit.r, n, err}); err != nil {
				return nil, err
			}
		}
		if wait(r.Context(), m.Backoff, n) != nil {
			return nil, errors.Join(context.Cause(r.Context()), err)
		}
	}
}

// isRetryable reports whether an attempt met another transaction. A request whose context has ended
// did not: drivers report a deadline in many ways.
func (m *manager) isRetryable(u *Unit, err error) bool {
	return u.below.Err() == nil && (isMarked(err) || m.db.Retryable(err))
}

// try is one attempt of several.
type try struct {
	m        *manager
	r        *web.Request // the original
	unit     *Unit
	detached *web.Detached
}

// begin begins an attempt.
func (m *manager) begin(r *web.Request, n, attempts int) *try {
	u := &Unit{db: m.db, readOnly: m.ReadOnly, attempt: n, attempts: attempts, below: r.Context()}
	t := &try{m: m, r: r, unit: u, detached: web.Drive(r).Detach(u.context())}
	u.r = t.detached.Request()
	if n > 1 && r.Application().Log != nil {
		u.r.Log().UpdateContext(func(c zerolog.Context) zerolog.Context { return c.Int("attempt", n) })
	}
	return t
}

// run runs the attempt. If it panics, the original request learns what the copy did, as if it had
// returned an error.
func (t *try) run(next web.Handler) (*web.Response, error) {
	returned := false
	defer func() {
		if !returned {
			t.detached.Attach()
		}
	}()
	resp, err := t.m.attempt(next, t.unit.r, t.unit)
	returned = true
	return resp, err
}

// mayRepeat reports whether there is another attempt, and logs it.
func (t *try) mayRepeat(body *recorder, err error) bool {
	line := func(level zerolog.Level) *zerolog.Event {
		return t.r.Log().WithLevel(level).Err(err).Str("method", t.r.Method).Str("path", t.r.URL.Path).Int("attempt", t.unit.attempt).Int("attempts", t.unit.attempts)
	}
	switch {
	case t.unit.attempt >= t.unit.attempts:
		line(zerolog.WarnLevel).Msg("the unit of work met a conflict in its last attempt")
	case t.r.Sent().Started:
		line(zerolog.WarnLevel).Msg("the unit of work met a conflict; not retried, since the response has begun")
	case !body.isWhole():
		line(zerolog.WarnLevel).Int64("max_replay", t.m.MaxReplay).Msg("the unit of work met a conflict; not retried, since the body is too long to be read again")
	default:
		line(zerolog.InfoLevel).Msg("the unit of work met a conflict; retrying")
		return true
	}
	return false
}

// discard ends the copy of an attempt that failed.
func (t *try) discard(resp *web.Response) {
	if resp != nil {
		_ = resp.Close()
	}
	r := t.unit.r
	finish := web.Guard(func(r *web.Request) (*web.Response, error) { return nil, web.Drive(r).RunFinishedCallbacks() })
	if _, err := finish(r); err != nil {
		r.Log().Error().Err(err).Msg("finished callback")
	}
	if form := r.MultipartForm; form != nil && t.r.MultipartForm == nil {
		_ = form.RemoveAll()
	}
}

// wait waits for a random time before attempt n+1, and returns an error if ctx ends first.
func wait(ctx context.Context, backoff time.Duration, n int) error {
	longest := maxBackoff
	if n < 30 {
		longest = min(max(backoff<<(n-1), backoff), maxBackoff)
	}
	timer := time.NewTimer(rand.N(longest) + 1)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
