package cputime

import (
	"math"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// AssertLinear fails the test if one call of many takes more than ten times as long as all calls of
// few together. The input of many must be as many times larger than that of few as there are calls.
// A linear function then takes about as long for both, or three times as long if the input of many
// does not fit into the caches. A quadratic one takes as many times as long as there are calls, so
// there must be at least 30.
func AssertLinear(t testing.TB, calls int, few, many func()) {
	t.Helper()
	one, all := least(t, 1, many), least(t, calls, few)
	// Below some tens of milliseconds CPU times are too coarse to compare.
	if limit := 10*all + 50*time.Millisecond; one >= limit {
		t.Errorf("one call with much input took %v, %d calls with little input %v: want less than %v", one, calls, all, limit)
	}
}

// least returns the least CPU time that n calls of fn took on their thread, of three tries.
func least(t testing.TB, n int, fn func()) time.Duration {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_THREAD, &u); err != nil {
			t.Fatalf("getrusage: %v", err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	shortest := time.Duration(math.MaxInt64)
	for range 3 {
		before := used()
		for range n {
			fn()
		}
		shortest = min(shortest, used()-before)
	}
	return shortest
}
