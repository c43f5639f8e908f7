package framework

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal/async"
)

// undoTime limits the OnStop hooks that undo a failed start.
const undoTime = 5 * time.Second

// life is where an application is between its start and its shutdown.
type life struct {
	draining chan struct{} // closed when the drain begins
	drain    func()        // closes it, once

	mu      sync.Mutex // guards state
	state   lifeState
	offline bool          // set before the first hook runs
	ended   chan struct{} // closed when the stop hooks have run
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

// Start runs the hooks of OnStart and OnServe in the order they were registered. If one fails, or
// ctx ends, Start runs the OnStop hooks registered before that hook in reverse order, for at most 5
// seconds, and returns the errors of all of them.
//
// An App starts once. Serve calls Start itself. A program that serves the App in another way calls
// Start if the application has hooks: Start does nothing but run them.
func (a *App) Start(ctx context.Context) error { return a.start(ctx, false) }

// StartOffline is Start for commands, jobs and tests, which serve no clients: it leaves out the
// hooks of OnServe, and so does Shutdown.
func (a *App) StartOffline(ctx context.Context) error { return a.start(ctx, true) }

func (a *App) start(ctx context.Context, offline bool) error {
	if !a.life.move(lifeNew, lifeStarting) {
		return errors.New("start: the application was started before; build another one")
	}
	a.life.offline = offline
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

// Shutdown closes the channel of Draining, drains the executor of the views if there is one, and
// runs all OnStop hooks in the reverse order of their registration. It returns their errors,
// joined. ctx limits them: a hook that still runs a quarter of a second after ctx ended is left
// running, and the error names it.
//
// Call Shutdown if you called Start, after the last request. Serve does both itself. Without a
// start Shutdown runs no hooks; a second Shutdown waits for the first. The error also names
// goroutines that outlived their requests, with the file and line that started them.
func (a *App) Shutdown(ctx context.Context) error {
	a.life.drain()
	switch a.life.stop() {
	case lifeNew:
		defer close(a.life.ended)
		return errors.Join(a.drainExecutor(ctx), a.stragglers.err())
	case lifeRunning:
		return errors.Join(a.stop(ctx, a.hooks()), a.stragglers.err())
	case lifeStarting:
		return errors.New("shutdown: the application is starting; cancel the context of Start instead")
	}
	select {
	case <-a.life.ended:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Draining returns a channel that is closed when the application begins to stop: by Drain or
// Shutdown, whichever comes first. Views use Request.Draining.
func (a *App) Draining() <-chan struct{} { return a.life.draining }

// Drain closes the channel of Draining, so that streams and sockets end. Serve calls it when it has
// stopped listening. It may be called more than once.
func (a *App) Drain() { a.life.drain() }

// stop drains the executor, then runs the OnStop hooks of list in reverse, which may close what
// the executor needs.
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

// drainExecutor closes the executor of the views, if there is one, and waits for its work.
func (a *App) drainExecutor(ctx context.Context) error {
	ex, ok := registry.Lookup[*async.Executor](a.web.Registry)
	if !ok {
		return nil
	}
	return ex.Close(ctx)
}

// hooks returns the hooks that run.
func (a *App) hooks() []*hook {
	all, ok := registry.Lookup[*hooks](a.web.Registry)
	switch {
	case !ok:
		return nil
	case a.life.offline:
		return slices.DeleteFunc(slices.Clone(all.list), func(h *hook) bool { return h.serving })
	}
	return all.list
}

// move changes the state from one to another, and reports whether it was the first.
func (l *life) move(from, to lifeState) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state != from {
		return false
	}
	l.state = to
	return true
}

// stop changes the state to lifeStopping, unless the start is still in progress, and returns the
// state before.
func (l *life) stop() lifeState {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.state
	if before != lifeStarting {
		l.state = lifeStopping
	}
	return before
}
