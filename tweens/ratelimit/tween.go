package ratelimit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views/web"
)

// Options are the options of New. The zero value counts in the memory of the process.
type Options struct {
	// Store counts the requests; nil means a Memory of DefaultKeys keys.
	Store Store
	// StoreTimeout is how long a request waits for the store; 0 means 250 ms.
	StoreTimeout time.Duration
	// FailClosed refuses requests with 503 while the store fails. Without it they pass uncounted:
	// a limit that protects an application from load must not take it down together with its store.
	// Set it where the limit itself is the protection, such as for the attempts to log in.
	FailClosed bool
	// Skip lets requests pass uncounted, such as those of a health check.
	Skip func(r *web.Request) bool
	// DisableHeaders leaves RateLimit and RateLimit-Policy out.
	DisableHeaders bool
}

// New limits the requests to inner tweens and the view by all of the rates. It reports an error of
// the configuration if there is no rate or an invalid one.
//
// Each Factory is one limit, shared by all applications, chains and views that use it. If the store
// fails, an error is logged, at most every ten seconds, and for the next second no request asks it
// again.
func New(o Options, rates ...Rate) tweens.Factory {
	l, err := newLimit(o, rates)
	return tweens.New(func(next web.Handler, _ *registry.Registry) (web.Handler, error) {
		if err != nil {
			return nil, err
		}
		return func(r *web.Request) (*web.Response, error) { return l.handle(next, r) }, nil
	}).Named(textOf(rates))
}

func textOf(rates []Rate) string {
	texts := make([]string, len(rates))
	for i, r := range rates {
		texts[i] = r.String()
	}
	return "ratelimit.New(" + strings.Join(texts, "; ") + ")"
}

// limit is the tween.
type limit struct {
	Options
	rates  []namedRate
	start  time.Time
	asking atomic.Int64 // the time from which the store is asked again, on the limit's clock
	silent atomic.Int64 // the time until which its failures are not logged
}

// namedRate is a rate in the form that requests need.
type namedRate struct {
	Rate
	interval time.Duration
	prefix   string // of keys
	policy   string
}

// How long a store that failed is left alone, and its failures are not logged again.
const (
	pause  = time.Second
	silent = 10 * time.Second
)

// longestKey is the length of keys that are stored as they are; longer ones are hashed.
const longestKey = 128

func newLimit(o Options, rates []Rate) (*limit, error) {
	l := &limit{Options: o, start: time.Now()}
	var errs []error
	if len(rates) == 0 {
		errs = append(errs, errors.New("no rates: want one or more"))
	}
	if o.StoreTimeout < 0 {
		errs = append(errs, fmt.Errorf("StoreTimeout is %v: want a positive duration, or 0 for 250ms", o.StoreTimeout))
	}
	if l.StoreTimeout == 0 {
		l.StoreTimeout = 250 * time.Millisecond
	}
	if l.Store == nil {
		l.Store = NewMemory(DefaultKeys)
	}
	names := map[string]bool{}
	for _, r := range rates {
		if r.Name == "" {
			r.Name = r.Key.String()
		}
		errs = append(errs, r.check())
		if names[r.Name] {
			errs = append(errs, fmt.Errorf("two rates are named %q: set Name", r.Name))
		}
		names[r.Name] = true
		if r.Burst == 0 {
			r.Burst = r.Requests
		}
		l.rates = append(l.rates, namedRate{
			Rate: r, interval: intervalOf(r), policy: r.policy(),
			prefix: fmt.Sprintf("%s:%d:%d:%d:", r.Name, r.Requests, r.Per.Microseconds(), r.Burst),
		})
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("rate limit: %w", err)
	}
	return l, nil
}

// intervalOf returns the time of one request in whole microseconds, rounded up so that the rate is
// never exceeded.
func intervalOf(r Rate) time.Duration {
	n := time.Duration(max(r.Requests, 1)) * time.Microsecond
	return (r.Per + n - 1) / n * time.Microsecond
}

