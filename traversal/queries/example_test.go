package queries_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/traversal/queries"
)

func ExampleObserve() {
	ctx := queries.Observe(context.Background(), func(q queries.Query) { fmt.Println(q.Text, q.Err) })
	end := queries.Begin(ctx, "SELECT 1") // what a store does
	end(errors.New("no connection"))
	// Output: SELECT 1 no connection
}

func TestBeginWithoutAnObserver(t *testing.T) {
	ctx := t.Context()
	assert.Nil(t, queries.Observer(ctx))
	assert.Zero(t, testing.AllocsPerRun(100, func() { queries.Begin(ctx, "SELECT 1")(nil) }))
}
