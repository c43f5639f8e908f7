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
	c.addHook(c.Directive(), starting, fn)
}

// OnStop registers a hook that runs when the application stops, after the last request. All hooks
// run, in the reverse order of their registration, even if some fail. If the start failed, those
// run that were registered before the failed hook. ctx limits the time they have.
func (c *Configurator) OnStop(fn func(ctx context.Context, app *App) error) {
	c.addHook(c.Directive(), stopping, fn)
}

// phase is when a hook is called.
type phase string

const (
	starting phase = "start"
	stopping phase = "stop"
)

// hook is one function of OnStart or OnStop.
type hook struct {
	phase  phase
	fn     func(context.Context, *App) error
	name   string
	source registry.Source
}

// hooks are the hooks of an application in the order they were registered. Both kinds are in one
// list, since the position of a hook says which OnStop hooks run if it fails.
type hooks struct{ list []*hook }

func (c *Configurator) addHook(config *registry.Config, when phase, fn func(context.Context, *App) error) {
	if fn == nil {
		config.Fail(fmt.Errorf("on %s: the function is nil", when))
		return
	}
	h := &hook{phase: when, fn: fn, name: registry.FuncName(fn), source: config.Source()}
	config.Declare(registry.Declaration{
		Category: "life cycle", Type: string(when) + " hook", ID: h, Title: h.name,
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			all := registry.Ensure(reg, func() *hooks { return new(hooks) })
			all.list = append(all.list, h)
			return nil
		},
	})
}

// LifecycleError is the error of one OnStart or OnStop hook.
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
