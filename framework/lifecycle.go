package framework

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// OnStart has fn called when the application starts, before it serves: to
// open what views will use, and to find out early that it cannot be opened.
// Hooks run one after the other, in the order of their declaration; the first
// error ends the start, and what was begun is undone by the OnStop hooks that
// were declared before the hook that failed. So declare the two in pairs:
//
//	config.OnStart(func(ctx context.Context, _ *framework.App) error { return pool.Open(ctx) })
//	config.OnStop(func(context.Context, *framework.App) error { return pool.Close() })
//
// ctx ends when the start is given up. A hook that starts a goroutine gives it
// a context of its own, and an OnStop hook that waits for it. The error that
// Start returns is a *LifecycleError, which names fn and the line of this call.
func (c *Configurator) OnStart(fn func(ctx context.Context, app *App) error) {
	c.addHook(c.Directive(), starting, fn)
}

// OnStop has fn called when the application stops, after the last request of
// its server. Hooks run in the reverse order of their declaration, all of
// them, whatever the others return, and also if the start failed at a later
// hook. ctx bounds the time that they have.
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

// hooks are those of an application in the order of declaration, both kinds
// in one list, for the place of a hook says what is undone when it fails.
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

// LifecycleError is what went wrong in one hook of OnStart or OnStop.
type LifecycleError struct {
	Phase  string          // "start" or "stop"
	Func   string          // the hook's name in Go
	Source registry.Source // where it was declared
	Err    error
}

var _ error = (*LifecycleError)(nil)

// Error names the hook and its place.
func (e *LifecycleError) Error() string {
	return fmt.Sprintf("%s %s (%s): %v", e.Phase, e.Func, e.Source, e.Err)
}

// Unwrap returns what the hook returned; a *web.PanicError if it panicked.
func (e *LifecycleError) Unwrap() error { return e.Err }

var errStillRunning = errors.New("still running when its time was up: a hook returns when its context ends")

// lastMoment is how long a hook has to return once its context ended.
const lastMoment = 250 * time.Millisecond

// call runs the hook. One that ignores the end of its context is left behind,
// so that it cannot keep the program from ending.
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
	last := time.NewTimer(lastMoment)
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
