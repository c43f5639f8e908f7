package framework // the counter has no public name

import (
	"sync"
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
			defer f.begin().Add(-1)
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

func BenchmarkInFlight(b *testing.B) {
	var f inFlight
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			f.begin().Add(-1)
		}
	})
}
