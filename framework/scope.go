package framework

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/views/web"
)

// defaultGracePeriod is that of Options.GracePeriod.
const defaultGracePeriod = time.Second

// scopeLimits are Options.Goroutines and Options.GracePeriod in the registry.
type scopeLimits struct {
	goroutines  int
	gracePeriod time.Duration
}

func (a *App) limitScopes(reg *registry.Registry) {
	limits, _ := registry.Lookup[scopeLimits](reg)
	a.web.Goroutines, a.gracePeriod = limits.goroutines, limits.gracePeriod
	switch {
	case a.gracePeriod == 0:
		a.gracePeriod = defaultGracePeriod
	case a.gracePeriod < 0:
		a.gracePeriod = 0
	}
}

// flushEarly flushes the response if goroutines of the request still run. The end of the request
// waits for them, and net/http would hold back a small response as long.
func flushEarly(w http.ResponseWriter, r *web.Request) {
	if scope := web.Drive(r).Scope(); scope != nil && scope.Running() > 0 {
		_ = http.NewResponseController(w).Flush() // a client that has disconnected does not matter here
	}
}

// endScope ends the scope of the request, after everything else. It logs the goroutines that do not
// end within the grace period, which Shutdown reports if they never do, and the panics of futures
// that were not awaited.
func (a *App) endScope(r *web.Request) {
	err := web.Drive(r).EndScope(a.gracePeriod)
	if err == nil {
		return
	}
	for _, part := range joined(err) {
		if left, ok := errors.AsType[*async.StragglersError](part); ok {
			a.stragglers.addScope(web.Drive(r).Scope())
			sources := make([]string, len(left.Stragglers))
			for n, s := range left.Stragglers {
				sources[n] = s.String()
			}
			r.Log().Warn().Str("method", r.Method).Str("path", r.URL.Path).Int("count", left.Count()).Strs("started", sources).
				Dur("grace_period", a.gracePeriod).Msg("goroutine outlived its request; it should watch its context")
			continue
		}
		line := r.Log().Error().Err(part).Str("method", r.Method).Str("path", r.URL.Path)
		if panicked, ok := errors.AsType[*web.PanicError](part); ok {
			line.Bytes("stack", panicked.Stack)
		}
		line.Msg("goroutine of a request failed, and its future was not awaited")
	}
}

// joined returns the errors that err joins, or err alone.
func joined(err error) []error {
	if all, ok := err.(interface{ Unwrap() []error }); ok {
		return all.Unwrap()
	}
	return []error{err}
}

// TrackStraggler records a view that still runs after its deadline, for the error of Shutdown.
// Tweens call it through [web.Driver].
func (a *App) TrackStraggler(text string, ended <-chan struct{}) {
	a.stragglers.addView(lateView{text, ended})
}

// stragglers are the goroutines that outlived their requests.
type stragglers struct {
	mu     sync.Mutex // guards all below
	scopes []*async.Scope
	views  []lateView
}

// lateView is a view that still runs after its deadline.
type lateView struct {
	text  string
	ended <-chan struct{}
}

func (v lateView) hasEnded() bool {
	select {
	case <-v.ended:
		return true
	default:
		return false
	}
}

// addScope adds a scope, and drops those whose goroutines have ended meanwhile.
func (s *stragglers) addScope(scope *async.Scope) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scopes = append(slices.DeleteFunc(s.scopes, func(scope *async.Scope) bool { return scope.Running() == 0 }), scope)
}

// addView adds a view, and drops those that have ended meanwhile.
func (s *stragglers) addView(v lateView) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.views = append(slices.DeleteFunc(s.views, lateView.hasEnded), v)
}

// err returns an error that names what still runs, nil if nothing does.
func (s *stragglers) err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []error
	for _, scope := range s.scopes {
		if left, ok := errors.AsType[*async.StragglersError](scope.End(0)); ok {
			all = append(all, left)
		}
	}
	for _, v := range s.views {
		if !v.hasEnded() {
			all = append(all, errors.New(v.text))
		}
	}
	if len(all) == 0 {
		return nil
	}
	requests := "1 request"
	if len(all) > 1 {
		requests = strconv.Itoa(len(all)) + " requests"
	}
	return fmt.Errorf("shutdown: %s left goroutines running: %w", requests, errors.Join(all...))
}
