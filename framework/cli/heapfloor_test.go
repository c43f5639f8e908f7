package cli // the floor has no public name

import (
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/registry"
)

// The tests read the heap of the whole process, so they do not run beside others.
func TestHeapFloor(t *testing.T) {
	live := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	for _, tc := range []struct {
		name    string
		setting int64
		environ []string
		floor   int64
	}{
		{"by default", 0, []string{"PATH=/bin"}, 32 << 20},
		{"as set", 8 << 20, nil, 8 << 20},
		{"not at all", -1, nil, 0},
		{"GOGC decides", 0, []string{"GOGC=50"}, 0},
		{"GOMEMLIMIT decides", 64 << 20, []string{"GOMEMLIMIT=50MiB"}, 0},
		{"an empty variable is none", 0, []string{"GOGC="}, 32 << 20},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := &program{env: &Env{Settings: registry.Settings{"heap_floor": tc.setting}}, environ: tc.environ}
			before := live()
			end := p.heapFloor()
			assert.InDelta(t, tc.floor, live()-before, 1<<20)
			end()
			assert.InDelta(t, 0, live()-before, 1<<20, "it goes with the server")
		})
	}
}

// TestHeapFloorCollects: collections are as rare as the floor says.
func TestHeapFloorCollects(t *testing.T) {
	if old := debug.SetGCPercent(100); old != 100 {
		debug.SetGCPercent(old)
		t.Skipf("the collector is set to %d %%", old)
	}
	collections := func() uint32 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		before := m.NumGC
		for range 64 << 10 {
			garbage = make([]byte, 1<<10) // 64 MiB in all
		}
		runtime.ReadMemStats(&m)
		return m.NumGC - before
	}
	without := collections()
	p := &program{env: &Env{Settings: registry.Settings{}}}
	end := p.heapFloor()
	with := collections()
	end()
	assert.LessOrEqual(t, with, uint32(2))
	assert.Greater(t, without, 2*with)
}

var garbage []byte
