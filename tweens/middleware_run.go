package tweens

import (
	"context"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/mastaba-go/mastaba/views/web"
)

// A middlewareRun is one request in one piece of middleware. Two or three goroutines take part:
//
//   - the request's goroutine, on which everything runs that uses the web.Request. It serves the
//     others: first in the tween (adapter.handle), and later, if the output is streamed, where the
//     response is sent (stream);
//   - the middleware's goroutine (run), which ends with the run;
//   - the caller of the inner handler, which is mostly the middleware's goroutine, and sometimes
//     another one (http.TimeoutHandler).
//
// The caller passes its request over (calls), the request's goroutine calls the next handler and
// passes the response back (reply), and the caller writes that to the writer that the middleware
// gave it. What reaches the other end (middlewareWriter) is buffered until the middleware has
// returned (over), or until it is too long or flushed (begun). From then on each Write waits until
// the request's goroutine has passed its bytes on. So between begun and stream the middleware
// stands still, and a body that is a function never runs concurrently with outer tweens.
//
// No party waits for one that is gone: over is closed when the middleware has returned, and
// unserved when the request is finished or its response could not be sent. The context ends earlier
// if the client disconnects, or only closes its side of the connection: that alone fails no call
// and no Write, since the client may still read the response.
//
// A failure of the inner handler unwinds the middleware (unwind).
type middlewareRun struct {
	adapter *adapter
	r       *web.Request
	hr      *http.Request // what the middleware gets
	ctx     context.Context
	cancel  context.CancelFunc
	out     middlewareWriter

	calls    chan *call
	over     chan struct{}
	unserved chan struct{} // closed, after ctx has ended, when the request's goroutine serves no more

	panicked error // of the middleware; set before over is closed

	doomed atomic.Bool // the middleware is unwound as soon as it uses its writer

	mu      sync.Mutex // guards all below
	call    *call
	twice   bool // next was called again
	unwound bool // a failure unwinds the middleware; its own panic is a consequence
	ended   bool // the middleware has returned
	claimed bool // the response was, is being, or can no longer be sent
}

// call is the call of the inner handler.
type call struct {
	req      *http.Request
	reply    chan result
	finished chan struct{} // closed when the caller is done with the response
	failure  failure       // set before finished is closed, first by the request's goroutine, then by the caller
}

// result is what next returned. Both fields are nil for an error, which unwinds the middleware.
type result struct {
	r    *web.Request
	resp *web.Response
}

// failure is an error of next, or of the body of its response.
type failure struct {
	err  error
	late bool // the middleware had returned before
	cut  bool // the middleware, and not an outer handler, had ended the context of the inner request before
}

func newMiddlewareRun(a *adapter, r *web.Request) *middlewareRun {
	m := &middlewareRun{adapter: a, r: r, calls: make(chan *call), over: make(chan struct{}), unserved: make(chan struct{})}
	m.ctx, m.cancel = context.WithCancel(r.Context())
	m.hr = r.Request.WithContext(runContext{m.ctx, m})
	m.out.open(m)
	return m
}

// run is the middleware's goroutine.
func (m *middlewareRun) run() {
	returned := false
	defer close(m.over)
	defer func() {
		if !returned {
			m.panicked = fmt.Errorf("middleware %s ended its goroutine", m.adapter.name)
		}
		m.end()
	}()
	m.panicked = try(func() error {
		m.adapter.handler.ServeHTTP(&m.out, m.hr)
		return nil
	})
	returned = true
}

// end refuses further calls. If a call is still running, its context ends, as it does in net/http.
func (m *middlewareRun) end() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ended = true
	if m.call != nil && !closed(m.call.finished) {
		m.cancel()
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

// inner is the inner handler, on the goroutine on which the middleware calls it.
func (m *middlewareRun) inner(w http.ResponseWriter, hr *http.Request) {
	c := &call{req: hr, reply: make(chan result, 1), finished: make(chan struct{})}
	if !m.admit(c) {
		m.unwind(nil)
		return
	}
	defer close(c.finished)
	m.exchange(c, w)
	if f := c.failure; f.err != nil && !f.late && !f.cut {
		m.unwind(f.err)
	}
}

// exchange has a call served, and sends its response to w.
func (m *middlewareRun) exchange(c *call, w http.ResponseWriter) {
	select {
	case m.calls <- c:
	case <-m.over:
		return
	case <-m.unserved:
		c.failure = m.failure(c, context.Cause(m.ctx))
		return
	}
	res := <-c.reply
	switch {
	case res.resp == nil:
	case m.returned(): // w may belong to another request by now
		_ = res.resp.Close()
	default:
		if err := send(res, w); err != nil {
			c.failure = m.failure(c, err)
		}
	}
}

// admit admits the first call. It records a second one, but not one that comes too late.
func (m *middlewareRun) admit(c *call) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.ended:
		return false
	case m.call != nil:
		m.twice = true
		return false
	}
	m.call = c
	return true
}

