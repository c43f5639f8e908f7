package tweens

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/mastaba-go/mastaba/views/web"
)

// TimeoutOptions are the options of Timeout. The zero value suits most applications.
type TimeoutOptions struct {
	// For returns the time of one request, given the general one; 0 or less means no limit. It is
	// called before the route is known. Nil gives all requests the same time.
	For func(r *web.Request, after time.Duration) time.Duration
	// GracePeriod is how long the end of a request waits for a view that outlives its 504. 0 means
	// one second, a negative number not at all. The 504 has been sent by then; only the
	// end of the stream (HTTP/2) or the close of the connection (Connection: close) has not.
	GracePeriod time.Duration
}

// Timeout limits the time of each request: when it is over, the response is 504, whatever the view
// does. The context of inner tweens and the view ends at that moment, with
// context.DeadlineExceeded, and has the deadline from the beginning.
//
// Inner tweens and the view run on a goroutine of their own, with a detached copy of the request
// (web.Detached). If they finish in time, the copy becomes the request, as if there were no tween.
// If not, nothing that they do to their Request or Response has any effect, and reading the body
// fails. Their finished callbacks run when they end, what they return is discarded, and an error or
// panic is logged. The end of the request waits for them for the grace period; a straggler is then
// logged, once more when it has ended, and by Shutdown if it has not.
//
// The deadline covers making the response, not sending it: streams, readers and handlers
// (views.HTTP) run when the response is sent, without it.
//
// Under ExcView the 504 is an error, which an error view may handle; outside it is a plain
// response, and error views have the deadline too. Place tweens that should see, change or count
// the 504 outside Timeout: AccessLog, Observe, CORS; and Limit inside, so that a straggler keeps
// its place.
func Timeout(after time.Duration, o TimeoutOptions) Factory {
	text := callText("Timeout", after, o)
	switch {
	case o.GracePeriod == 0:
		o.GracePeriod = time.Second
	case o.GracePeriod < 0:
		o.GracePeriod = 0
	}
	var err error
	if after <= 0 && o.For == nil {
		err = fmt.Errorf("timeout of %v: want a positive duration, or TimeoutOptions.For", after)
	}
	return Wrap(func(next web.Handler) web.Handler {
		return func(r *web.Request) (*web.Response, error) {
			limit := after
			if o.For != nil {
				limit = o.For(r, after)
			}
			if limit <= 0 {
				return next(r)
			}
			return newRun(r, limit, o.GracePeriod).handle(next)
		}
	}).Named(text).WithErr(err)
}

