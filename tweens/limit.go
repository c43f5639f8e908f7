package tweens

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mastaba-go/mastaba/views/web"
)

// LimitOptions are the options of Limit. With the zero value as many requests may wait as may run,
// for a second.
type LimitOptions struct {
	// Queue is how many requests may wait. 0 means as many as may run, a negative number none.
	Queue int
	// Wait is how long a request waits at most. 0 means one second.
	Wait time.Duration
	// RetryAfter is the Retry-After header of a refusal. 0 means Wait, but at least one second.
	RetryAfter time.Duration
	// Skip lets requests pass that must always get a response, such as those of a health check.
	// They are not counted.
	Skip func(r *web.Request) bool
	// FreeStreams stops counting a request when its response is made, not when it is sent: for
	// event streams and sockets, which last for hours. Without it, a response whose body is a
	// reader, a stream or a handler (views.HTTP) counts until it was sent or the client has
	// disconnected.
	FreeStreams bool
}

// Limit lets at most max requests at a time through to inner tweens. Further ones wait in a queue
// of bounded length for a bounded time, in the order in which they came; when the queue is full, or
// the time is over, the response is 503 with Retry-After. A waiting request leaves when its client
// disconnects (499) or its deadline passes (504).
//
// Each Factory is one limit, shared by all applications and chains that use it. Under ExcView a
// refusal is an error, which an error view may handle; outside, where it costs least, it is a plain
// response. Inside Timeout the time in the queue counts as time of the request, and a view that
// outlives its deadline keeps its place until it ends.
func Limit(max int, o LimitOptions) Factory {
	var err error
	if max < 1 {
		err = fmt.Errorf("limit of %d requests: want 1 or more", max)
	}
	l := newLimiter(max, o)
	return Wrap(func(next web.Handler) web.Handler {
		return func(r *web.Request) (*web.Response, error) { return l.handle(next, r) }
	}).Named(callText("Limit", max, o)).WithErr(err)
}

// limiter is the state of one limit. A channel serves waiting senders in order, and has no free
// place for a new request while others wait.
type limiter struct {
	LimitOptions
	places  chan struct{} // holds one value per running request
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
	refusal := web.ServiceUnavailable("too many requests in flight").WithRetryAfter(o.RetryAfter)
	return &limiter{LimitOptions: o, places: make(chan struct{}, max(places, 0)), refusal: refusal}
}

func (l *limiter) handle(next web.Handler, r *web.Request) (resp *web.Response, err error) {
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
	release := true
	defer func() {
		if release {
			<-l.places
		}
	}()
	if resp, err = next(r); err == nil && resp != nil && !l.FreeStreams && resp.Pending() {
		release = false
		l.hold(r)
	}
	return resp, err
}

// hold keeps the place until the request is finished. If another finished callback fails, which
// keeps later ones from running, the place is free when the request's context ends.
func (l *limiter) hold(r *web.Request) {
	release := sync.OnceFunc(func() { <-l.places })
	stop := context.AfterFunc(r.Context(), release)
	r.AddFinishedCallback(func(*web.Request) error {
		stop()
		release()
		return nil
	})
}

// wait waits for a place. It returns nil if it got one.
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
		cause := fmt.Errorf("wait for other requests: %w", context.Cause(ctx))
		if ctx.Err() == context.DeadlineExceeded {
			return web.GatewayTimeout("").With(cause)
		}
		return web.Status(web.StatusClientClosedRequest, "").With(cause)
	}
}
