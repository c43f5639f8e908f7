package websocket

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	coder "github.com/coder/websocket"

	"github.com/mastaba-go/mastaba/views/web"
)

// Handler is what a view does with its socket. The socket closes when it returns: see [On].
type Handler func(conn *Conn) error

// Conn is an open socket. Its methods are safe for concurrent use, except that one goroutine at a
// time calls Read.
//
// A socket that waits for the client in Read has one goroutine, the one of its request. Others
// exist while there is something to do for them: to send what waits, to ping, to close.
type Conn struct {
	r       *web.Request // with the context of the socket
	ctx     context.Context
	cancel  context.CancelCauseFunc
	socket  *socket
	options *Options
	ws      *coder.Conn
	wire    wire

	in, out counter
	rate    rate          // of the client's messages; used by the reader
	reading atomic.Bool   // a goroutine is in Read
	turn    chan struct{} // held by who writes

	jobs sync.WaitGroup
	mu   sync.Mutex  // guards all below
	end  *CloseError // nil while the socket is open
	over bool        // no job may start

	ahead     *readAhead  // what is read although nobody waits for it
	attending *time.Timer // reads ahead
	attends   bool        // attending is set

	queue    []Message // of Send
	bytes    int       // of queue
	flushing bool      // a job sends the queue

	pinger, rechecker *time.Timer
}

// counter counts messages and the bytes in them.
type counter struct{ messages, bytes atomic.Int64 }

func (c *counter) add(m Message) {
	c.messages.Add(1)
	c.bytes.Add(int64(len(m.Data)))
}

// Request returns the request that opened the socket. Its context ends with the socket, and its
// scope lives as long (package traversal/async). Its session was saved before the handshake: a
// change that comes later is lost, and reported as framework/session.ErrSaved where the method has
// an error.
func (c *Conn) Request() *web.Request { return c.r }

// Context returns the context of the socket. Its cause is the *[CloseError] with which it ended.
// The end of the client is noticed within a tenth of a second, while no message of it waits to be
// read.
func (c *Conn) Context() context.Context { return c.ctx }

// Subprotocol returns the one that was agreed on, "" without one: see Options.Subprotocols.
func (c *Conn) Subprotocol() string { return c.ws.Subprotocol() }

// Close closes the socket with a code and a reason, which is cut at 123 bytes. It does not wait:
// the view's context ends at once, then what Send has queued is sent, and the close frame. Only the
// first Close counts, and none once the client has closed. A code that cannot be sent is an error.
func (c *Conn) Close(code Status, reason string) error {
	if !code.canSend() {
		return fmt.Errorf("websocket: %d is not a status code that can be sent: want 1000 to 1014 without 1004 to 1006, or 3000 to 4999", code)
	}
	c.close(&CloseError{Code: code, Reason: cutReason(reason)}, gracefully)
	return nil
}

// manner is how a socket is closed.
type manner int

const (
	gracefully manner = iota // what is queued is sent first
	atOnce                   // it is not
	broken                   // no close frame can be sent
)

// close closes the socket, if it is open.
func (c *Conn) close(e *CloseError, how manner) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.end != nil {
		return
	}
	c.end = e
	if how != gracefully {
		c.queue = nil
	}
	c.jobs.Go(func() { c.shut(e, how) }) // finish comes after the end
	c.cancel(e)
}

// shut sends the close frame, and waits for that of the client.
func (c *Conn) shut(e *CloseError, how manner) {
	switch how {
	case broken:
		_ = c.ws.CloseNow()
		return
	case gracefully:
		ctx, cancel := context.WithTimeout(context.Background(), closeTime)
		defer cancel()
		if c.takeTurn(ctx) == nil {
			_ = c.sendQueued()
			<-c.turn
		}
	}
	c.wire.close()
	_ = c.ws.Close(coder.StatusCode(e.Code), e.Reason) // a client that does not answer is not our error
}

// ended returns how the socket ended, nil while it is open.
func (c *Conn) ended() *CloseError {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.end
}

// start starts a job, unless the socket is over.
func (c *Conn) start(job func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.over {
		c.jobs.Go(job)
	}
}

