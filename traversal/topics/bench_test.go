package topics_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal/topics"
)

// BenchmarkFanOut publishes to subscribers that all wait, and waits until each has the message.
func BenchmarkFanOut(b *testing.B) {
	for _, n := range []int{1, 100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			h := topics.New(topics.Options{})
			ctx, cancel := context.WithCancel(b.Context())
			var received, running sync.WaitGroup
			for range n {
				s := subscribe(b, h, "/a", "")
				running.Go(func() {
					for {
						if _, err := s.Next(ctx); err != nil {
							return
						}
						received.Done()
					}
				})
			}
			b.ReportAllocs()
			data := []byte("hello")
			for b.Loop() {
				received.Add(n)
				_, err := h.Publish(ctx, "/a", "n", data)
				require.NoError(b, err)
				received.Wait()
			}
			cancel()
			running.Wait()
		})
	}
}

func TestPublishAllocations(t *testing.T) {
	h := topics.New(topics.Options{})
	data := []byte("hello")
	n := testing.AllocsPerRun(1000, func() {
		_, _ = h.Publish(context.Background(), "/a", "n", data)
	})
	require.LessOrEqual(t, n, 2.0, "the text of the position, and now and then the messages that are kept")
}
