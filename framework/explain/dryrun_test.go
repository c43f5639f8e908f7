package explain_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/framework/explain"
)

func TestDryRun(t *testing.T) {
	t.Parallel()
	assert.False(t, explain.DryRun(context.Background()))
	assert.True(t, explain.DryRun(explain.WithDryRun(context.Background())))
}
