package registry_test

import (
	"math"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
)

// A build of 32,000 declarations takes about as long as 32 of 1,000, up to three times as long for
// what no longer fits into the caches. With a quadratic resolution it takes 32 times as long.
func TestBuildIsNotQuadratic(t *testing.T) {
	kinds := map[string]func(n int) *registry.Config{
		"plain": declare,
		"chain": declareChain,
		"conflict": func(n int) *registry.Config {
			c := registry.New(registry.Options{})
			for range n {
				c.Declare(registry.Declaration{ID: "the same"})
			}
			return c
		},
	}
	for name, make := range kinds {
		t.Run(name, func(t *testing.T) {
			few, many := make(1_000), make(32_000)
			assertSimilar(t,
				cpuTime(t, 32, func() { _, _ = few.Build() }),
				cpuTime(t, 1, func() { _, _ = many.Build() }))
		})
	}
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
