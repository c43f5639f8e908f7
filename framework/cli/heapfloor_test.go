package cli

import (
	"math"
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/registry"
)

// The tests read the heap of the whole process, so they do not run in parallel.
func TestHeapFloor(t *testing.T) {
	live := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	limit := func(bytes int64) func() {
		old := debug.SetMemoryLimit(bytes)
		return func() { debug.SetMemoryLimit(old) }
	}
	percent := func(p int) func() {
		old := debug.SetGCPercent(p)
		return func() { debug.SetGCPercent(old) }
	}
	defer percent(100)()
	defer limit(math.MaxInt64)()
	for _, tc := range []struct {
		name    string
		setting int64
		tune    func() (undo func())
		floor   int64
	}{
		{"by default", 0, nil, 32 << 20},
		{"as set", 8 << 20, nil, 8 << 20},
		{"switched off", -1, nil, 0},
		{"with GOGC", 0, func() func() { return percent(50) }, 0},
		{"with GOMEMLIMIT", 64 << 20, func() func() { return limit(50 << 20) }, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.tune != nil {
				defer tc.tune()()
			}
			p := &program{env: &Env{Settings: registry.Settings{"heap_floor": tc.setting}}}
			before := live()
			end := p.heapFloor()
			assert.InDelta(t, tc.floor, live()-before, 1<<20)
			end()
			assert.InDelta(t, 0, live()-before, 1<<20, "it is released with the server")
		})
	}
}

// The floor makes collections rarer. There is enough garbage that one collection more or less does not
// matter, whatever other tests have left in the heap.
func TestHeapFloorCollects(t *testing.T) {
	const rounds = 8
	if collectorTuned() {
		t.Skip("the environment tunes the collector")
	}
	collections := func() uint32 {
		runtime.GC()
		runtime.GC() // also for what pools of other tests still hold after the first one
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		before := m.NumGC
		for range rounds * 64 << 10 {
			garbage = make([]byte, 1<<10) // 64 MiB in each round
		}
		runtime.ReadMemStats(&m)
		return m.NumGC - before
	}
	without := collections()
	p := &program{env: &Env{Settings: registry.Settings{}}}
	end := p.heapFloor()
	with := collections()
	for range 3 { // something else may allocate meanwhile
		with = min(with, collections())
	}
	end()
	assert.LessOrEqual(t, with, uint32(2*rounds))
	assert.Greater(t, without, 2*with)
}

var garbage []byte
