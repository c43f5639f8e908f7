package reload

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestGather(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		in := make(chan string)
		out := gather(ctx, in)
		start := time.Now()
		for _, name := range []string{"a", "b", "a"} {
			in <- name
			time.Sleep(quiet / 2)
		}
		assert.Equal(t, []string{"a", "b"}, <-out, "one burst, each name once")
		assert.Equal(t, 2*quiet, time.Since(start))

		start = time.Now()
		stop := make(chan struct{})
		go func() { // what never stops changing is seen all the same
			for {
				select {
				case in <- "log":
					time.Sleep(quiet / 2)
				case <-stop:
					return
				}
			}
		}()
		assert.Equal(t, []string{"log"}, <-out)
		assert.LessOrEqual(t, time.Since(start), longest+quiet)
		close(stop)

		for range 3 { // nobody takes these
			in <- "c"
			time.Sleep(2 * quiet)
		}
		assert.Contains(t, <-out, "c")
		cancel()
		_, ok := <-out
		assert.False(t, ok)
	})
}
