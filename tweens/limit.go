package tweens

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// LimitOptions are the choices of Limit. The zero value lets as many wait as may run, for a second.
type LimitOptions struct {
	// Queue is how many requests may wait. 0 means as many as may run, less: none.
	Queue int
	// Wait is how long a request waits at most. 0 means a second.
	Wait time.Duration
	// RetryAfter is what a client is told that was refused. 0 means Wait, rounded up to a second.
	RetryAfter time.Duration
	// Skip lets requests pass that shall always be answered, such as those of a health check. They are not counted.
	Skip func(r *web.Request) bool
	// FreeStreams counts a request until its response is there, and not what is made of it while it is sent: for streams of
	// events and sockets, which would keep their places for hours. Without it a response whose body is a reader, a stream or a
	// handler (views.HTTP) counts until it was sent, or the client has left.
	FreeStreams bool
}

// Limit lets at most max requests at a time through to what is further in. The next ones wait in a queue of bounded length
// for a bounded time, in the order in which they came; those beyond are answered 503 with Retry-After at once, and so are
// those that waited in vain. One that waits leaves when its client does (499), or when its deadline passes (504).
//
// Each Factory is one limit, which all applications and chains that use it share. Under ExcView a refusal is an error, for an
// error view to answer; further out, where it costs least, it is the plain answer. Inside of Timeout the time in the queue
// counts as time of the request, and a view that goes on after its deadline keeps its place until it ends.
func Limit(max int, o LimitOptions) Factory {
	l := newLimiter(max, o)
	return New(func(next web.Handler, _ *registry.Registry) (web.Handler, error) {
		if max < 1 {
			return nil, fmt.Errorf("limit of %d requests: nothing would ever be answered; give 1 or more", max)
		}
		return func(r *web.Request) (*web.Response, error) { return l.answer(next, r) }, nil
	}).Named(callText("Limit", max, o))
}

// limiter is the state of one limit. Waiting for a channel is fair: who came first is served first, and while somebody waits
// there is no free place for a newcomer to take.
type limiter struct {
	LimitOptions
	places  chan struct{} // one in it for each request that runs
	waiting atomic.Int64
	refusal *web.HTTPError
}

func newLimiter(places int, o LimitOptions) *limiter {
	switch {
	case o.Queue == 0:
		o.Queue = places
	case o.Queue < 0:
		o.Queue = 0
	}
	if o.Wait <= 0 {
		o.Wait = time.Second
	}
	if o.RetryAfter <= 0 {
		o.RetryAfter = max(o.Wait, time.Second)
	}
	refusal := web.ServiceUnavailable("too many requests are being answered just now").WithRetryAfter(o.RetryAfter)
	return &limiter{LimitOptions: o, places: make(chan struct{}, max(places, 0)), refusal: refusal}
}

func (l *limiter) answer(next web.Handler, r *web.Request) (resp *web.Response, err error) {
	if l.Skip != nil && l.Skip(r) {
		return next(r)
	}
	select {
	case l.places <- struct{}{}:
	default:
		if refusal := l.wait(r.Context()); refusal != nil {
			return refuse(r, refusal)
		}
	}
	held := true
	defer func() {
		if held {
			<-l.places
		}
	}()
	if resp, err = next(r); err == nil && resp != nil && !l.FreeStreams && resp.Pending() {
		held = false
		l.hold(r)
	}
	return resp, err
}

// hold keeps a place until the request is finished. Should another finished callback fail, which keeps those behind it from
// running, the place is free when the request's context ends.
func (l *limiter) hold(r *web.Request) {
	release := sync.OnceFunc(func() { <-l.places })
	stop := context.AfterFunc(r.Context(), release)
	r.AddFinishedCallback(func(*web.Request) error {
		stop()
		release()
		return nil
	})
}

// wait waits for a place. It returns nil with one.
func (l *limiter) wait(ctx context.Context) *web.HTTPError {
	if l.waiting.Add(1) > int64(l.Queue) {
		l.waiting.Add(-1)
		return l.refusal
	}
	defer l.waiting.Add(-1)
	timer := time.NewTimer(l.Wait)
	defer timer.Stop()
	select {
	case l.places <- struct{}{}:
		return nil
	case <-timer.C:
		return l.refusal
	case <-ctx.Done():
		cause := fmt.Errorf("wait to be answered: %w", context.Cause(ctx))
		if ctx.Err() == context.DeadlineExceeded {
			return web.GatewayTimeout("").With(cause)
		}
		return web.Status(web.StatusClientClosedRequest, "").With(cause)
	}
}
