package cli

import (
	"cmp"
	"runtime"
	"slices"
	"strings"
)

// standardFloor is the setting heap_floor when nobody says otherwise.
const standardFloor = 32 << 20

// highestFloor is more than anybody gains by.
const highestFloor = 1 << 30

// checkFloor refuses a floor that the process could not have.
func (p *program) checkFloor() error {
	if size, _ := p.env.Settings["heap_floor"].(int64); size > highestFloor {
		return p.refuse("heap_floor", "is more than 1 GiB (1073741824)")
	}
	return nil
}

// heapFloor lets a server's garbage gather up to a floor, until the function that
// it returns is called.
//
// Go collects when the heap has doubled, but at 4 MiB at the latest. A server that
// holds little gets there with a thousand requests, and starts the collector
// dozens of times a second: a tenth of its work. A block without pointers
// that nobody touches counts as live heap, so that the doubling begins at its size,
// but takes no memory of the system itself. Larger programs hardly notice it.
// Whoever has set GOGC or GOMEMLIMIT has decided for himself.
func (p *program) heapFloor() func() {
	size, _ := p.env.Settings["heap_floor"].(int64)
	if size = cmp.Or(size, standardFloor); size < 0 || p.tunesMemory() {
		return func() {}
	}
	block := make([]byte, size)
	return func() { runtime.KeepAlive(block) }
}

// tunesMemory reports whether the environment tells Go's collector what to do.
func (p *program) tunesMemory() bool {
	return slices.ContainsFunc(p.environ, func(v string) bool {
		name, value, _ := strings.Cut(v, "=")
		return value != "" && (name == "GOGC" || name == "GOMEMLIMIT")
	})
}
