package websocket

import (
	"context"
	"errors"
	"net"
	"time"
)

// ErrSlow is the error of Send for a client that is too slow, and the Err of the *CloseError.
var ErrSlow = errors.New("websocket: the client does not accept messages as fast as they are sent")

// Send queues a message for the client, and never blocks. The data must not be changed any more;
// several sockets may share them. If Options.SendQueue messages or SendBytes bytes wait already,
// the client is too slow: the socket is closed with Options.SlowCode. Then, and after any other
// end, the error is a *[CloseError]; that of a client that is too slow wraps [ErrSlow].
func (c *Conn) Send(m Message) error {
	if err := m.check(); err != nil {
		return err
	}
	c.mu.Lock()
	waiting := len(c.queue)
	if c.end == nil && (waiting < c.options.SendQueue && c.bytes+len(m.Data) <= c.options.SendBytes || waiting == 0) {
		c.queue = append(c.queue, m)
		c.bytes += len(m.Data)
		if !c.flushing {
			c.flushing = true
			c.jobs.Go(c.flush)
		}
		c.mu.Unlock()
		return nil
	}
	c.mu.Unlock()
	c.close(&CloseError{Code: c.options.SlowCode, Reason: "the client is too slow", Err: ErrSlow}, atOnce)
	return c.ended()
}

// Write sends a message, behind those of Send, and waits until the connection has taken it, for at
// most Options.WriteTimeout: a producer that may be slowed down by its client needs no queue. The
// end of ctx, while another goroutine writes, gives up and returns its cause; it never closes the
// socket. After the end of the socket the error is a *[CloseError].
func (c *Conn) Write(ctx context.Context, m Message) error {
	if err := m.check(); err != nil {
		return err
	}
	if err := c.takeTurn(ctx); err != nil {
		return err
	}
	defer func() { <-c.turn }()
	c.mu.Lock()
	end, queued := c.end, len(c.queue) > 0
	c.mu.Unlock()
	if end != nil {
		return end
	}
	if queued {
		if err := c.sendQueued(); err != nil {
			return err
		}
	}
	return c.writeNow(m)
}

// takeTurn waits until no other goroutine writes.
func (c *Conn) takeTurn(ctx context.Context) error {
	select {
	case c.turn <- struct{}{}:
		return nil
	default:
	}
	select {
	case c.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// flush sends what is queued, until there is nothing.
func (c *Conn) flush() {
	c.turn <- struct{}{}
	defer func() { <-c.turn }()
	for {
		err := c.sendQueued()
		c.mu.Lock()
		if err != nil || len(c.queue) == 0 {
			c.flushing = false
			c.mu.Unlock()
			return
		}
		c.mu.Unlock()
	}
}

// sendQueued sends what is queued. The caller has the turn.
func (c *Conn) sendQueued() error {
	for {
		c.mu.Lock()
		if len(c.queue) == 0 {
			c.mu.Unlock()
			return nil
		}
		m := c.queue[0]
		c.queue[0] = Message{}
		if c.queue = c.queue[1:]; len(c.queue) == 0 {
			c.queue = nil
		}
		c.bytes -= len(m.Data)
		c.mu.Unlock()
		if err := c.writeNow(m); err != nil {
			return err
		}
	}
}

// writeNow writes a message. The caller has the turn.
func (c *Conn) writeNow(m Message) error {
	err := c.ws.Write(context.Background(), m.kind(), m.Data)
	if err == nil {
		c.out.add(m)
		return nil
	}
	if errors.Is(err, net.ErrClosed) { // the reader has met a close frame, and is about to say so
		select {
		case <-c.ctx.Done():
		case <-time.After(time.Second):
		}
	}
	c.close(&CloseError{Code: StatusAbnormal, Err: err}, broken)
	return c.ended()
}
