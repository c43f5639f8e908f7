package framework

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/views/web"
)

// defaultPatience is how long the end of a request waits for work that it started.
const defaultPatience = time.Second

// scopeLimits are Options.Goroutines and Options.Patience in the registry.
type scopeLimits struct {
	goroutines int
	patience   time.Duration
}

func (a *App) limitScopes(reg *registry.Registry) {
	limits, _ := registry.Lookup[scopeLimits](reg)
	a.web.Goroutines, a.patience = limits.goroutines, limits.patience
	switch {
	case a.patience == 0:
		a.patience = defaultPatience
	case a.patience < 0:
		a.patience = 0
	}
}

// flushBehind sends the response on its way if the request has started work that is not done: its end will be waited
// for, and the server holds small responses back until the handler returns.
func flushBehind(w http.ResponseWriter, r *web.Request) {
	if scope := web.Drive(r).Scope(); scope != nil && scope.Running() > 0 {
		_ = http.NewResponseController(w).Flush() // a client that went away does not matter here
	}
}

// endScope ends what the request has started, the very last thing of it. What does not end in time is named in the log,
// and reported by Shutdown if it has not ended by then. So is a panic that nobody has seen.
func (a *App) endScope(r *web.Request) {
	err := web.Drive(r).EndScope(a.patience)
	if err == nil {
		return
	}
	for _, part := range parts(err) {
		if left, ok := errors.AsType[*async.StragglersError](part); ok {
			a.left.add(web.Drive(r).Scope())
			places := make([]string, len(left.Stragglers))
			for n, s := range left.Stragglers {
				places[n] = s.String()
			}
			r.Log().Warn().Str("method", r.Method).Str("path", r.URL.Path).Int("count", left.Count()).Strs("started", places).
				Dur("patience", a.patience).Msg("work goes on although its request has ended: let it watch its context")
			continue
		}
		line := r.Log().Error().Err(part).Str("method", r.Method).Str("path", r.URL.Path)
		if panicked, ok := errors.AsType[*async.PanicError](part); ok {
			line.Bytes("stack", panicked.Stack)
		}
		line.Msg("work of a request failed unseen")
	}
}

// parts are the errors that err joins.
func parts(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return []error{err}
}

// TrackStraggler keeps track of a view that goes on after its deadline. Tweens call it through [web.Driver].
func (a *App) TrackStraggler(text string, ended <-chan struct{}) { a.left.keep(straggler{text, ended}) }

var _ web.StragglerTracker = (*App)(nil)

// leftovers are what requests that ended have left running.
type leftovers struct {
	mu     sync.Mutex // guards all below
	scopes []*async.Scope
	views  []straggler
}

// straggler is a view that goes on after its deadline.
type straggler struct {
	text  string
	ended <-chan struct{}
}

func (s straggler) over() bool {
	select {
	case <-s.ended:
		return true
	default:
		return false
	}
}

// add takes a scope, and drops those whose work has ended meanwhile.
func (l *leftovers) add(s *async.Scope) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.scopes = append(slices.DeleteFunc(l.scopes, func(s *async.Scope) bool { return s.Running() == 0 }), s)
}

// keep takes a view, and drops those that have ended meanwhile.
func (l *leftovers) keep(s straggler) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.views = append(slices.DeleteFunc(l.views, straggler.over), s)
}

// report is the error that names the work that still runs; nil if there is none.
func (l *leftovers) report() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []error
	for _, s := range l.scopes {
		if left, ok := errors.AsType[*async.StragglersError](s.End(0)); ok {
			all = append(all, left)
		}
	}
	for _, s := range l.views {
		if !s.over() {
			all = append(all, errors.New(s.text))
		}
	}
	if len(all) == 0 {
		return nil
	}
	return fmt.Errorf("shutdown: work of %d requests goes on: %w", len(all), errors.Join(all...))
}