// send sends the response of next to the middleware. It recovers, because the caller may be a
// goroutine that does not.
func send(res result, w http.ResponseWriter) error {
	return try(func() error {
		_, err := res.resp.Send(w, res.r)
		return err
	})
}

// serve serves a call, on the request's goroutine. The caller gets a reply even if runtime.Goexit
// ends that goroutine: it is unwound then, before outer tweens are.
func (m *middlewareRun) serve(c *call) {
	var res result
	served := false
	defer func() {
		if !served {
			c.failure = m.failure(c, fmt.Errorf("a handler under middleware %s ended its goroutine", m.adapter.name))
		}
		c.reply <- res
		if !served {
			m.abandon()
		}
	}()
	r := m.r.With(c.req)
	resp, err := m.next(r)
	if err != nil {
		c.failure = m.failure(c, err)
		resp = nil
	}
	if match := r.Match(); match != nil && !m.returned() {
		c.req.Pattern = match.Pattern
	}
	res = result{r, resp}
	served = true
}

func (m *middlewareRun) next(r *web.Request) (resp *web.Response, err error) {
	err = try(func() (err error) {
		resp, err = m.adapter.next(r)
		return err
	})
	if err == nil && resp == nil {
		err = errors.New("a handler under middleware " + m.adapter.name + " returned neither a response nor an error")
	}
	return resp, err
}

// failure returns an error with the state of the run when it occurred.
func (m *middlewareRun) failure(c *call, err error) failure {
	m.mu.Lock() // end sets ended and cancels at once
	defer m.mu.Unlock()
	return failure{err: err, late: m.ended, cut: c.req.Context().Err() != nil && m.ctx.Err() == nil}
}

// returned reports whether the middleware has returned.
func (m *middlewareRun) returned() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.ended
}

// wait waits until nothing of the run is running any more, and returns its error.
func (m *middlewareRun) wait() error {
	<-m.over
	m.mu.Lock()
	c, twice := m.call, m.twice
	m.mu.Unlock()
	if c != nil {
		<-c.finished
	}
	unwound := m.wasUnwound()
	if unwound {
		m.logOwnPanic(c)
	}
	switch {
	case m.panicked != nil && !unwound:
		return m.panicked
	case twice:
		return fmt.Errorf("middleware %s called next twice in one request", m.adapter.name)
	case c == nil || c.failure.err == nil:
		return nil
	case c.failure.late, c.failure.cut && m.out.finalStatus() >= 400:
		m.logIgnored(c.failure.err)
		return nil
	}
	return c.failure.err
}

// logIgnored logs an error that the response of the middleware replaces, unless it only says that
// there was no time left.
func (m *middlewareRun) logIgnored(err error) {
	if !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, http.ErrHandlerTimeout) {
		m.r.Log().Warn().Err(err).Str("middleware", m.adapter.name).Msg("error after the middleware had responded")
	}
}

// logOwnPanic logs a panic of the middleware that the error of the inner handler replaces.
func (m *middlewareRun) logOwnPanic(c *call) {
	if _, inner := errors.AsType[*web.PanicError](c.failure.err); inner {
		return // it is the same one
	}
	if own, ok := errors.AsType[*web.PanicError](m.panicked); ok {
		m.r.Log().Error().Err(own).Bytes("stack", own.Stack).Str("middleware", m.adapter.name).Msg("middleware panicked after an error")
	}
}

// bufferedResponse returns the response of a middleware that has returned.
func (m *middlewareRun) bufferedResponse() (*web.Response, error) {
	m.mu.Lock()
	m.claimed = true
	m.mu.Unlock()
	if err := m.wait(); err != nil {
		if errors.Is(err, errAborted) {
			panic(http.ErrAbortHandler)
		}
		return nil, err
	}
	return m.out.response(), nil
}

// streamedResponse returns the response of a middleware that is still writing, or hijacks the
// connection.
func (m *middlewareRun) streamedResponse() *web.Response {
	resp := m.out.resp
	if m.out.hijacking {
		resp = web.Respond(http.StatusSwitchingProtocols)
		resp.SetHandler(http.HandlerFunc(m.lendConnection))
	} else {
		resp.SetStream(m.stream)
	}
	return resp
}

