package main

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// waterfall records what a request waited for: the steps of its walk and the loads of its page.
type waterfall struct {
	start time.Time

	mu    sync.Mutex // guards spans
	spans []span
}

// span is one wait.
type span struct {
	Name, By     string
	Start, Lasts time.Duration
}

// waterfalls is the waterfall of each request. It starts at the first Get.
var waterfalls = web.NewKey("waterfall", func(*web.Request) (*waterfall, error) { return &waterfall{start: time.Now()}, nil })

// beginWaterfall is a tween that starts the waterfall with the request.
func beginWaterfall(next web.Handler) web.Handler {
	return func(r *web.Request) (*web.Response, error) {
		if _, err := waterfalls.Get(r); err != nil {
			return nil, err
		}
		return next(r)
	}
}

// add records a wait that has just ended.
func (w *waterfall) add(name, by string, lasted time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.spans = append(w.spans, span{name, by, time.Since(w.start) - lasted, lasted})
}

func (w *waterfall) all() []span {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.spans)
}

// drawStep is a step hook that records each step of the walk. If one lookup resolves several steps,
// the first of them carries its duration.
func drawStep(ctx context.Context, s traversal.Step) {
	if s.Elapsed == 0 || s.Capability == "none" {
		return
	}
	if w := waterfallOf(ctx); w != nil {
		w.add(s.Name, s.Capability, s.Elapsed)
	}
}

// timed calls fn and records how long it took.
func timed[T any](ctx context.Context, what string, fn func() (T, error)) (T, error) {
	start := time.Now()
	value, err := fn()
	if w := waterfallOf(ctx); w != nil {
		w.add(what, "the page", time.Since(start))
	}
	return value, err
}

func waterfallOf(ctx context.Context) *waterfall {
	r, ok := web.FromContext(ctx)
	if !ok {
		return nil
	}
	w, err := waterfalls.Get(r)
	if err != nil {
		return nil
	}
	return w
}
