package server

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	// lingerTime is how long idle connections stay open after the server has stopped
	// listening. A request that arrives on one of them is served, as its last.
	lingerTime = 250 * time.Millisecond
	// goAwayTime is how long an idle connection of HTTP/2 stays open after its GOAWAY, so that
	// the client can close it. net/http waits a second.
	goAwayTime = 100 * time.Millisecond
	// drainTick is how often the drain checks whether it is done.
	drainTick = 5 * time.Millisecond
	// cutTime is how long handlers have to notice that their connection was closed.
	cutTime = 250 * time.Millisecond
)

// ErrDraining is the cause of a request's cancelled context when the drain of its server
// took too long. See context.Cause.
var ErrDraining = errors.New("the server is shutting down, and the request did not end in time")

// drain ends the serving without losing a request that a client has sent, as far as HTTP
// allows it. A client whose connection is closed opens a new one, and that one would be
// lost. So the server first stops listening, having accepted what was in the system's
// queue, and only then asks clients to close. With a delay it asks at once, because a
// load balancer then sends new connections elsewhere.
//
// Only requests in flight hold up the drain, and only those are lost at its timeout: an idle
// connection is closed after its linger time, and is no error.
func (s *server) drain(cut context.CancelCauseFunc) error {
	s.ready.Store(false)
	s.log.Info().Int64("requests", s.requests.count()).Dur("delay", s.o.DrainDelay).Msg("draining")
	if s.o.DrainDelay > 0 {
		s.departing.Store(true)
		time.Sleep(s.o.DrainDelay)
	}
	s.listener.finish()
	s.departing.Store(true)
	s.lifecycle.Drain()

	bound, release := context.Background(), context.CancelFunc(func() {})
	if d := s.o.DrainTimeout; d > 0 {
		bound, release = context.WithTimeout(bound, d)
		last := time.AfterFunc(d-min(d/10, time.Second), func() { cut(ErrDraining) })
		defer last.Stop()
	}
	defer release()

	s.wait(bound, lingerTime, s.quiet)
	for _, c := range s.listener.open(func(state connState) bool { return state == connNew }) {
		_ = c.Close() // opened in advance, as browsers do
	}
	// Shutdown closes idle connections, and makes the others close when their request
	// ends. It would wait for them too, but checks only twice a second.
	expired, cancel := context.WithCancel(bound)
	cancel()
	_ = s.http.Shutdown(expired)
	idle := map[*conn]time.Time{}
	if s.wait(bound, 0, func() bool {
		s.closeIdle(idle)
		return s.quiet() && s.idle()
	}) {
		s.closeAll() // hijacked connections whose handler has returned
		return nil
	}
	lost := s.inFlight()
	cut(ErrDraining)
	s.closeAll()
	err := s.http.Close()
	if lost != "" {
		err = errors.Join(fmt.Errorf("drain: timed out after %v with %s; connections closed", s.o.DrainTimeout, lost), err)
	}
	if !s.wait(context.Background(), cutTime, s.idle) {
		s.log.Warn().Int64("requests", s.requests.count()).Msg("handlers still run although their connections were closed")
	}
	return err
}

// inFlight describes what is lost if all connections are closed, "" for nothing.
func (s *server) inFlight() string {
	requests := s.requests.count()
	sending := len(s.listener.open(func(state connState) bool { return state == connActive }))
	switch {
	case requests == 1:
		return "1 request in flight"
	case requests > 1:
		return fmt.Sprintf("%d requests in flight", requests)
	case sending == 1: // its handler has returned
		return "1 response still being sent"
	case sending > 1:
		return fmt.Sprintf("%d responses still being sent", sending)
	}
	return ""
}

// closeIdle closes the connections that have been idle for goAwayTime. since records when it
// first saw them so. Shutdown has closed those of HTTP/1 and sent a GOAWAY to the others, which
// accept no request any more.
func (s *server) closeIdle(since map[*conn]time.Time) {
	now := time.Now()
	for _, c := range s.listener.open(connState.isIdle) {
		switch first, seen := since[c]; {
		case !seen:
			since[c] = now
		case now.Sub(first) >= goAwayTime:
			_ = c.Close()
		}
	}
}

// quiet reports whether no connection is left other than hijacked ones.
func (s *server) quiet() bool {
	return len(s.listener.open(func(state connState) bool { return state != connHijacked })) == 0
}

// idle reports whether no request is in flight.
func (s *server) idle() bool { return s.requests.count() == 0 }

func (s *server) closeAll() {
	for _, c := range s.listener.open(func(connState) bool { return true }) {
		_ = c.Close()
	}
}

// wait waits until done returns true, ctx ends or, unless limit is zero, limit has passed.
// It reports whether done returned true.
func (s *server) wait(ctx context.Context, limit time.Duration, done func() bool) bool {
	if limit > 0 {
		var release context.CancelFunc
		ctx, release = context.WithTimeout(ctx, limit)
		defer release()
	}
	tick := time.NewTicker(drainTick)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return done()
		}
	}
	return true
}
