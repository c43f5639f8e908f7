package cli

import (
	"cmp"
	"math"
	"runtime"
	"runtime/metrics"
)

// standardFloor is the setting heap_floor when nobody says otherwise.
const standardFloor = 32 << 20

// highestFloor is more than anybody gains by.
const highestFloor = 1 << 30

// checkFloor refuses a floor that the process could not have.
func (p *program) checkFloor() error {
	if size, _ := p.env.Settings["heap_floor"].(int64); size > highestFloor {
		return p.wrongSetting("heap_floor", "is more than 1 GiB: give bytes up to 1073741824, or -1 for what Go does")
	}
	return nil
}

// heapFloor lets a server's garbage gather up to a floor, until the function that
// it returns is called.
//
// Go collects when the heap has doubled, and at 4 MiB at the earliest. A server that
// holds little gets there with a thousand requests, and starts the collector
// dozens of times a second: a tenth of its work. A block without pointers that nobody
// touches counts as live heap, so that the doubling begins at its size, but takes no
// memory of the system itself. Larger programs hardly notice it.
// Whoever has told Go's collector what to do, by GOGC, GOMEMLIMIT or runtime/debug,
// has decided for himself.
func (p *program) heapFloor() func() {
	size, _ := p.env.Settings["heap_floor"].(int64)
	if size = cmp.Or(size, standardFloor); size < 0 || tunesMemory() {
		return func() {}
	}
	block := make([]byte, size)
	return func() { runtime.KeepAlive(block) }
}

// tunesMemory reports whether the collector works otherwise than Go has it work.
func tunesMemory() bool {
	told := []metrics.Sample{{Name: "/gc/gogc:percent"}, {Name: "/gc/gomemlimit:bytes"}}
	metrics.Read(told)
	return told[0].Value.Uint64() != 100 || told[1].Value.Uint64() != math.MaxInt64
}
