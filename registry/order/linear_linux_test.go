package order_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/internal/cputime"
)

// Sorting 16,000 names takes about as long as sorting 500 names 32 times.
func TestSortingIsNotQuadratic(t *testing.T) {
	sort := func(n int) func() {
		return func() {
			got, err := chain(n).Sorted()
			require.NoError(t, err)
			require.Len(t, got, n)
		}
	}
	cputime.AssertLinear(t, 32, sort(500), sort(16_000))
}
