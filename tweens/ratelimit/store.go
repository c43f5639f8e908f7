package ratelimit

import (
	"context"
	"time"
)

// Store counts requests. It must be safe for concurrent use. Memory is one, and package redislimit
// has one for several processes.
type Store interface {
	// Take counts one request for each of the counts if all of them have room for it, and for none
	// of them otherwise. It returns their states afterwards, in the same order. ctx has a deadline,
	// and does not end when the client disconnects. The caller does not change counts during the
	// call, nor the store states after it.
	Take(ctx context.Context, counts []Count) (states []State, err error)
}

// Count is a rate for one key, in the terms of the generic cell rate algorithm.
type Count struct {
	// Key contains the name and the numbers of the rate, and the key of the request. It has at most
	// 256 bytes.
	Key string
	// Interval is the time in which one request drains from the bucket: whole microseconds, one or
	// more.
	Interval time.Duration
	// Burst is how many requests the bucket holds, 1 or more.
	Burst int
}

// State is the state of a count. The zero State is that of an empty bucket.
type State struct {
	// Wait is the time until the bucket has room for a request, 0 if it has room now.
	Wait time.Duration
	// Level is how long the bucket takes to drain, at most Burst times Interval.
	Level time.Duration
}

// take is the algorithm: empty is when the bucket will be empty, on the same clock as now. It
// returns that time with one more request, whether or not there is room. A clock that has been set
// back, or a rate that has become slower, makes no bucket more than full.
func (c Count) take(empty, now time.Duration) (next time.Duration, s State) {
	full := now + time.Duration(c.Burst)*c.Interval
	empty = min(max(empty, now), full)
	next = empty + c.Interval
	if next > full {
		return next, State{Wait: next - full, Level: empty - now}
	}
	return next, State{Level: empty - now}
}

// remaining returns how many more requests fit.
func (c Count) remaining(s State) int {
	return max(0, int((time.Duration(c.Burst)*c.Interval-s.Level)/c.Interval))
}
