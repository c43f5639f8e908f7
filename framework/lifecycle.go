package framework

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// OnStart registers a hook that runs when the application starts, before it serves requests, for
// example to open a database. Hooks run one after the other in the order they are registered. The
// first error ends the start; then the OnStop hooks registered before the failed hook run. So
// register the two in pairs:
//
//	config.OnStart(func(ctx context.Context, _ *framework.App) error { return pool.Open(ctx) })
//	config.OnStop(func(context.Context, *framework.App) error { return pool.Close() })
//
// ctx is the context given to Start. A hook that starts a goroutine gives it another context, and
// an OnStop hook ends it and waits for it. Start returns the error as a *LifecycleError, which
// names fn and where it was registered.
func (c *Configurator) OnStart(fn func(ctx context.Context, app *App) error) {
	c.addHook(c.Directive(), hook{phase: starting, fn: fn})
}

// OnServe registers a pair of hooks, as OnStart and OnStop do, that run only if the application
// starts to serve requests (Start): for background work such as sending mail. Commands such as
// request and explain, one-time jobs and tests call StartOffline, which leaves both hooks out. stop
// may be nil.
func (c *Configurator) OnServe(start, stop func(ctx context.Context, app *App) error) {
	config := c.Directive()
	c.addHook(config, hook{phase: starting, fn: start, serving: true})
	if stop != nil {
		c.addHook(config, hook{phase: stopping, fn: stop, serving: true})
	}
}

// OnStop registers a hook that runs when the application stops, after the last request. All hooks
// run, in the reverse order of their registration, even if some fail. If the start failed, those
// run that were registered before the failed hook. ctx limits the time they have.
func (c *Configurator) OnStop(fn func(ctx context.Context, app *App) error) {
	c.addHook(c.Directive(), hook{phase: stopping, fn: fn})
}

// phase is when a hook is called.
type phase string

const (
	starting phase = "start"
	stopping phase = "stop"
)

// hook is one function of OnStart, OnStop or OnServe.
type hook struct {
	phase   phase
	fn      func(context.Context, *App) error
	serving bool // of OnServe
	name    string
	source  registry.Source
}

// hooks are the hooks of an application in the order they were registered. Both kinds are in one
// list, since the position of a hook says which OnStop hooks run if it fails.
type hooks struct{ list []*hook }

func (c *Configurator) addHook(config *registry.Config, of hook) {
	if of.fn == nil {
		when := of.phase
		if of.serving {
			when = "serve"
		}
		config.Report(fmt.Errorf("on %s: the function is nil: want a func(context.Context, *framework.App) error", when))
		return
	}
	h := &of
	h.name, h.source = registry.FuncName(h.fn), config.Source()
	config.Declare(registry.Declaration{
		Category: "life cycle", Type: string(h.phase) + " hook", ID: h, Title: h.name,
		Fields: []registry.Field{{Name: "serving only", Value: h.serving}},
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			all := registry.Ensure(reg, func() *hooks { return new(hooks) })
			all.list = append(all.list, h)
			return nil
		},
	})
}

// LifecycleError is the error of one OnStart, OnStop or OnServe hook.
type LifecycleError struct {
	Phase  string          // "start" or "stop"
	Func   string          // the name of the hook in Go
	Source registry.Source // where it was registered
	Err    error
}

var _ error = (*LifecycleError)(nil)

// Error returns a text that names the hook and its source.
func (e *LifecycleError) Error() string {
	return fmt.Sprintf("%s %s (%s): %v", e.Phase, e.Func, e.Source, e.Err)
}

// Unwrap returns the error of the hook, a *web.PanicError if it panicked.
func (e *LifecycleError) Unwrap() error { return e.Err }

var errStillRunning = errors.New("still running after its context ended; a hook must return when its context ends")

// hookGrace is how long a hook may still run after its context ended.
const hookGrace = 250 * time.Millisecond

// call runs the hook. It leaves a hook running that ignores the end of its context, so that the
// program can end.
func (h *hook) call(ctx context.Context, app *App) error {
	done := make(chan error, 1)
	go func() {
		err := errors.New("the hook ended its goroutine")
		defer func() { done <- err }()
		err = web.Try(func() error { return h.fn(ctx, app) })
	}()
	select {
	case err := <-done:
		return h.failed(err)
	case <-ctx.Done():
	}
	last := time.NewTimer(hookGrace)
	defer last.Stop()
	select {
	case err := <-done:
		return h.failed(err)
	case <-last.C:
		return h.failed(errStillRunning)
	}
}

func (h *hook) failed(err error) error {
	if err == nil {
		return nil
	}
	return &LifecycleError{Phase: string(h.phase), Func: h.name, Source: h.source, Err: err}
}
