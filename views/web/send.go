package web

import (
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/mastaba-go/mastaba/views/web/internal/header"
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
	x := r.extras.Load()
	if resp.kind < bodyReader && x == nil { // nearly always
		if resp.extras == nil && resp.status == 0 && resp.kind == bodyText && !resp.errorHeaders {
			return resp.sendText(w, r)
		}
		return resp.sendMemory(w, r) // without extras there are no callbacks that could ask for Sent
	}
	if x == nil && r.app.Sessions != nil { // the source may use the session for the first time
		x = r.more()
	}
	if x != nil && r.origin() == nil {
		x.interim.Close()
		x.ready.Store(true)
	}
	defer func() { r.recordSent(sent) }()
	if resp.kind < bodyReader {
		return resp.sendMemory(w, r)
	}
	defer func() { _ = resp.Close() }()
	if err := resp.check(); err != nil {
		return Sent{}, err
	}
	return resp.sendSource(w, r)
}

// sendText is sendMemory for a plain 200 with a text, the most frequent response.
func (resp *Response) sendText(w http.ResponseWriter, r *Request) (Sent, error) {
	h := w.Header()
	if len(h) > 0 || len(resp.text) > countedByServer || resp.text == "" || r.Method == http.MethodHead || r.hasScope() {
		return resp.sendMemory(w, r)
	}
	h[contentTypeKey] = commonTypes[resp.common]
	w.WriteHeader(http.StatusOK)
	n, err := io.WriteString(w, resp.text)
	return Sent{Status: http.StatusOK, Bytes: int64(n), Started: true}, err
}

// sendMemory sends a response whose body is in memory.
func (resp *Response) sendMemory(w http.ResponseWriter, r *Request) (Sent, error) {
	if err := resp.check(); err != nil {
		return Sent{}, err
	}
	status := resp.Status()
	h := w.Header()
	hadHeaders := len(h) > 0 // there may be another Content-Length
	resp.writeHeaders(h)
	if resp.extras != nil {
		header.Correct(h, status, resp.extras.lifetime)
		hadHeaders = hadHeaders || len(h["Content-Length"]) > 0
	}
	length := len(resp.text) + resp.bytes.Len()
	head := r.Method == http.MethodHead
	switch {
	case header.Bodyless(status):
		header.StripBody(h, status)
		length = 0
	case head && resp.kind == bodyNone: // the response to GET may have any length
	default:
		resp.needType(h, length)
		if length > countedByServer || head || hadHeaders || r.hasScope() {
			h["Content-Length"] = []string{strconv.Itoa(length)}
		}
	}
	w.WriteHeader(status)
	sent := Sent{Status: status, Started: true}
	if head || length == 0 {
		return sent, nil
	}
	n, err := resp.writeBody(w)
	sent.Bytes = int64(n)
	return sent, err
}

// writeBody writes a body in memory and gives it up.
func (resp *Response) writeBody(w io.Writer) (n int, err error) {
	if resp.kind == bodyText {
		return io.WriteString(w, resp.text)
	}
	n, err = resp.bytes.Write(w)
	resp.replaceBody(bodyNone)
	return n, err
}

// countedByServer is the length up to which net/http sets Content-Length itself when the handler
// returns: the size of its buffer. Leaving that to the server saves an entry in the header map, a
// tenth of the cost of a small response.
const countedByServer = 2048

// needType keeps net/http from guessing the Content-Type: a wrong guess turns data into HTML.
func (resp *Response) needType(h http.Header, length int) {
	if length != 0 && resp.common == noType && len(h[contentTypeKey]) == 0 {
		h[contentTypeKey] = commonTypes[commonBinary]
	}
}

// check returns an error if the response is invalid.
func (resp *Response) check() error {
	if x := resp.extras; x != nil && x.err != nil {
		return x.err
	}
	if s := resp.status; s != 0 && (s < 200 || s > 999) && !(s == http.StatusSwitchingProtocols && resp.kind == bodyHandler) {
		return fmt.Errorf("send response: invalid status %d", s)
	}
	if resp.extras == nil {
		return nil
	}
	if err := resp.extras.headers.Check(); err != nil {
		return fmt.Errorf("send response: %w", err)
	}
	return nil
}

// writeHeaders merges the headers into those of the writer.
func (resp *Response) writeHeaders(h http.Header) {
	if resp.common > otherType {
		h[contentTypeKey] = commonTypes[resp.common]
	}
	if resp.errorHeaders {
		errorHeaders.WriteTo(h)
	}
	if resp.extras != nil {
		resp.extras.headers.WriteTo(h)
	}
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