// serve opens the socket on the connection of a request, and runs its view.
func (s *socket) serve(w http.ResponseWriter, r *web.Request, hr *http.Request) {
	if !canHijack(w) {
		http.Error(w, "this server cannot open websockets", http.StatusNotImplemented)
		return
	}
	c := &Conn{socket: s, options: s.options, turn: make(chan struct{}, 1), rate: rate{perSecond: s.options.Rate}}
	c.wire.idle, c.wire.write = s.options.IdleTimeout, s.options.WriteTimeout
	o := &coder.AcceptOptions{Subprotocols: subprotocol(r.Header, s.options.Subprotocols), InsecureSkipVerify: true}
	if s.options.Compression {
		o.CompressionMode = coder.CompressionNoContextTakeover
	}
	if s.options.Rate > 0 {
		o.OnPingReceived = func(context.Context, []byte) bool { return c.admit() }
	}
	var err error
	if c.ws, err = coder.Accept(&hijacker{w, &c.wire}, hr, o); err != nil { // which has responded
		web.Drive(r).LogError(err, http.StatusInternalServerError, "handshake of a websocket")
		return
	}
	c.ws.SetReadLimit(s.options.MaxMessage)
	// The context of the server ends the socket, and close ends that of the socket: linking them
	// would cost each idle socket half a kilobyte more.
	c.ctx, c.cancel = context.WithCancelCause(context.WithoutCancel(r.Context()))
	c.r = r.WithContext(c.ctx)
	server := r.Request.Context()
	stop := context.AfterFunc(server, func() {
		c.close(&CloseError{Code: StatusGoingAway, Reason: "the server is stopping", Err: context.Cause(server)}, gracefully)
	})
	leave := joinDrain(r.Draining(), c)
	c.begin()
	defer func() {
		leave()
		stop()
		c.finish()
	}()
	c.conclude(web.Try(func() error { return s.run(c) }))
}

// begin sets the timers.
func (c *Conn) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.end != nil {
		return
	}
	if every := c.options.Ping; every > 0 {
		c.pinger = time.AfterFunc(every, func() { c.start(c.ping) })
	}
	if every := c.options.Recheck; every > 0 {
		c.rechecker = time.AfterFunc(every, func() { c.start(c.recheck) })
	}
	c.attend()
}

// ping pings the client. Its pong is a frame like others: wire.Read notes it.
func (c *Conn) ping() {
	c.mu.Lock()
	if c.end == nil {
		c.pinger.Reset(c.options.Ping)
	}
	busy := c.flushing
	c.mu.Unlock()
	if busy {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeTime) // the end of ctx may cut off a frame
	defer cancel()
	_ = c.ws.Ping(ctx)
}

// errGoexit is the error of a view that calls runtime.Goexit.
var errGoexit = errors.New("the view ended its goroutine (runtime.Goexit)")

// conclude closes the socket for what the view returned.
func (c *Conn) conclude(err error) {
	e, closes := errors.AsType[*CloseError](err)
	_, panicked := errors.AsType[*web.PanicError](err)
	switch {
	case err == nil:
		c.close(&CloseError{Code: StatusNormal}, gracefully)
	case errors.Is(err, http.ErrAbortHandler):
		c.close(&CloseError{Code: StatusAbnormal, Err: err}, broken)
	case !panicked && c.ended() != nil:
	case !panicked && closes && e.Code.canSend():
		c.close(&CloseError{Code: e.Code, Reason: cutReason(e.Reason), Err: e.Err}, gracefully)
	default:
		web.Drive(c.r).LogError(err, http.StatusInternalServerError, "websocket: "+c.socket.place)
		c.close(&CloseError{Code: StatusInternalError, Err: err}, gracefully)
	}
}

// finish waits until the socket is closed and nothing of it runs.
func (c *Conn) finish() {
	if c.ended() == nil {
		c.conclude(errGoexit)
	}
	c.mu.Lock()
	c.over = true
	for _, timer := range []*time.Timer{c.pinger, c.rechecker, c.attending} {
		if timer != nil {
			timer.Stop()
		}
	}
	c.mu.Unlock()
	c.jobs.Wait()
	_ = c.ws.CloseNow()
	end := c.ended()
	web.Upgraded.Set(c.r, func(add func(string, any)) {
		if p := c.Subprotocol(); p != "" {
			add("subprotocol", p)
		}
		add("close_code", end.Code)
		add("messages_in", c.in.messages.Load())
		add("messages_out", c.out.messages.Load())
		add("bytes_in", c.in.bytes.Load())
		add("bytes_out", c.out.bytes.Load())
	})
	if c.socket.onClose != nil {
		if err := web.Try(func() error { c.socket.onClose(c, end); return nil }); err != nil {
			web.Drive(c.r).LogError(err, http.StatusInternalServerError, "websocket: OnClose: "+c.socket.place)
		}
	}
}
