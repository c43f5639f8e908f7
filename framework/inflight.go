package framework

import (
	"math/rand/v2"
	"sync/atomic"
)

// inFlight counts the requests under way, those of hijacked connections too. One
// counter for all would be a place that every core writes to for every request;
// here they rarely meet.
type inFlight [16]struct {
	n atomic.Int64
	_ [56]byte // to the end of the cache line
}

// begin counts a request in, until the counter that it returns is taken back by one.
func (f *inFlight) begin() *atomic.Int64 {
	n := &f[rand.Uint32()%uint32(len(f))].n
	n.Add(1)
	return n
}

// count is exact if no request begins meanwhile.
func (f *inFlight) count() int64 {
	var sum int64
	for i := range f {
		sum += f[i].n.Load()
	}
	return sum
}
