package sse

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/mastaba-go/mastaba/views/web"
)

// Options are the options of [New]. The zero value is right for most streams.
type Options struct {
	// Retry is how long browsers wait before they come back; 0: what they do by themselves, about
	// three seconds.
	Retry time.Duration
	// Heartbeat is how often a comment is sent, so that proxies keep the connection, and the end of
	// a client is noticed; 0: 15 seconds, below zero: never.
	Heartbeat time.Duration
	// WriteTimeout is how long a client may take to accept what is sent; 0: 10 seconds, below zero:
	// no limit. The stream of a client that is slower ends.
	WriteTimeout time.Duration
	// MaxAge ends the stream after this time. The browser comes back, and everything about the
	// request is decided anew: who the user is, and what they may read. 0: never.
	MaxAge time.Duration
}

// The causes of the end of a stream's context, besides those of the request. None is an error of
// the stream: the browser comes back.
var (
	// ErrDraining means that the server is stopping.
	ErrDraining = errors.New("sse: the server is stopping")
	// ErrMaxAge means that Options.MaxAge is over.
	ErrMaxAge = errors.New("sse: the stream has reached its MaxAge")
	// ErrGone means that the client did not accept what was sent, or has closed the connection.
	ErrGone = errors.New("sse: the client is gone")
)

// longestID is how many bytes a Last-Event-ID may have. A longer one is ignored.
const longestID = 4096

// LastEventID returns the ID of the last event that the client has, "" if it has none or does not
// say so. Browsers send it when they come back. The client may send any text.
func LastEventID(r *web.Request) string {
	if id := r.Header.Get("Last-Event-ID"); len(id) <= longestID {
		return id
	}
	return ""
}

// End returns the response that makes a browser stop coming back: 204, without content.
func End(r *web.Request) *web.Response { return r.Empty(http.StatusNoContent) }

// New returns a response that is a stream of events. fn sends them, until its context ends, and
// then returns. It runs when the response is sent, on the goroutine of the request: after the view
// has returned, and outside of the tweens. Headers are sent at once.
//
// The context ends with the request, and with one of the causes [ErrDraining], [ErrMaxAge] and
// [ErrGone]. An error that fn returns after that is not reported. Any other is logged, and aborts
// the connection, so the browser comes back. To end the stream for good, the view returns [End]
// when the client comes back.
//
// While the server stops, the response has no events: fn is not called, and the browser comes back
// to the next server.
func New(r *web.Request, o Options, fn func(ctx context.Context, s *Stream) error) *web.Response {
	r.Keep()
	resp := r.Empty(http.StatusOK)
	resp.SetContentType("text/event-stream")
	resp.SetHeader("Cache-Control", "no-cache")
	resp.SetHeader("X-Accel-Buffering", "no") // nginx passes each event on at once
	resp.SetStream(func(w web.StreamWriter) error { return run(r, o, w, fn) })
	return resp
}

// Stream is a stream of events that is being sent. It is safe for concurrent use, until the
// function that got it returns.
type Stream struct {
	cancel  context.CancelCauseFunc
	timeout time.Duration

	mu       sync.Mutex // guards the rest
	w        web.StreamWriter
	deadline func(time.Time) error
	buffer   []byte
}

// run sends a stream.
func run(r *web.Request, o Options, w web.StreamWriter, fn func(context.Context, *Stream) error) error {
	ctx, cancel := context.WithCancelCause(r.Context())
	defer cancel(nil)
	s := &Stream{cancel: cancel, timeout: cmp.Or(o.WriteTimeout, 10*time.Second), w: w, deadline: func(time.Time) error { return nil }}
	if limited, ok := w.(interface{ SetWriteDeadline(time.Time) error }); ok && s.timeout > 0 {
		s.deadline = limited.SetWriteDeadline
		defer func() { _ = s.deadline(time.Time{}) }() // of the next request on the connection
	}
	first := Event{Retry: o.Retry}
	if err := s.write(func(b []byte) []byte { return first.append(append(b, ":\n"...)) }); err != nil {
		return nil // the client is gone
	}
	select {
	case <-r.Draining():
		return nil
	default:
	}
	var watching sync.WaitGroup
	watching.Go(func() { s.watch(ctx, r, o) })
	defer watching.Wait()
	defer cancel(nil)
	err := fn(ctx, s)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// watch sends heartbeats and ends the context, until that ends.
func (s *Stream) watch(ctx context.Context, r *web.Request, o Options) {
	var beats, aged <-chan time.Time
	if every := cmp.Or(o.Heartbeat, 15*time.Second); every > 0 {
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		beats = ticker.C
	}
	if o.MaxAge > 0 {
		timer := time.NewTimer(o.MaxAge)
		defer timer.Stop()
		aged = timer.C
	}
	for {
		select {
		case <-beats:
			_ = s.write(func(b []byte) []byte { return append(b, ":\n\n"...) }) // it ends the context
		case <-aged:
			s.cancel(ErrMaxAge)
		case <-r.Draining():
			s.cancel(ErrDraining)
		case <-ctx.Done():
			return
		}
	}
}

// Send sends an event. An error is that of an invalid event, or wraps [ErrGone]; then the context
// of the stream has ended.
func (s *Stream) Send(e Event) error {
	if err := e.check(); err != nil {
		return err
	}
	return s.write(e.append)
}

// write sends what fill appends.
func (s *Stream) write(fill func([]byte) []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.buffer = fill(s.buffer[:0])
	var err error
	if s.timeout > 0 {
		err = s.deadline(time.Now().Add(s.timeout))
	}
	if err == nil {
		_, err = s.w.Write(s.buffer)
	}
	if err == nil {
		err = s.w.Flush()
	}
	if cap(s.buffer) > 64<<10 {
		s.buffer = nil
	}
	if err != nil {
		err = fmt.Errorf("%w: %w", ErrGone, err)
		s.cancel(err)
	}
	return err
}
