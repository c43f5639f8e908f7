package reload

import (
	"context"
	"time"
)

// Changes of files come in bursts: an editor writes several files, or one in several steps. A burst
// ends when nothing has changed for quiet, but lasts at most longest.
const (
	quiet   = 100 * time.Millisecond
	longest = 2 * time.Second
)

// gather collects what comes from in into bursts. It ends with ctx, or when in is closed, and then
// closes the channel that it returns, of which it is the owner. A burst that nobody has taken yet
// grows by the next one, so in is always read.
func gather(ctx context.Context, in <-chan string) <-chan []string {
	out := make(chan []string)
	go func() {
		defer close(out)
		var (
			pending []string
			seen    = map[string]bool{}
			full    []string // a burst that has ended
			send    chan<- []string
			calm    = time.NewTimer(0)
			end     = time.NewTimer(0)
		)
		calm.Stop()
		end.Stop()
		finish := func() {
			calm.Stop()
			end.Stop()
			full, send = append(full, pending...), out
			pending, seen = nil, map[string]bool{}
		}
		for {
			select {
			case <-ctx.Done():
				return
			case name, ok := <-in:
				if !ok {
					return
				}
				if len(pending) == 0 {
					end.Reset(longest)
				}
				calm.Reset(quiet)
				if !seen[name] {
					seen[name] = true
					pending = append(pending, name)
				}
			case <-calm.C:
				finish()
			case <-end.C:
				finish()
			case send <- full:
				full, send = nil, nil
			}
		}
	}()
	return out
}
