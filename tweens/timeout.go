package tweens

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// TimeoutOptions are the choices of Timeout. The zero value is good for most.
type TimeoutOptions struct {
	// For gives the time of one request, in place of the general one, which it is told; 0 or less: as long as it takes. Nil:
	// all have the same. It is asked before the route is known.
	For func(r *web.Request, after time.Duration) time.Duration
	// GracePeriod is how long the end of a request waits for a view that goes on after its 504. 0 means one second, less: not at
	// all. The 504 has left by then; over HTTP/2 the mark that nothing more comes has not.
	GracePeriod time.Duration
}

// Timeout gives each request a time, after which it is answered 504, whatever the view does. The context of everything
// further in ends at that moment, with context.DeadlineExceeded, and has the deadline before.
//
// What is further in runs on a goroutine of its own, with a detached copy of the request (web.Detached). If it makes it in
// time the copy becomes the request, as if there had been no tween. If it does not, and goes on, nothing that it does to its
// Request or Response has any effect, and reading the body fails. Its finished callbacks run when it ends, what it returns
// is thrown away, and an error or panic is logged. The request's end waits for it for a bounded while; a view that still
// runs then is named in the log, once more when it has ended, and by Shutdown if it has not.
//
// The deadline is for the answer to be there, not for its way to the client: streams, readers and handlers (views.HTTP)
// run when the response is sent, without it.
//
// Under ExcView the 504 is an error, for an error view to answer; further out it is the plain answer, and then errors views
// have the deadline too. Place tweens that shall see, decorate or count the 504 outside of it: AccessLog, Observe, CORS; and
// Limit inside, so that a view which goes on keeps its place.
func Timeout(after time.Duration, o TimeoutOptions) Factory {
	text := callText("Timeout", after, o)
	switch {
	case o.GracePeriod == 0:
		o.GracePeriod = time.Second
	case o.GracePeriod < 0:
		o.GracePeriod = 0
	}
	return New(func(next web.Handler, _ *registry.Registry) (web.Handler, error) {
		if after <= 0 && o.For == nil {
			return nil, fmt.Errorf("timeout of %v: give the time that a request has, or the option For", after)
		}
		return func(r *web.Request) (*web.Response, error) {
			limit := after
			if o.For != nil {
				limit = o.For(r, after)
			}
			if limit <= 0 {
				return next(r)
			}
			return newRun(r, limit, o.GracePeriod).answer(next)
		}, nil
	}).Named(text)
}

// A run is one request that has a deadline. Two parties take part: the request's goroutine waits (answer, finish), the other
// one works (work). Who is first to set settled decides what becomes of the answer.
type run struct {
	r        *web.Request
	limit    time.Duration
	grace    time.Duration
	start    time.Time
	ctx      *deadline
	detached *web.Detached

	settled atomic.Uint32 // inTime or tooLate, once
	ended   chan struct{} // closed when the goroutine has nothing left to do
	resp    *web.Response
	err     error

	reading <-chan struct{} // of a request that is too late, and whose body was being read then
}

const (
	inTime uint32 = iota + 1
	tooLate
)

func newRun(r *web.Request, limit, grace time.Duration) *run {
	w := &run{r: r, limit: limit, grace: grace, start: time.Now(), ended: make(chan struct{})}
	w.ctx = newDeadline(r.Context(), limit)
	w.detached = web.Drive(r).Detach(w.ctx)
	r.AddFinishedCallback(w.finish)
	return w
}

// answer starts the work, and waits for it or for the deadline.
func (w *run) answer(next web.Handler) (*web.Response, error) {
	timer := time.NewTimer(w.limit)
	defer timer.Stop()
	go w.work(next)
	select {
	case <-w.ended:
	case <-timer.C:
		if w.settled.CompareAndSwap(0, tooLate) {
			return w.late()
		}
		<-w.ended // it was a matter of nanoseconds
	}
	w.ctx.lift()
	w.detached.Attach()
	if errors.Is(w.err, errAborted) {
		panic(http.ErrAbortHandler)
	}
	return w.resp, w.err
}

// work is the goroutine of everything further in.
func (w *run) work(next web.Handler) {
	defer close(w.ended)
	resp, err := w.call(next)
	if w.settled.CompareAndSwap(0, inTime) {
		w.resp, w.err = resp, err
		return
	}
	w.straggled(resp, err)
}

// call calls next. Whatever ends it, there is an outcome.
func (w *run) call(next web.Handler) (resp *web.Response, err error) {
	returned := false
	defer func() {
		if v := recover(); v != nil {
			resp, err = nil, caught(v, debug.Stack())
		} else if !returned {
			resp, err = nil, errors.New("what a timeout waited for ended its goroutine")
			w.goexit(err) // nothing runs on this goroutine any more but what is deferred
		}
	}()
	resp, err = next(w.detached.Request())
	returned = true
	return resp, err
}

