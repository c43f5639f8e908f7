package main

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// waterfall is what a request waited for: the steps of its walk, which a hook tells, and what its page has loaded.
type waterfall struct {
	start time.Time

	mu    sync.Mutex // guards spans
	spans []span
}

// span is one bar of it.
type span struct {
	Name, By     string
	Start, Lasts time.Duration
}

// waterfalls has the one of each request. It begins when it is first asked for.
var waterfalls = web.NewKey("waterfall", func(*web.Request) (*waterfall, error) { return &waterfall{start: time.Now()}, nil })

// beginWaterfall is a tween that asks for it first, and so has it begin with the request.
func beginWaterfall(next web.Handler) web.Handler {
	return func(r *web.Request) (*web.Response, error) {
		if _, err := waterfalls.Get(r); err != nil {
			return nil, err
		}
		return next(r)
	}
}

// add tells it of something that has just ended.
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

// drawStep is a step hook. Where one lookup took several steps, the first of them has its time.
func drawStep(ctx context.Context, s traversal.Step) {
	if s.Elapsed == 0 || s.Capability == "none" {
		return
	}
	if w := waterfallOf(ctx); w != nil {
		w.add(s.Name, s.Capability, s.Elapsed)
	}
}

// noted is fn, drawn.
func noted[T any](ctx context.Context, what string, fn func() (T, error)) (T, error) {
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
