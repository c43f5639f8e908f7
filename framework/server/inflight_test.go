package server

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestInFlight(t *testing.T) {
	t.Parallel()
	var f inFlight
	var begun, all sync.WaitGroup
	end := make(chan struct{})
	begun.Add(100)
	for range 100 {
		all.Go(func() {
			defer f.begin().Add(1)
			begun.Done()
			<-end
		})
	}
	begun.Wait()
	assert.EqualValues(t, 100, f.count())
	close(end)
	all.Wait()
	assert.Zero(t, f.count())
}

// While requests overlap, so that one is always in flight, count is never zero.
func TestInFlightOverlapping(t *testing.T) {
	t.Parallel()
	var f inFlight
	var stop atomic.Bool
	var all sync.WaitGroup
	current := f.begin()
	all.Go(func() {
		for !stop.Load() {
			next := f.begin()
			current.Add(1)
			current = next
		}
	})
	for range 50_000 {
		if f.count() < 1 {
			t.Error("no request was seen")
			break
		}
	}
	stop.Store(true)
	all.Wait()
	assert.EqualValues(t, 1, f.count())
}

func BenchmarkInFlight(b *testing.B) {
	var f inFlight
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			f.begin().Add(1)
		}
	})
}
