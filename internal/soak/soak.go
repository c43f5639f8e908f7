// Package soak has what the soak tests of live views share: how long they run, the messages that
// they follow, and a check that nothing is left.
package soak

import (
	"context"
	"os"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/mastaba-go/mastaba/traversal/topics"
)

// Size returns how long a test runs, and with how many clients: two seconds with few of them, or
// what MASTABA_SOAK says ("30s", "5m") with many.
func Size(t *testing.T, few, many int) (time.Duration, int) {
	t.Helper()
	text := os.Getenv("MASTABA_SOAK")
	if text == "" {
		if testing.Short() {
			t.Skip("takes its time")
		}
		return 2 * time.Second, few
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatalf("MASTABA_SOAK: %v", err)
	}
	return d, many
}

// Run calls client on many goroutines, each again and again, for a time in which a message "n" with
// the next number, from 1, is published in "/room" about every five milliseconds. It returns once
// all calls have returned, and how many there were and how many messages.
func Run(t *testing.T, hub *topics.Hub, lasts time.Duration, clients int, client func()) (calls, messages int64) {
	t.Helper()
	stop, silence := make(chan struct{}), make(chan struct{})
	var all, publisher sync.WaitGroup
	publisher.Go(func() {
		for {
			select {
			case <-silence:
				return
			case <-time.After(5 * time.Millisecond):
			}
			messages++
			if _, err := hub.Publish(context.Background(), "/room", "n", []byte(strconv.FormatInt(messages, 10))); err != nil {
				t.Error(err)
				return
			}
		}
	})
	var mu sync.Mutex // guards calls
	for range clients {
		all.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				client()
				mu.Lock()
				calls++
				mu.Unlock()
			}
		})
	}
	time.Sleep(lasts)
	close(stop)
	all.Wait()
	close(silence)
	publisher.Wait()
	return calls, messages
}

// Baseline is what a test found when it began.
type Baseline struct {
	goroutines int
	heap       uint64
}

// Begin returns the present goroutines and memory. Call it after what is allocated once.
func Begin() Baseline { return Baseline{runtime.NumGoroutine(), heapInUse()} }

// NothingIsLeft waits until the goroutines of the test have ended and its memory is free, and fails
// with their stacks if they have not within ten seconds.
func (b Baseline) NothingIsLeft(t *testing.T) {
	t.Helper()
	ended := func() bool { return runtime.NumGoroutine() <= b.goroutines }
	for deadline := time.Now().Add(10 * time.Second); !ended() && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	if !ended() {
		stacks := make([]byte, 64<<10)
		t.Fatalf("%d goroutines, want %d:\n%s", runtime.NumGoroutine(), b.goroutines, stacks[:runtime.Stack(stacks, true)])
	}
	for deadline := time.Now().Add(10 * time.Second); heapInUse() > b.heap+4<<20; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d bytes in use, and %d in the beginning", heapInUse(), b.heap)
		}
	}
}

func heapInUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
