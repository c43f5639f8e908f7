package server

import (
	"math/rand/v2"
	"sync/atomic"
)

// inFlight counts the requests in flight, including those of hijacked connections. A single
// counter would be a cache line that every core writes to for every request; these 16
// rarely meet.
type inFlight [16]struct {
	begun, ended atomic.Int64
	_            [48]byte // pads to a cache line
}

// begin marks a request as in flight; adding one to the returned counter ends it.
func (f *inFlight) begin() (ended *atomic.Int64) {
	cell := &f[rand.Uint32()%uint32(len(f))]
	cell.begun.Add(1)
	return &cell.ended
}

// count returns the number of requests in flight at some moment of the call, plus those that
// began during the call: 0 means that there was a moment without any. To guarantee that, it
// reads all that ended before it reads any that began.
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
