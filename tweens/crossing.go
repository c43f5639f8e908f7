package tweens

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"sync"

	"github.com/mastaba-go/mastaba/views/web"
)

// A crossing is one request on its way through a piece of middleware. Two parties, sometimes three, take part:
//
//   - the request's goroutine, which everything that touches the web.Request runs on. It serves: first in the tween
//     (bridge.handle), later, if the answer is streamed, where the response is written (pull);
//   - the middleware's goroutine (run), which ends with the crossing;
//   - whoever calls the inner handler: mostly the same goroutine, sometimes another one (http.TimeoutHandler).
//
// The caller hands the request over (calls), the request's goroutine runs next and hands the response back (reply), and the
// caller writes it into the writer that the middleware gave it. What arrives at the far end (outlet) is kept until the
// middleware has returned (over), or until it is too much or flushed (begun). From then on every Write waits until the
// request's goroutine has passed its bytes on, so that between begin and pull the middleware stands still, and a body that
// is a function never runs beside the tweens further out.
//
// Nobody waits for a party that is gone: over is closed when the middleware has returned, and ctx ends when the request is
// finished or its response could not be written.
type crossing struct {
	bridge *bridge
	r      *web.Request
	ctx    context.Context
	cancel context.CancelFunc
	out    outlet

	calls chan *call
	over  chan struct{}

	panicked error // of the middleware; set before over is closed

	mu    sync.Mutex // guards all below
	call  *call
	twice bool // next was called again
	ended bool // the middleware has returned
	taken bool // the response was, is being, or can no longer be written
}

// call is the call of the inner handler.
type call struct {
	req      *http.Request
	reply    chan answer
	finished chan struct{} // closed when the caller is done with the response
	lapse    lapse         // written before finished is closed, first by the request's goroutine and then by the caller
}

// answer is what next made of a call: both are nil for an error, which the middleware does not see.
type answer struct {
	r    *web.Request
	resp *web.Response
}

// lapse is what went wrong further in: in next, or while its response was written.
type lapse struct {
	err  error
	late bool // the middleware had returned before
	cut  bool // the middleware had ended the context of the inner request before, and nobody further out had
}

func newCrossing(b *bridge, r *web.Request) *crossing {
	x := &crossing{bridge: b, r: r, calls: make(chan *call), over: make(chan struct{})}
	x.ctx, x.cancel = context.WithCancel(r.Context())
	x.out.open(x)
	return x
}

// run is the middleware's goroutine.
func (x *crossing) run(hr *http.Request) {
	returned := false
	defer close(x.over)
	defer func() {
		if v := recover(); v != nil {
			x.panicked = caught(v, debug.Stack())
		} else if !returned {
			x.panicked = fmt.Errorf("middleware %s ended its goroutine", x.bridge.name)
		}
		x.end()
	}()
	x.bridge.handler.ServeHTTP(&x.out, hr)
	returned = true
}

// end closes the crossing for calls. What the middleware left running further in is told, as net/http tells it.
func (x *crossing) end() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.ended = true
	if x.call != nil && !closed(x.call.finished) {
		x.cancel()
	}
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// inner is the inner handler, on whatever goroutine the middleware calls it.
func (x *crossing) inner(w http.ResponseWriter, hr *http.Request) {
	c := &call{req: hr, reply: make(chan answer, 1), finished: make(chan struct{})}
	if !x.admit(c) {
		return
	}
	defer close(c.finished)
	select {
	case x.calls <- c:
	case <-x.over:
		return
	case <-x.ctx.Done():
		return
	}
	a := <-c.reply
	switch {
	case a.resp == nil:
	case x.returned(): // w may belong to another request by now
		_ = a.resp.Close()
	default:
		if err := write(a, w); err != nil {
			c.lapse = x.lapse(c, err)
		}
	}
}

// admit takes the first call. A second one is noted, one that comes too late is not.
func (x *crossing) admit(c *call) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	switch {
	case x.ended:
		return false
	case x.call != nil:
		x.twice = true
		return false
	}
	x.call = c
	return true
}

// write writes the response of next for the middleware to see. The caller may be a goroutine on which nobody recovers.
func write(a answer, w http.ResponseWriter) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = caught(v, debug.Stack())
		}
	}()
	_, err = a.resp.Send(w, a.r)
	return err
}

// serve answers a call, on the request's goroutine.
func (x *crossing) serve(c *call) {
	r := x.r.With(c.req)
	resp, err := x.next(r)
	if err != nil {
		c.lapse = x.lapse(c, err)
		resp = nil
	}
	if m := r.Match(); m != nil && !x.returned() {
		c.req.Pattern = m.Pattern
	}
	c.reply <- answer{r, resp}
}

func (x *crossing) next(r *web.Request) (resp *web.Response, err error) {
	defer func() {
		if v := recover(); v != nil {
			resp, err = nil, caught(v, debug.Stack())
		}
	}()
	if resp, err = x.bridge.next(r); err == nil && resp == nil {
		err = errors.New("a handler under middleware " + x.bridge.name + " returned neither a response nor an error")
	}
	return resp, err
}