// stream serves the middleware while the response is sent.
func (m *middlewareRun) stream(w web.StreamWriter) error {
	if err := m.claim(); err != nil {
		return err
	}
	if len(m.out.buf) > 0 {
		if _, err := (chunk{bytes: m.out.buf}).writeTo(w); err != nil {
			return m.abort(err)
		}
	}
	for {
		select {
		case c := <-m.calls:
			m.serve(c)
		case p := <-m.out.chunks:
			if err := m.pass(p, w); err != nil {
				return m.abort(err)
			}
		case <-m.over:
			return repanic(m.wait())
		}
	}
}

// pass passes a chunk on to w. The middleware gets a result even if runtime.Goexit ends the
// goroutine.
func (m *middlewareRun) pass(p chunk, w web.StreamWriter) error {
	result := written{err: errors.New("the goroutine that sends the response has ended")}
	returned := false
	defer func() {
		m.out.written <- result
		if !returned {
			m.abandon()
		}
	}()
	result.n, result.err = p.writeTo(w)
	returned = true
	return result.err
}

// lendConnection serves the middleware while it has the connection.
func (m *middlewareRun) lendConnection(w http.ResponseWriter, _ *http.Request) {
	if err := m.claim(); err != nil {
		panic(http.ErrAbortHandler)
	}
	writers := m.out.writers
	for {
		select {
		case c := <-m.calls:
			m.serve(c)
		case writers <- w:
			writers = nil
		case <-m.over:
			if err := repanic(m.wait()); err != nil {
				m.r.Log().Error().Err(err).Str("middleware", m.adapter.name).Msg("hijacked connection")
				panic(http.ErrAbortHandler)
			}
			return
		}
	}
}

// repanic panics again if err is http.ErrAbortHandler from another goroutine, and returns err
// otherwise.
func repanic(err error) error {
	if errors.Is(err, errAborted) {
		panic(http.ErrAbortHandler)
	}
	return err
}

// abort ends a run whose bytes cannot be sent any more.
func (m *middlewareRun) abort(err error) error {
	m.stopServing()
	if end := m.wait(); errors.Is(end, errAborted) {
		err = end
	}
	return repanic(err)
}

// claim allows the response to be sent once, as long as the request is not finished.
func (m *middlewareRun) claim() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.claimed {
		return fmt.Errorf("streamed response of middleware %s: it can be sent only once, before its request is finished", m.adapter.name)
	}
	m.claimed = true
	return nil
}

// finish is the finished callback: nothing of the run outlives the request. If the response is just
// being sent, by the run of outer middleware, it ends with that run.
func (m *middlewareRun) finish(r *web.Request) error {
	m.stopServing()
	if m.forgo() {
		m.discard()
	}
	if forms := m.forms(); len(forms) > 0 {
		r.AddFinishedCallback(func(*web.Request) error { // after those of the view, which may read them
			for _, form := range forms {
				_ = form.RemoveAll() // only temporary files, which the system removes one day
			}
			return nil
		})
	}
	return nil
}

// forms returns the forms that the middleware or an inner handler has read. Nobody else knows of
// them, because the requests are copies of the one outside, so their files would stay.
func (m *middlewareRun) forms() (forms []*multipart.Form) {
	m.mu.Lock()
	c := m.call
	m.mu.Unlock()
	if !closed(m.over) || c != nil && !closed(c.finished) {
		return nil // the run of outer middleware is still sending
	}
	if form := m.hr.MultipartForm; form != nil && form != m.r.MultipartForm {
		forms = append(forms, form)
	}
	if c != nil && c.req.MultipartForm != nil && c.req.MultipartForm != m.hr.MultipartForm {
		forms = append(forms, c.req.MultipartForm)
	}
	return forms
}

// abandon waits for a run while its request's goroutine is ending. The context of the middleware
// ends only if its output is a stream, so that http.TimeoutHandler sees the panic of next first.
func (m *middlewareRun) abandon() {
	select {
	case <-m.over:
	case <-m.out.begun:
		m.stopServing()
	}
	m.forgo()
	m.discard()
}

// stopServing ends the context, and fails calls and writes from now on.
func (m *middlewareRun) stopServing() {
	m.cancel()
	m.mu.Lock()
	defer m.mu.Unlock()
	if !closed(m.unserved) {
		close(m.unserved)
	}
}

// forgo keeps the response from being sent later. It reports whether it could still have been.
func (m *middlewareRun) forgo() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	claimed := m.claimed
	m.claimed = true
	return !claimed
}

// discard waits for a run whose response is not sent, and logs a panic of the middleware.
func (m *middlewareRun) discard() {
	if err, ok := errors.AsType[*web.PanicError](m.wait()); ok {
		m.r.Log().Error().Err(err).Bytes("stack", err.Stack).Str("middleware", m.adapter.name).Msg("middleware panicked, its response was not sent")
	}
}
