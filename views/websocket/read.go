package websocket

import (
	"context"
	"errors"
	"os"
	"time"
	"unicode/utf8"

	coder "github.com/coder/websocket"
)

// attendTime is how long a view may be away from Read until the socket reads ahead.
const attendTime = 100 * time.Millisecond

// readAhead is a message that is read although no goroutine waits for it, so that pings are
// answered and the end of the client is noticed.
type readAhead struct {
	done chan struct{} // closed once the rest is set
	m    Message
	err  error
}

var errConcurrentRead = errors.New("websocket: two goroutines call Conn.Read at once: let one of them read")

// Read waits for the next message of the client. Its data belong to the caller. The error is a
// *[CloseError] once the socket has ended, or the cause of ctx. The end of ctx does not close the
// socket: the message that was on its way is that of the next Read.
//
// While the view does not read, the socket reads at most one message ahead. Then the client has to
// wait, and so do its pings and its close frame.
func (c *Conn) Read(ctx context.Context) (Message, error) {
	if !c.reading.CompareAndSwap(false, true) {
		return Message{}, errConcurrentRead
	}
	defer c.reading.Store(false)
	for {
		c.mu.Lock()
		if c.end != nil {
			c.mu.Unlock()
			return Message{}, c.end
		}
		ahead := c.ahead
		if done := ctx.Done(); ahead == nil && (done == nil || done == c.ctx.Done()) {
			c.attend()
			c.mu.Unlock()
			return c.readNow()
		}
		if ahead == nil {
			ahead = c.readAhead()
		}
		c.mu.Unlock()
		select {
		case <-ahead.done:
			c.mu.Lock()
			c.ahead = nil
			c.attend()
			c.mu.Unlock()
			return ahead.m, ahead.err
		case <-c.ctx.Done():
		case <-ctx.Done():
			return Message{}, context.Cause(ctx)
		}
	}
}

// attend makes the socket read ahead if the view is away from Read for attendTime. The caller holds
// c.mu.
func (c *Conn) attend() {
	switch {
	case c.attends:
		return
	case c.attending == nil:
		c.attending = time.AfterFunc(attendTime, c.notice)
	default:
		c.attending.Reset(attendTime)
	}
	c.attends = true
}

// notice is called by the timer of attend.
func (c *Conn) notice() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.attends = false
	if !c.reading.Load() && c.ahead == nil && c.end == nil && !c.over {
		c.readAhead()
	}
}

// readAhead starts to read. The caller holds c.mu.
func (c *Conn) readAhead() *readAhead {
	a := &readAhead{done: make(chan struct{})}
	c.ahead = a
	c.jobs.Go(func() {
		defer close(a.done)
		a.m, a.err = c.readNow()
	})
	return a
}

// readNow reads a message. The connection has no context of its own to end: the library closes it
// when one ends.
func (c *Conn) readNow() (Message, error) {
	kind, data, err := c.ws.Read(context.Background())
	m := Message{Binary: kind == coder.MessageBinary, Data: data}
	switch {
	case err != nil:
		c.readFailed(err)
	case !m.Binary && !utf8.Valid(data):
		c.close(&CloseError{Code: StatusInvalidData, Reason: "a text message is not valid UTF-8"}, gracefully)
	case c.options.Rate == 0 || c.admit():
		c.in.add(m)
	}
	if e := c.ended(); e != nil {
		return Message{}, e
	}
	return m, nil
}

// readFailed closes the socket for an error of the library.
func (c *Conn) readFailed(err error) {
	client, closed := errors.AsType[coder.CloseError](err)
	e, how := &CloseError{Err: err}, gracefully
	failure := c.wire.broken.Load()
	switch sent := c.wire.sent.Load(); {
	case closed:
		e, how = &CloseError{Code: Status(client.Code), Reason: client.Reason, Client: true}, broken
		if !utf8.ValidString(client.Reason) {
			e.Code, e.Reason = StatusInvalidData, ""
		}
	case sent != 0: // the library has closed for the error
		e.Code = Status(sent)
	case failure != nil && errors.Is(*failure, os.ErrDeadlineExceeded):
		e.Code, e.Reason = StatusGoingAway, "the client has sent nothing for too long"
	case failure != nil:
		e.Code, how = StatusAbnormal, broken
	default:
		e.Code = StatusProtocolError
	}
	c.close(e, how)
}

// admit counts a message or a ping of the client, and closes the socket if there are too many.
func (c *Conn) admit() bool {
	if c.rate.allows(time.Now()) {
		return true
	}
	c.close(&CloseError{Code: StatusPolicyViolation, Reason: "too many messages"}, atOnce)
	return false
}

// rate is a bucket of tokens.
type rate struct {
	perSecond int
	tokens    float64
	last      time.Time
}

func (b *rate) allows(now time.Time) bool {
	full := float64(b.perSecond)
	if b.last.IsZero() {
		b.tokens = full
	} else {
		b.tokens = min(full, b.tokens+now.Sub(b.last).Seconds()*full)
	}
	b.last = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}
