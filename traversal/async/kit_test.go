package async_test

import (
	"context"
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
		return c.slot.Scope(0)
	}
	return c.Context.Value(key)
}

// scoped is a context with a scope that has to end in peace.
func scoped(t *testing.T, limit int) (context.Context, *async.Scope) {
	t.Helper()
	ctx, s := async.WithScope(t.Context(), limit)
	t.Cleanup(func() { assert.NoError(t, s.End(time.Minute)) })
	return ctx, s
}

// untilDone is work that waits for its end.
func untilDone(ctx context.Context) (string, error) {
	<-ctx.Done()
	return "", context.Cause(ctx)
}
