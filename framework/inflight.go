package framework

import (
	"math/rand/v2"
	"sync/atomic"
)

// inFlight counts the requests under way, those of hijacked connections too. One
// counter for all would be a place that every core writes to for every request;
// here they rarely meet.
type inFlight [16]struct {
	begun, ended atomic.Int64
	_            [48]byte // a place is as long as a cache line
}

// begin counts a request in, until the counter that it returns is raised by one.
func (f *inFlight) begin() (ended *atomic.Int64) {
	place := &f[rand.Uint32()%uint32(len(f))]
	place.begun.Add(1)
	return &place.ended
}

// count returns at least how many were under way at one moment of the call, and
// counts those that began meanwhile too: 0 means that there was a moment
// without any. So it looks at all that ended before it looks at any that began.
func (f *inFlight) count() int64 {
	var sum int64
	for i := range f {
		sum -= f[i].ended.Load()
	}
	for i := range f {
		sum += f[i].begun.Load()
	}
	return sum
}