// lapse notes what went wrong, and how things stood when it did.
func (x *crossing) lapse(c *call, err error) lapse {
	x.mu.Lock() // end sets ended and cancels in one
	defer x.mu.Unlock()
	return lapse{err: err, late: x.ended, cut: c.req.Context().Err() != nil && x.ctx.Err() == nil}
}

// returned reports whether the middleware has returned.
func (x *crossing) returned() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.ended
}

// settle waits until nothing of the crossing runs any more, and returns what went wrong.
func (x *crossing) settle() error {
	<-x.over
	x.mu.Lock()
	c, twice := x.call, x.twice
	x.mu.Unlock()
	if c != nil {
		<-c.finished
	}
	switch {
	case x.panicked != nil:
		return x.panicked
	case twice:
		return fmt.Errorf("middleware %s called next twice in one request", x.bridge.name)
	case c == nil || c.lapse.err == nil:
		return nil
	case c.lapse.late, c.lapse.cut && x.out.answer() >= 400:
		x.dropped(c.lapse.err)
		return nil
	}
	return c.lapse.err
}

// dropped logs an error that the answer of the middleware stands in for, unless it only says that there was no time left.
func (x *crossing) dropped(err error) {
	if !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, http.ErrHandlerTimeout) {
		x.r.Log().Warn().Err(err).Str("middleware", x.bridge.name).Msg("error of a request that its middleware had answered already")
	}
}

// answered makes the response of a middleware that has returned.
func (x *crossing) answered() (*web.Response, error) {
	x.mu.Lock()
	x.taken = true
	x.mu.Unlock()
	if err := x.settle(); err != nil {
		if errors.Is(err, errAborted) {
			panic(http.ErrAbortHandler)
		}
		return nil, err
	}
	return x.out.response(), nil
}

// streamed makes the response of a middleware that is still writing, or that asked for the connection.
func (x *crossing) streamed() *web.Response {
	resp := x.out.resp
	if x.out.hijacking {
		resp = web.Respond(http.StatusSwitchingProtocols)
		resp.SetHandler(http.HandlerFunc(x.lend))
	} else {
		resp.SetStream(x.pull)
	}
	return resp
}

// pull serves the middleware while the response is written.
func (x *crossing) pull(w web.StreamWriter) error {
	if err := x.take(); err != nil {
		return err
	}
	if len(x.out.buf) > 0 {
		if _, err := (piece{bytes: x.out.buf}).pass(w); err != nil {
			return x.broken(err)
		}
	}
	for {
		select {
		case c := <-x.calls:
			x.serve(c)
		case p := <-x.out.pieces:
			n, err := p.pass(w)
			x.out.passed <- passed{n, err}
			if err != nil {
				return x.broken(err)
			}
		case <-x.over:
			return x.closing(x.settle())
		}
	}
}

// lend serves the middleware while it has the connection.
func (x *crossing) lend(w http.ResponseWriter, _ *http.Request) {
	if err := x.take(); err != nil {
		panic(http.ErrAbortHandler)
	}
	writers := x.out.writers
	for {
		select {
		case c := <-x.calls:
			x.serve(c)
		case writers <- w:
			writers = nil
		case <-x.over:
			if err := x.closing(x.settle()); err != nil {
				x.r.Log().Error().Err(err).Str("middleware", x.bridge.name).Msg("hijacked connection")
				panic(http.ErrAbortHandler)
			}
			return
		}
	}
}

// closing turns the end of a crossing whose answer has begun into what its writer returns.
func (x *crossing) closing(err error) error {
	if errors.Is(err, errAborted) {
		panic(http.ErrAbortHandler)
	}
	return err
}

// broken ends a crossing whose bytes nobody takes any more.
func (x *crossing) broken(err error) error {
	x.cancel()
	if end := x.settle(); errors.Is(end, errAborted) {
		err = end
	}
	return x.closing(err)
}

// take allows one writer, as long as the request is not finished.
func (x *crossing) take() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.taken {
		return fmt.Errorf("the response of middleware %s is streamed: it can be written once, before its request is finished", x.bridge.name)
	}
	x.taken = true
	return nil
}

// finish is the finished callback: nothing of the crossing outlives the request. A response that is being written just now,
// by a crossing further out, ends by itself once that one is finished.
func (x *crossing) finish(*web.Request) error {
	x.cancel()
	x.mu.Lock()
	taken := x.taken
	x.taken = true
	x.mu.Unlock()
	if taken {
		return nil
	}
	if err, ok := errors.AsType[*web.PanicError](x.settle()); ok {
		x.r.Log().Error().Err(err).Bytes("stack", err.Stack).Str("middleware", x.bridge.name).Msg("middleware panicked behind a response that was not written")
	}
	return nil
}
