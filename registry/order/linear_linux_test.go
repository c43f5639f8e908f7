package order_test

import (
	"math"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Sorting 16,000 names takes about as long as 500 names 32 times, up to three times as long for
// what no longer fits into the caches. With a quadratic sorter it takes 32 times as long.
func TestSortingIsNotQuadratic(t *testing.T) {
	sort := func(n int) func() {
		return func() {
			got, err := chain(n).Sorted()
			require.NoError(t, err)
			require.Len(t, got, n)
		}
	}
	assertSimilar(t, cpuTime(t, 32, sort(500)), cpuTime(t, 1, sort(16_000)))
}

// assertSimilar asserts that many took no more than 10 times as long as few. Below some tens of
// milliseconds CPU times are too coarse to compare.
func assertSimilar(t *testing.T, few, many time.Duration) {
	t.Helper()
	assert.Less(t, many, 10*few+50*time.Millisecond)
}

// cpuTime returns the least CPU time that n calls of fn took on their thread, of three tries.
// Unlike a clock it does not count what else the machine is doing.
func cpuTime(t *testing.T, n int, fn func()) time.Duration {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	used := func() time.Duration {
		var u syscall.Rusage
		require.NoError(t, syscall.Getrusage(syscall.RUSAGE_THREAD, &u))
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	least := time.Duration(math.MaxInt64)
	for range 3 {
		before := used()
		for range n {
			fn()
		}
		least = min(least, used()-before)
	}
	return least
}
