package cli

import (
	"cmp"
	"math"
	"runtime"
	"runtime/metrics"
)

const (
	// defaultHeapFloor is the default of the setting heap_floor.
	defaultHeapFloor = 32 << 20
	// maxHeapFloor is the largest value that heap_floor accepts.
	maxHeapFloor = 1 << 30
)

// checkHeapFloor rejects a heap_floor that the process may be unable to allocate.
func (p *program) checkHeapFloor() error {
	if size, _ := p.env.Settings["heap_floor"].(int64); size > maxHeapFloor {
		return p.invalidSetting("heap_floor", "is more than 1 GiB: want bytes up to 1073741824, or -1 for Go's default")
	}
	return nil
}

// heapFloor delays garbage collections until the heap has reached the setting heap_floor. The
// function that it returns ends that.
//
// Go collects when the heap has doubled, and first at 4 MiB. A server with little live data
// gets there within a thousand requests, and collects dozens of times a second: a tenth of its
// work. An untouched block without pointers counts as live heap, so the doubling starts from
// its size, but takes no memory from the system. Larger programs hardly notice it.
//
// Nothing happens in a program that tunes the collector by GOGC, GOMEMLIMIT or runtime/debug.
func (p *program) heapFloor() (end func()) {
	size, _ := p.env.Settings["heap_floor"].(int64)
	if size = cmp.Or(size, defaultHeapFloor); size < 0 || collectorTuned() {
		return func() {}
	}
	block := make([]byte, size)
	return func() { runtime.KeepAlive(block) }
}

// collectorTuned reports whether the collector's settings differ from Go's defaults.
func collectorTuned() bool {
	samples := []metrics.Sample{{Name: "/gc/gogc:percent"}, {Name: "/gc/gomemlimit:bytes"}}
	metrics.Read(samples)
	return samples[0].Value.Uint64() != 100 || samples[1].Value.Uint64() != math.MaxInt64
}