// goexit settles a run whose goroutine ends without returning.
func (w *run) goexit(err error) {
	if w.settled.CompareAndSwap(0, inTime) {
		w.err = err
		return
	}
	w.straggled(nil, err)
}

// late answers in place of a view that has not.
func (w *run) late() (*web.Response, error) {
	w.reading = w.detached.Abandon()
	w.ctx.end(context.DeadlineExceeded)
	w.r.AddResponseCallback(w.hasten)
	return refuse(w.r, web.GatewayTimeout("").With(fmt.Errorf("no answer within %v: %w", w.limit, context.DeadlineExceeded)))
}

// hasten has the answer leave at once, rather than when the request has ended, which waits for the straggler. It runs when
// the tweens are done.
func (w *run) hasten(r *web.Request, resp *web.Response) error {
	body, whole := resp.Body()
	if !whole {
		return nil
	}
	status := resp.Status()
	bodyless := status == http.StatusNoContent || status == http.StatusNotModified || status == http.StatusResetContent
	if !bodyless && (len(body) > 0 || r.Method != http.MethodHead) {
		resp.SetHeader("Content-Length", strconv.Itoa(len(body)))
		if len(body) > 0 && resp.ContentType() == "" {
			resp.SetContentType("application/octet-stream")
		}
	}
	if r.ProtoMajor == 1 && w.grace > 0 {
		resp.SetHeader("Connection", "close") // the next request on it would wait too
	}
	resp.SetHandler(http.HandlerFunc(func(out http.ResponseWriter, hr *http.Request) {
		w.interrupt(out)
		out.WriteHeader(status)
		if !bodyless && hr.Method != http.MethodHead {
			_, _ = out.Write(body) // a client that went away is no concern of a straggler's
		}
		_ = http.NewResponseController(out).Flush()
	}))
	return nil
}

// interrupt ends a read of the body that waits for the client: net/http would wait for it before it answers.
func (w *run) interrupt(out http.ResponseWriter) {
	if w.reading == nil || http.NewResponseController(out).SetReadDeadline(time.Now()) != nil {
		return
	}
	select {
	case <-w.reading:
	case <-w.ended:
	case <-time.After(time.Second): // it is not the connection that it waits for
	}
}

// finish is the finished callback: the goroutine is waited for, within bounds.
func (w *run) finish(r *web.Request) error {
	r.AddFinishedCallback(w.release)
	if w.settled.Load() == inTime {
		return nil
	}
	timer := time.NewTimer(w.grace)
	defer timer.Stop()
	select {
	case <-w.ended:
	case <-timer.C:
		w.tell(w.r.Log().Warn(), w.r).Msg("still running after its deadline")
		web.Drive(w.r).TrackStraggler(fmt.Sprintf("%s %s (request %s) is still running after its deadline of %v", r.Method, r.URL.EscapedPath(), r.ID(), w.limit), w.ended)
	}
	return nil
}

// release comes behind the finished callbacks from further in, which may want the context.
func (w *run) release(*web.Request) error {
	w.ctx.leave()
	w.ctx.end(context.Canceled)
	return nil
}

// straggled is the end of a run whose request was answered without it. It runs on the straggler's goroutine.
func (w *run) straggled(resp *web.Response, err error) {
	r := w.detached.Request()
	if resp != nil {
		_ = resp.Close()
	}
	if _, failed := web.Guard(finished)(r); failed != nil {
		w.tell(r.Log().Error(), r).Err(failed).Msg("finished callback")
	}
	if form := r.MultipartForm; form != nil {
		_ = form.RemoveAll()
	}
	level := zerolog.WarnLevel
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || errors.Is(err, errAborted) {
		err = nil // which it was meant to end with
	}
	panicked, ok := errors.AsType[*web.PanicError](err)
	if ok {
		level = zerolog.ErrorLevel
	}
	line := w.tell(r.Log().WithLevel(level), r).Err(err)
	if ok {
		line.Bytes("stack", panicked.Stack)
	}
	line.Msg("ended after its deadline")
}

// finished runs the finished callbacks, for web.Guard.
func finished(r *web.Request) (*web.Response, error) { return nil, web.Drive(r).RunFinishedCallbacks() }

// tell says which request it was. Each of the two parties tells it by its own.
func (w *run) tell(line *zerolog.Event, r *web.Request) *zerolog.Event {
	line.Str("method", r.Method).Str("path", r.URL.Path)
	describe(line, r)
	return line.Dur("limit", w.limit).Dur("duration", time.Since(w.start))
}
