package framework

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/views/web"
)

// undoTime bounds the stop hooks that undo a start which failed.
const undoTime = 5 * time.Second

// life is how far an application has come. It is made with the application
// and belongs to it.
type life struct {
	draining chan struct{} // closed when the drain begins
	drain    func()        // closes it, once

	mu    sync.Mutex // guards state
	state lifeState
	ended chan struct{} // closed when the stop hooks have run
}

type lifeState uint8

const (
	lifeNew lifeState = iota
	lifeStarting
	lifeRunning
	lifeStopping
)

func newLife() *life {
	l := &life{draining: make(chan struct{}), ended: make(chan struct{})}
	l.drain = sync.OnceFunc(func() { close(l.draining) })
	return l
}

var _ web.Drainer = (*App)(nil)

// Start runs the OnStart hooks, in the order of their declaration. If one
// fails, or ctx ends, those OnStop hooks run, in reverse, that were declared
// before it, within 5 seconds; the error holds what both returned.
//
// An App starts once. Serve starts it by itself; an application that is
// served by something else, or used by a job, is started by its program. It
// answers requests also without a start: hooks are all that a start is.
func (a *App) Start(ctx context.Context) error {
	if !a.life.move(lifeNew, lifeStarting) {
		return errors.New("start: the application has been started before: build another one")
	}
	list := a.hooks()
	for i, h := range list {
		if h.phase != starting {
			continue
		}
		err := context.Cause(ctx)
		if err != nil {
			err = h.failed(err)
		} else {
			err = h.call(ctx, a)
		}
		if err != nil {
			undo, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoTime)
			defer cancel()
			a.life.move(lifeStarting, lifeStopping)
			return errors.Join(err, a.stop(undo, list[:i]))
		}
	}
	a.life.move(lifeStarting, lifeRunning)
	return nil
}

// Shutdown tells those who listen to Draining, drains the executor of the
// views, if there is one, and runs the OnStop hooks in the reverse order of
// their declaration, every one, whatever the others return; the error joins
// theirs. ctx bounds them: a hook that goes on a quarter of a second after its
// end is named in the error and left behind.
//
// It is for applications that were started with Start: Serve does it by
// itself. Before a start there is no hook to run, and a second Shutdown waits
// for the first. Requests are the server's to wait for, before Shutdown; work
// of theirs that goes on although they have ended is part of the error, with
// the place where it was started.
func (a *App) Shutdown(ctx context.Context) error {
	a.life.drain()
	switch a.life.stop() {
	case lifeNew:
		defer close(a.life.ended)
		return errors.Join(a.drainExecutor(ctx), a.left.report())
	case lifeRunning:
		return errors.Join(a.stop(ctx, a.hooks()), a.left.report())
	case lifeStarting:
		return errors.New("shutdown: the application is starting: end the context of Start")
	}
	select {
	case <-a.life.ended:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Draining returns a channel that is closed when the application is about to stop: by Drain
// or Shutdown, whichever comes first. Views use Request.Draining.
func (a *App) Draining() <-chan struct{} { return a.life.draining }

// Drain closes the channel that Draining returns, so that streams and sockets end. Serve calls
// it when it has stopped listening. It may be called more than once.
func (a *App) Drain() { a.life.drain() }

// stop drains the executor, then runs the stop hooks of list in reverse: they may
// close what its work needs.
func (a *App) stop(ctx context.Context, list []*hook) error {
	defer close(a.life.ended)
	a.life.drain()
	failed := []error{a.drainExecutor(ctx)}
	for _, h := range slices.Backward(list) {
		if h.phase == stopping {
			failed = append(failed, h.call(ctx, a))
		}
	}
	return errors.Join(failed...)
}

// drainExecutor lets the executor of the views, if there is one, take no more
// work, and waits for what it has.
func (a *App) drainExecutor(ctx context.Context) error {
	ex, ok := registry.Lookup[*async.Executor](a.web.Registry)
	if !ok {
		return nil
	}
	return ex.Close(ctx)
}

func (a *App) hooks() []*hook {
	all, ok := registry.Lookup[*hooks](a.web.Registry)
	if !ok {
		return nil
	}
	return all.list
}

// move goes from one state to another, and reports whether it was in the first.
func (l *life) move(from, to lifeState) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state != from {
		return false
	}
	l.state = to
	return true
}

// stop returns the state before, and leaves it for good unless a start is
// under way.
func (l *life) stop() lifeState {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.state
	if before != lifeStarting {
		l.state = lifeStopping
	}
	return before
}
