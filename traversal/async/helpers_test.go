package async_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"go.uber.org/goleak"

	"github.com/mastaba-go/mastaba/traversal/async"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// carrier is a context type that carries a scope, as a request does.
type carrier struct {
	context.Context
	slot async.Slot
}

func (c *carrier) Value(key any) any {
	if async.IsScopeKey(key) {
		return c.slot.Scope(c.Context, 0)
	}
	return c.Context.Value(key)
}

// scoped returns a context with a scope, which must end without an error.
func scoped(t *testing.T, limit int) (context.Context, *async.Scope) {
	t.Helper()
	ctx, s := async.WithScope(t.Context(), limit)
	t.Cleanup(func() { assert.NoError(t, s.End(time.Minute)) })
	return ctx, s
}

// untilDone is work that waits for the end of its context.
func untilDone(ctx context.Context) (string, error) {
	<-ctx.Done()
	return "", context.Cause(ctx)
}

var errBoom = errors.New("boom")

// gate is work that runs until the gate is closed like a channel.
type gate chan struct{}

func (g gate) pass(context.Context) (string, error) {
	<-g
	return "passed", nil
}

// trips is a source that takes a second for each round trip and records the keys of each.
type trips struct {
	mu             sync.Mutex
	keysOf         [][]string // of each trip
	live           int        // trips in flight
	most           int
	lost           int              // cancelled trips
	keys           map[string]error // keys that fail, or are missing if the error is nil
	ignoresContext bool
	hook           func(ctx context.Context)
}

func (tr *trips) load(ctx context.Context, keys []string) (map[string]string, error) {
	tr.mu.Lock()
	tr.keysOf = append(tr.keysOf, keys)
	tr.live++
	tr.most = max(tr.most, tr.live)
	tr.mu.Unlock()
	if tr.hook != nil {
		tr.hook(ctx)
	}
	done := ctx.Done()
	if tr.ignoresContext {
		done = nil
	}
	select {
	case <-time.After(time.Second):
	case <-done:
	}
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.live--
	if ctx.Err() != nil {
		tr.lost++
		return nil, ctx.Err()
	}
	found := map[string]string{}
	failed := async.KeyErrors[string]{}
	for _, key := range keys {
		err, special := tr.keys[key]
		switch {
		case !special:
			found[key] = "value of " + key
		case err != nil:
			failed[key] = err
		}
	}
	if len(failed) > 0 {
		return found, failed
	}
	return found, nil
}

func (tr *trips) calls() [][]string {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return slices.Clone(tr.keysOf)
}
