package cputime_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/internal/cputime"
)

func TestUsed(t *testing.T) {
	t.Parallel()
	before := cputime.Used()
	assert.GreaterOrEqual(t, before, cputime.Used()-cputime.Used())
	for cputime.Used() == before { // some work
	}
	assert.Greater(t, cputime.Used(), before)
}
