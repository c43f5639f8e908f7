package async

import "context"

// Work gets a context with the values of the context that it was started with. It ends with that
// context or with the scope, whichever ends first. A cancellable context for each piece of work
// would cost as much as the goroutine, and must not end with the work: whatever that started in
// turn lives as long as the scope. But most contexts of a request share one Done channel and so end
// together. A scope therefore keeps one cancellable context for each such channel, an ending, and
// work gets a context of its own whose Done is that of the ending.

// ending is the cancellable context for all contexts that share the Done channel done.
type ending struct {
	done   <-chan struct{}
	ctx    context.Context
	cancel context.CancelCauseFunc
}

// endingOf finds or makes the context that ends with ctx and with the scope. s.mu is held.
func (s *Scope) endingOf(ctx context.Context) context.Context {
	done := ctx.Done()
	for _, e := range s.endings {
		if e.done == done || e.ctx.Done() == done {
			return e.ctx
		}
	}
	// Forget those that have ended meanwhile.
	open := s.endings[:0]
	for _, e := range s.endings {
		if e.ctx.Err() == nil {
			open = append(open, e)
		}
	}
	clear(s.endings[len(open):])
	c, cancel := context.WithCancelCause(ctx)
	s.endings = append(open, ending{done, c, cancel})
	return c
}

// taskContext is the context of work: the values are those of the embedded context, which the work
// was started with; Done and Err are those of end.
type taskContext struct {
	context.Context
	end context.Context
}

var _ context.Context = (*taskContext)(nil)

func (c *taskContext) Done() <-chan struct{} { return c.end.Done() }

func (c *taskContext) Err() error { return c.end.Err() }

// AfterFunc spares the context package a goroutine for each context derived from c.
func (c *taskContext) AfterFunc(f func()) func() bool { return context.AfterFunc(c.end, f) }
