package transaction

import (
	"context"

	"github.com/rs/zerolog"

	"github.com/mastaba-go/mastaba/views/web"
)

// AfterCommit registers fn, which is called once when the unit has been committed; in a unit that
// did nothing to the database too. It is the place for what cannot be rolled back: mail, messages,
// change events.
//
// Hooks run in the order of their registration, before the response is sent, on the goroutine that
// commits. Their context is not cancelled, has the values of the request, and no unit. They cannot
// change the response; a panic is logged, and the next hook runs. A hook of a nested unit that is
// rolled back never runs, nor does one that is registered after the end.
func (u *Unit) AfterCommit(fn func(context.Context)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if fn != nil && !u.ended {
		u.onCommit = append(u.onCommit, fn)
	}
}

// AfterAbort registers fn, which is called once when the unit was rolled back or its commit failed:
// the place to remove a file that only the rolled back rows know. It runs as hooks of [AfterCommit]
// do. If the request is retried, the hooks of the attempt that failed run before the next. A hook
// of a nested unit that is rolled back runs at the end of the outermost one.
func (u *Unit) AfterAbort(fn func(context.Context)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if fn != nil && !u.ended {
		u.onAbort = append(u.onAbort, fn)
	}
}

// call calls hooks, outside of the unit.
func (u *Unit) call(hooks []func(context.Context)) {
	if len(hooks) == 0 {
		return
	}
	ctx := u.below
	if _, ok := web.FromContext(ctx); !ok && u.r != nil {
		ctx = u.r.Context() // what is below it is the context of net/http
	}
	ctx = Outside(context.WithoutCancel(ctx))
	for _, hook := range hooks {
		if err := web.Try(func() error { hook(ctx); return nil }); err != nil {
			u.log().Error().Err(err).Msg("hook of a unit of work")
		}
	}
}

// log returns the logger of the request. Outside of requests, only the caller of Run
// learns of errors.
func (u *Unit) log() *zerolog.Logger {
	if u.r != nil {
		return u.r.Log()
	}
	return zerolog.Ctx(u.below)
}