// A run is one request with a deadline. The request's goroutine waits (handle, finish), the other
// one works (work). The first to set settled decides between the response and the 504.
type run struct {
	r        *web.Request
	limit    time.Duration
	grace    time.Duration
	start    time.Time
	ctx      *deadline
	detached *web.Detached

	settled atomic.Uint32 // inTime or tooLate, once
	ended   chan struct{} // closed when the goroutine is done
	resp    *web.Response
	err     error

	reading <-chan struct{} // closed when a read of the body ends that was going on at the deadline
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

// handle starts the work, and waits for it or for the deadline.
func (w *run) handle(next web.Handler) (*web.Response, error) {
	timer := time.NewTimer(w.limit)
	defer timer.Stop()
	go w.work(next)
	select {
	case <-w.ended:
	case <-timer.C:
		if w.settled.CompareAndSwap(0, tooLate) {
			return w.late()
		}
		<-w.ended // it has won by nanoseconds
	}
	w.ctx.lift()
	w.detached.Attach()
	if errors.Is(w.err, errAborted) {
		panic(http.ErrAbortHandler)
	}
	return w.resp, w.err
}

// work is the goroutine of inner tweens and the view.
func (w *run) work(next web.Handler) {
	defer close(w.ended)
	resp, err := w.call(next)
	if w.settled.CompareAndSwap(0, inTime) {
		w.resp, w.err = resp, err
		return
	}
	w.straggled(resp, err)
}

// call calls next. It returns an error for whatever else ends the call.
func (w *run) call(next web.Handler) (resp *web.Response, err error) {
	returned := false
	defer func() {
		if !returned {
			resp, err = nil, errors.New("a handler under a timeout ended its goroutine")
			w.goexit(err) // only deferred functions run on this goroutine from here on
		}
	}()
	err = try(func() (err error) {
		resp, err = next(w.detached.Request())
		return err
	})
	returned = true
	return resp, err
}

// goexit settles a run whose goroutine ends by runtime.Goexit.
func (w *run) goexit(err error) {
	if w.settled.CompareAndSwap(0, inTime) {
		w.err = err
		return
	}
	w.straggled(nil, err)
}

// late returns the 504.
func (w *run) late() (*web.Response, error) {
	w.reading = w.detached.Abandon()
	w.ctx.end(context.DeadlineExceeded)
	w.r.AddResponseCallback(w.sendAtOnce)
	return refuse(w.r, web.GatewayTimeout("").With(fmt.Errorf("no response within %v: %w", w.limit, context.DeadlineExceeded)))
}

// sendAtOnce has the response sent at once, and not when the request has ended, which waits for the
// straggler. It is a response callback, so it runs after all tweens.
func (w *run) sendAtOnce(r *web.Request, resp *web.Response) error {
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
		resp.SetHeader("Connection", "close") // the next request on the connection would wait too
	}
	resp.SetHandler(http.HandlerFunc(func(out http.ResponseWriter, hr *http.Request) {
		w.interrupt(out)
		out.WriteHeader(status)
		if !bodyless && hr.Method != http.MethodHead {
			_, _ = out.Write(body) // nothing to do about a client that has disconnected
		}
		_ = http.NewResponseController(out).Flush()
	}))
	return nil
}

// interrupt ends a read of the body that waits for the client, because net/http would wait for it
// before it sends the response.
func (w *run) interrupt(out http.ResponseWriter) {
	if w.reading == nil || http.NewResponseController(out).SetReadDeadline(time.Now()) != nil {
		return
	}
	select {
	case <-w.reading:
	case <-w.ended:
	case <-time.After(time.Second): // it waits for something other than the connection
	}
}

// finish is a finished callback: it waits for the goroutine, for the grace period.
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
		w.addTo(w.r.Log().Warn(), w.r).Msg("still running after its deadline")
		web.Drive(w.r).TrackStraggler(fmt.Sprintf("%s %s (request %s) is still running after its deadline of %v", r.Method, r.URL.EscapedPath(), r.ID(), w.limit), w.ended)
	}
	return nil
}

// release runs after the finished callbacks of inner tweens and the view, which may need the
// context.
func (w *run) release(*web.Request) error {
	w.ctx.detach()
	w.ctx.end(context.Canceled)
	return nil
}

// straggled ends a run that missed its deadline, on the straggler's goroutine.
func (w *run) straggled(resp *web.Response, err error) {
	r := w.detached.Request()
	if resp != nil {
		_ = resp.Close()
	}
	if _, failed := web.Guard(finished)(r); failed != nil {
		w.addTo(r.Log().Error(), r).Err(failed).Msg("finished callback")
	}
	if form := r.MultipartForm; form != nil {
		_ = form.RemoveAll()
	}
	level := zerolog.WarnLevel
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || errors.Is(err, errAborted) {
		err = nil // as intended
	}
	panicked, ok := errors.AsType[*web.PanicError](err)
	if ok {
		level = zerolog.ErrorLevel
	}
	line := w.addTo(r.Log().WithLevel(level), r).Err(err)
	if ok {
		line.Bytes("stack", panicked.Stack)
	}
	line.Msg("ended after its deadline")
}

// finished runs the finished callbacks, for web.Guard.
func finished(r *web.Request) (*web.Response, error) { return nil, web.Drive(r).RunFinishedCallbacks() }

// addTo adds the request to a line. Each goroutine passes its own.
func (w *run) addTo(line *zerolog.Event, r *web.Request) *zerolog.Event {
	line.Str("method", r.Method).Str("path", r.URL.Path)
	addFound(line, r)
	return line.Dur("limit", w.limit).Dur("duration", time.Since(w.start))
}
