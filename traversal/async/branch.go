package async

import "context"

// Work gets a context that has the values of the context that it was started with, and that ends
// with that one or with the scope, whichever is first. The obvious way, a cancellable context for
// each piece of work, costs as much as the goroutine, and must not end with the work: what that
// started in turn lives as long as the scope. But most contexts of a request end together, since
// they share one Done channel. So a scope keeps one cancellable context for each such channel, a
// branch, and work gets its own context with the Done of the branch.

// branch is for all contexts that end when from is closed.
type branch struct {
	from   <-chan struct{}
	ctx    context.Context
	cancel context.CancelCauseFunc
}

// branch finds or makes the branch of ctx. s.mu is held.
func (s *Scope) branch(ctx context.Context) context.Context {
	done := ctx.Done()
	for _, b := range s.branches {
		if b.from == done || b.ctx.Done() == done {
			return b.ctx
		}
	}
	// Those that ended meanwhile are of no more use.
	open := s.branches[:0]
	for _, b := range s.branches {
		if b.ctx.Err() == nil {
			open = append(open, b)
		}
	}
	clear(s.branches[len(open):])
	c, cancel := context.WithCancelCause(ctx)
	s.branches = append(open, branch{done, c, cancel})
	return c
}

// taskContext is a context of work: values are those of the embedded one, which work was started
// with, and its end is that of the branch.
type taskContext struct {
	context.Context
	end context.Context
}

var _ context.Context = (*taskContext)(nil)

func (c *taskContext) Done() <-chan struct{} { return c.end.Done() }

func (c *taskContext) Err() error { return c.end.Err() }

// AfterFunc is for the context package, which would need a goroutine without it.
func (c *taskContext) AfterFunc(f func()) func() bool { return context.AfterFunc(c.end, f) }
