package web

import (
	"net/http"

	"github.com/mastaba-go/mastaba/views/web/internal/form"
	"github.com/mastaba-go/mastaba/views/web/internal/reply"
)

// Sent is what was sent to the client, as far as the server knows. It is for the access log, and
// for deciding whether an error can still get a response.
type Sent struct {
	// Status is the status code that was sent; 0 if nothing was sent.
	Status int
	// Bytes is the number of bytes of the body that were written.
	Bytes int64
	// Started reports whether the status was sent. If so, an error can only end in
	// panic(http.ErrAbortHandler), which aborts the connection; otherwise it can get a response.
	Started bool
}

// Upgraded describes to logs a connection that was a websocket: it calls add for each field.
var Upgraded = NewKey[func(add func(name string, value any))]("upgraded", nil)

// Send writes the response to r, once. It follows the rules for HEAD, 204 and 304, sets
// Content-Length if the length is known, whatever the headers say, and closes the reader of the
// body, even after an error. A stream that writes less than its Content-Length header is an error.
// Headers that w already has are replaced by those of the response, except for Set-Cookie and Vary,
// which are merged.
//
// An invalid response (a line break in a header, a status that does not exist) is an error, and
// nothing is written. An error of a stream or a reader, and a panic of one or of a handler (a
// *[PanicError]), is returned too; then Sent.Started says whether anything was written. If not, the
// headers of w are what they were before.
//
// Most applications never call it: the App does.
func (resp *Response) Send(w http.ResponseWriter, r *Request) (sent Sent, err error) {
	if r.from == nil && r.extras.Load() == nil && r.slot.Peek() == nil && r.Method != http.MethodHead {
		if n, plain, err := resp.reply.SendPlain(w); plain {
			return Sent{Status: http.StatusOK, Bytes: int64(n), Started: true}, err
		}
	}
	return resp.send(w, r)
}

func (resp *Response) send(w http.ResponseWriter, r *Request) (sent Sent, err error) {
	x := r.extras.Load()
	if x == nil && !resp.reply.Pending() { // no callback could ask for Sent
		return resp.sendMemory(w, r)
	}
	if x == nil && r.app.Sessions != nil { // the source may use the session for the first time
		x = r.more()
	}
	if x != nil && r.origin() == nil {
		x.interim.Close()
		x.ready.Store(true)
	}
	defer func() { r.recordSent(sent) }()
	if !resp.reply.Pending() {
		return resp.sendMemory(w, r)
	}
	r.Keep()
	handled := r.Request
	defer func() { form.RemoveFiles(handled, r.Request) }()
	was, err := resp.reply.SendSource(w, reply.Exchange{Method: r.Method, Handler: func() (*http.Request, func(int, http.Header)) {
		handled = r.HTTP()
		return handled, r.handlerInforms()
	}})
	return Sent(was), err
}

func (resp *Response) sendMemory(w http.ResponseWriter, r *Request) (Sent, error) {
	sent, err := resp.reply.SendMemory(w, r.Method, r.hasScope())
	return Sent(sent), err
}

// handlerInforms returns what sends the informational responses of a handler in place of the
// writer, if not nil.
func (r *Request) handlerInforms() func(int, http.Header) {
	switch {
	case r.origin() != nil: // some middleware, such as http.TimeoutHandler, takes a 103 for the response
		return Drive(r).Inform
	case !r.ProtoAtLeast(1, 1): // the client understands none
		return func(int, http.Header) {}
	}
	return nil
}

// Sent returns what was sent to the client, for finished callbacks, which run after that. It is
// zero before, and for a response that is never sent (App.Do, a subrequest).
//
// Send records it on the original request only: a copy writes to net/http middleware between
// tweens, not to the client.
func (r *Request) Sent() Sent {
	x := r.root().extras.Load()
	if x == nil {
		return Sent{}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.sent
}

// recordSent keeps what was sent, if there are extras: without them there are no callbacks.
func (r *Request) recordSent(sent Sent) {
	if r.origin() != nil {
		return
	}
	if x := r.extras.Load(); x != nil {
		x.mu.Lock()
		defer x.mu.Unlock()
		x.sent = sent
	}
}
