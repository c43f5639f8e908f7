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

// Four times as many names take about four times as long; a quadratic sorter takes 16 times as
// long.
func TestSortingIsNotQuadratic(t *testing.T) {
	sort := func(n int) time.Duration {
		return cpuTime(t, func() {
			got, err := chain(n).Sorted()
			require.NoError(t, err)
			require.Len(t, got, n)
		})
	}
	assert.Less(t, sort(20_000), 10*sort(5_000))
}

// cpuTime returns the least CPU time that fn took on its thread in several runs. Unlike a clock it
// does not count what else the machine is doing.
func cpuTime(t *testing.T, fn func()) time.Duration {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	used := func() time.Duration {
		var u syscall.Rusage
		require.NoError(t, syscall.Getrusage(syscall.RUSAGE_THREAD, &u))
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	least := time.Duration(math.MaxInt64)
	for range 5 {
		before := used()
		fn()
		least = min(least, used()-before)
	}
	return least
}
