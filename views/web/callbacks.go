package web

import (
	"errors"

	"github.com/mastaba-go/mastaba/views/web/internal/callbacks"
)

// AddResponseCallback registers fn, which is called with the response when the tweens are done with
// it, in order of registration. Callbacks may register more of them. If one fails, the rest is
// skipped, and its error becomes that of the request.
//
// The response to an error that left the tweens gets the callbacks too, so what they set is on
// every response of the request. If a response cannot be sent (another callback failed, or a stream
// did before its first byte), they are called once more, with the response to that error.
func (r *Request) AddResponseCallback(fn func(*Request, *Response) error) {
	if fn != nil {
		r.more().onResponse.Add(fn)
	}
}

// AddFinishedCallback registers fn, which is called at the very end of the request, after the
// response was sent, even if it failed, in order of registration. Callbacks may register more of
// them. If one fails, the rest is skipped. If one ends its goroutine (runtime.Goexit), that is
// logged, and the rest still run.
func (r *Request) AddFinishedCallback(fn func(*Request) error) {
	if fn != nil {
		r.more().onFinished.Add(fn)
	}
}

// HasResponseCallbacks reports whether the request has any response callbacks.
func (d Driver) HasResponseCallbacks() bool {
	x := d.r.root().extras.Load()
	return x != nil && !x.onResponse.IsEmpty()
}

// RunResponseCallbacks calls the response callbacks that did not run yet, until one fails; the rest
// is then skipped. If none fails, it saves the session.
func (d Driver) RunResponseCallbacks(resp *Response) error {
	x := d.r.root().extras.Load()
	if x == nil {
		return nil
	}
	err := x.onResponse.Run(func(fn func(*Request, *Response) error) error { return guarded(fn, d.r, resp) })
	if err == nil {
		err = d.r.saveSession(x, resp, false)
	}
	return err
}

// RerunResponseCallbacks calls all response callbacks, those that ran or were skipped before too,
// with the response to an error, which is sent in place of another response or of none. It leaves
// out the callbacks that have failed. One that fails now does not stop the others: their errors and
// panics are joined, and the response can be sent all the same.
func (d Driver) RerunResponseCallbacks(resp *Response) error {
	x := d.r.root().extras.Load()
	if x == nil {
		return nil
	}
	err := x.onResponse.Rerun(func(fn func(*Request, *Response) error) error { return guarded(fn, d.r, resp) })
	x.savedIn = nil // whatever memory the response uses, it is another one
	return errors.Join(err, d.r.saveSession(x, resp, true))
}

// guarded calls a response callback. A panic is an error.
func guarded(fn func(*Request, *Response) error, r *Request, resp *Response) error {
	return callbacks.Call(func() error { return fn(r, resp) }, nil)
}

// RunFinishedCallbacks calls the finished callbacks that have not run yet, until one fails. In any
// case it then removes the temporary file of a form, if there is one.
func (d Driver) RunFinishedCallbacks() error {
	x := d.r.root().extras.Load()
	if x == nil {
		return nil
	}
	defer x.closers.Close()
	x.interim.Close()
	return x.onFinished.Run(func(fn func(*Request) error) error { return d.r.finishWith(fn) })
}

// finishWith calls a finished callback. A panic is an error.
func (r *Request) finishWith(fn func(*Request) error) error {
	return callbacks.Call(func() error { return fn(r) }, func() {
		r.Log().Error().Msg("a finished callback ended its goroutine (runtime.Goexit)")
		if err := Drive(r).RunFinishedCallbacks(); err != nil { // nobody is left to return it to
			r.Log().Error().Err(err).Msg("finished callback")
		}
	})
}
