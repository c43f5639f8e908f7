package transaction

import (
	"context"
	"errors"
	"time"

	"github.com/mastaba-go/mastaba/views/web"
)

// RunOptions are the options of [Run]. The zero value is one attempt, which may write.
type RunOptions struct {
	// ReadOnly makes the unit one that only reads.
	ReadOnly bool
	// Attempts is how often fn may be called, as in Options; 0 and 1 mean once.
	Attempts int
	// Backoff is that of Options; 0 means 20 ms.
	Backoff time.Duration
}

// Run calls fn in a unit of work of its own, for jobs, commands, streams and error views: it
// commits if fn returns nil, and rolls back if fn returns an error or panics. A conflict is retried
// like that of a request; fn must then be able to run again. The error is that of fn, a
// [*FailedError] or a [*CommitError].
//
// fn uses the context that it gets, in which From, UnitOf and stores find the unit. A unit of ctx
// goes on beside it, in another transaction: on SQLite that is a deadlock, which ends with the busy
// timeout, if both write. Use [Nested] for a part of a unit.
//
// In a request, db is usually that of [DatabaseOf].
func Run(ctx context.Context, db Database, o RunOptions, fn func(ctx context.Context) error) error {
	if db == nil {
		return errors.New("transaction.Run: the Database is nil")
	}
	if o.Backoff <= 0 {
		o.Backoff = defaultBackoff
	}
	attempts := max(o.Attempts, 1)
	r, _ := web.FromContext(ctx)
	for n := 1; ; n++ {
		u := &Unit{below: ctx, db: db, readOnly: func(*web.Request) bool { return o.ReadOnly }, attempt: n, attempts: attempts}
		u.r = r
		err := u.run(fn)
		if err == nil || n >= attempts || ctx.Err() != nil || !isMarked(err) && !db.Retryable(err) {
			return err
		}
		u.log().Info().Err(err).Int("attempt", n).Int("attempts", attempts).Msg("the unit of work met a conflict; retrying")
		if failed := wait(ctx, o.Backoff, n); failed != nil {
			return errors.Join(failed, err)
		}
	}
}

// run calls fn, and ends the unit.
func (u *Unit) run(fn func(context.Context) error) error {
	returned := false
	defer func() {
		if !returned {
			_ = u.end(false)
		}
	}()
	err := fn(u.context())
	returned = true
	if err != nil {
		err = u.explain(err)
		_ = u.end(false)
		return err
	}
	return u.end(true)
}
