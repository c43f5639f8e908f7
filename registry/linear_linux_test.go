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

// Four times as many declarations take about four times as long; a quadratic resolution takes 16
// times as long.
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
			build := func(n int) time.Duration {
				c := make(n)
				return cpuTime(t, func() { _, _ = c.Build() })
			}
			assert.Less(t, build(40_000), 10*build(10_000))
		})
	}
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
