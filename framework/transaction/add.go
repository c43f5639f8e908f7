package transaction

import (
	"errors"
	"fmt"
	"time"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views/web"
)

// TweenName is the name of the tween that [Add] adds, for tweens.Under and tweens.Over.
const TweenName = "transaction"

// DefaultMaxReplay is how much of the body of a request is kept for another attempt, unless
// Options.MaxReplay says otherwise: 1 MiB.
const DefaultMaxReplay = 1 << 20

// Options are the options of [Add]. The zero value suits most applications; it does not retry.
type Options struct {
	// Attempts is how often a request may be handled, the first time included, if the database
	// says that its transaction met another one. 0 and 1 mean once. With more, each request runs on
	// a detached copy (web.Detached), which costs about two microseconds.
	Attempts int
	// AttemptsFor returns the attempts of one request, given the general number. It is called
	// before the route is known. Nil gives all requests the same.
	AttemptsFor func(r *web.Request, attempts int) int
	// MaxReplay is how many bytes of a request's body are kept for the next attempt; 0 means
	// DefaultMaxReplay. A request whose body is longer is not retried.
	MaxReplay int64
	// Backoff is the longest wait before the second attempt, which doubles for each further one, up
	// to one second. The wait is random below it. 0 means 20 ms.
	Backoff time.Duration
	// ReadOnly reports whether the unit of a request may only read. It is called when the
	// transaction begins, so the route and often the view are known; it must not use the unit. Nil
	// means [SafeMethod].
	ReadOnly func(r *web.Request) bool
	// Veto reports whether the unit is rolled back because of the response, which is sent all the
	// same. It is not called for errors. Nil means [DefaultVeto].
	Veto func(r *web.Request, resp *web.Response) bool
	// Skip leaves requests without a unit, such as those of a health check.
	Skip func(r *web.Request) bool
}

// SafeMethod reports whether the method of the request is safe: GET, HEAD, OPTIONS or TRACE.
func SafeMethod(r *web.Request) bool {
	switch r.Method {
	case "", "GET", "HEAD", "OPTIONS", "TRACE":
		return true
	}
	return false
}

// DefaultVeto reports whether the response has a status of 400 or more.
func DefaultVeto(_ *web.Request, resp *web.Response) bool { return resp.Status() >= 400 }

// Add gives each request a unit of work over db. It adds a tween named [TweenName], inside ExcView
// and tweens named "timeout", "limit" and "ratelimit"; hints place it elsewhere. Two in one
// application conflict.
//
//	transaction.Add(config, db, transaction.Options{Attempts: 3})
//
// The application closes the database itself, after its last request.
func Add(rec registry.Recorder, db Database, o Options, hints ...tweens.Option) {
	c := rec.Directive()
	m, err := newManager(db, o)
	c.Declare(registry.Declaration{
		Category: "transactions", Type: "unit of work", ID: TweenName, Err: err,
		Fields: []registry.Field{{Name: "database", Value: m.text()}, {Name: "attempts", Value: m.Attempts}, {Name: "max replay", Value: m.MaxReplay}},
		Remedy: "one request has one unit of work; for a second database use transaction.Run",
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			registry.Provide(reg, m)
			return nil
		},
	})
	if len(hints) == 0 {
		hints = []tweens.Option{tweens.Under(tweens.ExcView, "timeout", "limit", "ratelimit")}
	}
	tweens.Add(c, TweenName, tweens.New(func(next web.Handler, reg *registry.Registry) (web.Handler, error) {
		own := *m
		own.beforeRetry = registry.Notifier[*BeforeRetry](reg)
		return func(r *web.Request) (*web.Response, error) { return own.handle(next, r) }, nil
	}).Named(fmt.Sprintf("transaction.Add(%s, attempts: %d)", m.text(), m.Attempts)), hints...)
}

// DatabaseOf returns the Database of the application, which was given to [Add].
func DatabaseOf(reg *registry.Registry) (Database, bool) {
	if reg == nil {
		return nil, false
	}
	m, ok := registry.Lookup[*manager](reg)
	if !ok {
		return nil, false
	}
	return m.db, true
}

// manager is what the units of an application share. It is immutable.
type manager struct {
	Options
	db          Database
	beforeRetry func(*BeforeRetry) error // nil without subscribers
}

// newManager returns a manager with the defaults filled in, and what is wrong with the options.
func newManager(db Database, o Options) (*manager, error) {
	var errs []error
	if db == nil {
		errs = append(errs, errors.New("Database is nil: want one such as transaction.SQL(db, transaction.SQLOptions{})"))
	}
	if o.Attempts < 0 {
		errs = append(errs, fmt.Errorf("Attempts is %d: want 1 or more, or 0 for one", o.Attempts))
	}
	if o.MaxReplay < 0 {
		errs = append(errs, fmt.Errorf("MaxReplay is %d: want a number of bytes, or 0 for %d", o.MaxReplay, DefaultMaxReplay))
	}
	if o.Backoff < 0 {
		errs = append(errs, fmt.Errorf("Backoff is %v: want a positive duration, or 0 for %v", o.Backoff, defaultBackoff))
	}
	o.Attempts = max(o.Attempts, 1)
	if o.MaxReplay == 0 {
		o.MaxReplay = DefaultMaxReplay
	}
	if o.Backoff == 0 {
		o.Backoff = defaultBackoff
	}
	if o.ReadOnly == nil {
		o.ReadOnly = SafeMethod
	}
	if o.Veto == nil {
		o.Veto = DefaultVeto
	}
	m := &manager{Options: o, db: db}
	if err := errors.Join(errs...); err != nil {
		return m, fmt.Errorf("transaction.Add: %w", err)
	}
	return m, nil
}

// text names the database.
func (m *manager) text() string {
	if s, ok := m.db.(fmt.Stringer); ok {
		return s.String()
	}
	return fmt.Sprintf("%T", m.db)
}
