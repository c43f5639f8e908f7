package framework

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	// windDown is how long connections that wait for a request are left open
	// after the server has stopped to listen: a request that comes on one of
	// them is answered, and asked to be the last.
	windDown = 250 * time.Millisecond
	// drainStep is how often the drain looks whether it is done.
	drainStep = 5 * time.Millisecond
	// cutWait is how long views have to notice that their connection is cut.
	cutWait = 250 * time.Millisecond
)

// ErrDraining is the cause of the end of a request's context when the drain
// of its server took too long. See context.Cause.
var ErrDraining = errors.New("the server stops, and the request took too long to end")

// drain ends the serving without losing a request that a client has
// sent, in as far as HTTP lets it. Connections that are asked to end are
// replaced by new ones, which nobody takes any more: so the server first
// stops to listen, having taken what the system had accepted for it, and asks
// only then. With a delay it asks at once, for then a balancer sends the new
// connections elsewhere.
func (s *server) drain(cut context.CancelCauseFunc) error {
	s.ready.Store(false)
	s.log.Info().Int64("requests", s.requests.count()).Dur("delay", s.o.DrainDelay).Msg("draining")
	if s.o.DrainDelay > 0 {
		s.departing.Store(true)
		time.Sleep(s.o.DrainDelay)
	}
	s.listener.finish()
	s.departing.Store(true)
	s.app.life.drain()

	bound, release := context.Background(), context.CancelFunc(func() {})
	if d := s.o.DrainTimeout; d > 0 {
		bound, release = context.WithTimeout(bound, d)
		last := time.AfterFunc(d-min(d/10, time.Second), func() { cut(ErrDraining) })
		defer last.Stop()
	}
	defer release()

	s.wait(bound, windDown, s.quiet)
	for _, c := range s.listener.open(func(state connState) bool { return state == connNew }) {
		_ = c.Close() // opened ahead of need, as browsers do
	}
	// Shutdown closes what is idle, and has the others close as their
	// requests end. It would also wait for them, but only look twice a second.
	now, over := context.WithCancel(bound)
	over()
	_ = s.http.Shutdown(now)
	if s.wait(bound, 0, func() bool { return s.quiet() && s.idle() }) {
		s.closeAll() // what views took over and left to others
		return nil
	}
	left := s.requests.count()
	cut(ErrDraining)
	s.closeAll()
	err := fmt.Errorf("drain: %d requests were under way after %v: their connections were cut", left, s.o.DrainTimeout)
	err = errors.Join(err, s.http.Close())
	if !s.wait(context.Background(), cutWait, s.idle) {
		s.log.Warn().Int64("requests", s.requests.count()).Msg("views go on although their connection was cut")
	}
	return err
}

// quiet: no connection is left but those that views took over.
func (s *server) quiet() bool {
	return len(s.listener.open(func(state connState) bool { return state != connHijacked })) == 0
}

// idle: no request is under way.
func (s *server) idle() bool { return s.requests.count() == 0 }

func (s *server) closeAll() {
	for _, c := range s.listener.open(func(connState) bool { return true }) {
		_ = c.Close()
	}
}

// wait waits until done, at the longest until ctx ends, or for the time given
// if that is not zero; it reports whether it is done.
func (s *server) wait(ctx context.Context, longest time.Duration, done func() bool) bool {
	if longest > 0 {
		var release context.CancelFunc
		ctx, release = context.WithTimeout(ctx, longest)
		defer release()
	}
	tick := time.NewTicker(drainStep)
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