func (l *limit) handle(next web.Handler, r *web.Request) (*web.Response, error) {
	if l.Skip != nil && l.Skip(r) {
		return next(r)
	}
	u, err := l.usage(r)
	if err != nil {
		return nil, err
	}
	if len(u.counts) == 0 {
		return next(r)
	}
	if u.states = l.ask(r, u.counts); u.states == nil {
		if l.FailClosed {
			return refuse(r, web.ServiceUnavailable("").WithRetryAfter(pause).With(errStore))
		}
		return next(r)
	}
	if !l.DisableHeaders {
		r.AddResponseCallback(u.setHeaders)
	}
	if wait := u.wait(); wait > 0 {
		return refuse(r, web.TooManyRequests("").WithRetryAfter(wait))
	}
	return next(r)
}

var errStore = errors.New("the store of the rate limit failed")

// refuse returns e as an error if an outer tween turns errors into responses, so that an error view
// may handle it, and otherwise as its plain response.
func refuse(r *web.Request, e *web.HTTPError) (*web.Response, error) {
	if r.ErrorsHandled() {
		return nil, e
	}
	return e.Response(r), nil
}

// ask counts a request. It returns nil if the store fails, or has just failed.
func (l *limit) ask(r *web.Request, counts []Count) []State {
	if m, ok := l.Store.(*Memory); ok { // it needs no deadline, and never fails
		states, _ := m.Take(context.Background(), counts)
		return states
	}
	now := time.Since(l.start)
	if int64(now) < l.asking.Load() {
		return nil
	}
	// A client that disconnects at once is counted too.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), l.StoreTimeout)
	defer cancel()
	states, err := l.Store.Take(ctx, counts)
	if err == nil && len(states) != len(counts) {
		err = fmt.Errorf("%T returned %d states for %d counts", l.Store, len(states), len(counts))
	}
	if err == nil {
		return states
	}
	now = time.Since(l.start)
	l.asking.Store(int64(now + pause))
	if until := l.silent.Load(); int64(now) >= until && l.silent.CompareAndSwap(until, int64(now+silent)) {
		text := "the store of the rate limit failed: requests pass uncounted"
		if l.FailClosed {
			text = "the store of the rate limit failed: requests are refused"
		}
		r.Log().Error().Err(err).Msg(text)
	}
	return nil
}

// usage is what one request uses of the rates.
type usage struct {
	rates  []*namedRate // those that count it
	counts []Count
	states []State
}

// usage returns the counts of a request.
func (l *limit) usage(r *web.Request) (*usage, error) {
	u := &usage{rates: make([]*namedRate, 0, len(l.rates)), counts: make([]Count, 0, len(l.rates))}
	for i := range l.rates {
		rate := &l.rates[i]
		key, err := rate.Key.keyOf(r)
		if err != nil {
			return nil, fmt.Errorf("rate limit by %s: %w", rate.Key, err)
		}
		if key == "" {
			continue
		}
		if len(key) > longestKey {
			sum := sha256.Sum256([]byte(key))
			key = "sha256-" + hex.EncodeToString(sum[:])
		}
		u.rates = append(u.rates, rate)
		u.counts = append(u.counts, Count{Key: rate.prefix + key, Interval: rate.interval, Burst: rate.Burst})
	}
	return u, nil
}

// wait returns how long the client has to wait, 0 if the request was counted.
func (u *usage) wait() time.Duration {
	var longest time.Duration
	for _, s := range u.states {
		longest = max(longest, s.Wait)
	}
	return longest
}

// setHeaders sets the headers of a response. It is a response callback.
func (u *usage) setHeaders(_ *web.Request, resp *web.Response) error {
	var policies, limits []byte
	for i, rate := range u.rates {
		if i > 0 {
			policies, limits = append(policies, ", "...), append(limits, ", "...)
		}
		policies = append(policies, rate.policy...)
		s := u.states[i]
		remaining, reset := u.counts[i].remaining(s), s.Level
		if s.Wait > 0 {
			remaining, reset = 0, s.Wait
		}
		limits = strconv.AppendQuote(limits, rate.Name)
		limits = append(limits, ";r="...)
		limits = strconv.AppendInt(limits, int64(remaining), 10)
		limits = append(limits, ";t="...)
		limits = strconv.AppendInt(limits, int64((reset+time.Second-1)/time.Second), 10)
	}
	resp.AddHeader("RateLimit-Policy", string(policies))
	resp.AddHeader("RateLimit", string(limits))
	return nil
}
