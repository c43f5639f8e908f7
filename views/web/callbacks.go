package web

import (
	"errors"
	"io"
)

// AddResponseCallback registers fn, which is called with the response when the tweens are done with it,
// in order of registration. Callbacks may register more of them. If one fails, the rest is skipped, and
// its error becomes that of the request.
//
// The response to an error that left the tweens gets the callbacks too, so what they set is on every
// response of the request. If a response cannot be sent (another callback failed, or a stream did before
// its first byte), they are called once more, with the response to that error.
func (r *Request) AddResponseCallback(fn func(*Request, *Response) error) {
	if fn == nil {
		return
	}
	x := r.more()
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.onResponse == nil {
		x.onResponse = x.space[:0]
	}
	x.onResponse = append(x.onResponse, fn)
}

// AddFinishedCallback registers fn, which is called at the very end of the request, after the
// response was sent, even if it failed, in order of registration. Callbacks may register more of
// them. If one fails, the rest is skipped.
func (r *Request) AddFinishedCallback(fn func(*Request) error) {
	if fn == nil {
		return
	}
	x := r.more()
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.onFinished == nil {
		x.onFinished = x.room[:0]
	}
	x.onFinished = append(x.onFinished, fn)
}

func (r *Request) runResponseCallbacks(resp *Response) error {
	x := r.root().extras.Load()
	if x == nil {
		return nil
	}
	for {
		n, fn := x.nextResponseCallback()
		if fn == nil {
			return nil
		}
		if err := guarded(fn, r, resp); err != nil {
			x.failResponseCallback(n)
			return err
		}
	}
}

func (r *Request) hasResponseCallbacks() bool {
	x := r.root().extras.Load()
	if x == nil {
		return false
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	return len(x.onResponse) > 0
}

// rerunResponseCallbacks runs all response callbacks that have not failed, and returns the errors of
// those that fail now. One that fails does not stop the others.
func (r *Request) rerunResponseCallbacks(resp *Response) error {
	x := r.root().extras.Load()
	if x == nil {
		return nil
	}
	x.startResponseCallbacks()
	var errs []error
	for {
		n, fn := x.nextResponseCallback()
		if fn == nil {
			return errors.Join(errs...)
		}
		if err := guarded(fn, r, resp); err != nil {
			x.dropResponseCallback(n)
			errs = append(errs, err)
		}
	}
}

// guarded calls a response callback. A panic is an error.
func guarded(fn func(*Request, *Response) error, r *Request, resp *Response) (err error) {
	returned := false
	defer func() {
		if returned {
			return
		}
		if e := recovered(recover()); e != nil {
			err = e
		}
	}()
	err = fn(r, resp)
	returned = true
	return err
}

// nextResponseCallback returns the next response callback that has not failed, and its position; nil
// after the last. It does not iterate, since callbacks may add others.
func (x *extras) nextResponseCallback() (n int, fn func(*Request, *Response) error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for x.ran < len(x.onResponse) {
		n = x.ran
		x.ran++
		if fn = x.onResponse[n]; fn != nil {
			return n, fn
		}
	}
	return 0, nil
}

// failResponseCallback removes the callback at n, which failed, and skips those after it.
func (x *extras) failResponseCallback(n int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.onResponse[n] = nil
	x.ran = len(x.onResponse)
}

// dropResponseCallback removes the callback at n, which failed.
func (x *extras) dropResponseCallback(n int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.onResponse[n] = nil
}

// startResponseCallbacks makes the first callback the next one.
func (x *extras) startResponseCallbacks() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.ran = 0
}

// closeAtEnd closes c after the finished callbacks, even if one fails.
func (r *Request) closeAtEnd(c io.Closer) {
	x := r.more()
	x.mu.Lock()
	defer x.mu.Unlock()
	x.closers = append(x.closers, c)
}

func (r *Request) runFinishedCallbacks() error {
	x := r.root().extras.Load()
	if x == nil {
		return nil
	}
	defer x.close()
	x.interim.Close()
	for {
		fn, ok := x.nextFinishedCallback()
		if !ok {
			return nil
		}
		if err := fn(r); err != nil {
			x.dropFinishedCallbacks()
			return err
		}
	}
}

// nextFinishedCallback removes and returns the first finished callback. It does not iterate, since
// callbacks may add others.
func (x *extras) nextFinishedCallback() (fn func(*Request) error, ok bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(x.onFinished) == 0 {
		return nil, false
	}
	fn = x.onFinished[0]
	x.onFinished = x.onFinished[1:]
	return fn, true
}

// close closes what closeAtEnd was given.
func (x *extras) close() {
	x.mu.Lock()
	closers := x.closers
	x.closers = nil
	x.mu.Unlock()
	for _, c := range closers {
		_ = c.Close() // only temporary files, which the system removes one day
	}
}

func (x *extras) dropFinishedCallbacks() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.onFinished = nil
}
