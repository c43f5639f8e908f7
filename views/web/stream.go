package web

import (
	"io"
	"net/http"
	"strconv"

	"github.com/mastaba-go/mastaba/views/web/internal/header"
	"github.com/mastaba-go/mastaba/views/web/internal/panics"
	"github.com/mastaba-go/mastaba/views/web/internal/stream"
)

// sendSource sends a response whose body is a reader, a stream or a handler.
func (resp *Response) sendSource(w http.ResponseWriter, r *Request) (sent Sent, err error) {
	r.Keep()
	out := &stream.Writer{W: w, Head: (*head)(resp)}
	var before http.Header // of the writer, if a handler can change it
	defer func() {
		if e := panics.Error(recover()); e != nil {
			err = e
		}
		sent = Sent(out.Sent)
		if err != nil && !sent.Started && resp.kind == bodyHandler {
			header.Restore(w.Header(), before)
		}
	}()
	if resp.kind == bodyHandler {
		if h := w.Header(); len(h) > 0 {
			before = h.Clone()
		}
		resp.writeHeaders(w.Header())
		lent := &stream.HandlerWriter{Writer: out, Shared: len(w.Header()) > 0}
		switch {
		case r.origin() != nil: // some middleware, such as http.TimeoutHandler, takes a 103 for the response
			lent.Inform = Drive(r).Inform
		case !r.ProtoAtLeast(1, 1): // the client understands none
			lent.Inform = func(int, http.Header) {}
		}
		hr := r.HTTP()
		defer removeFiles(hr, r.Request)
		resp.extras.source.(http.Handler).ServeHTTP(lent, hr)
		lent.Begin(http.StatusOK) // net/http sends it when the handler returns
		return Sent(out.Sent), nil
	}
	switch {
	case header.Bodyless(resp.Status()), r.Method == http.MethodHead:
		out.Start()
	case resp.kind == bodyReader:
		err = out.Copy(resp.extras.source.(io.Reader), resp.extras.size)
	default:
		err = resp.extras.source.(func(StreamWriter) error)(out)
	}
	counted := resp.kind == bodyReader && resp.extras.size >= 0
	if err == nil && !counted && r.Method != http.MethodHead && !header.Bodyless(resp.Status()) {
		err = out.Complete(resp.Header("Content-Length"))
	}
	if err == nil {
		out.Start()
	}
	return Sent(out.Sent), err
}

// removeFiles removes the files of a form that was read through hr, a copy of from.
func removeFiles(hr, from *http.Request) {
	if form := hr.MultipartForm; form != nil && form != from.MultipartForm {
		_ = form.RemoveAll() // temporary files may stay behind, no more
	}
}

// head is a response whose body is produced while it is sent.
type head Response

var _ stream.Head = (*head)(nil)

// Begin completes the headers and returns the status.
func (b *head) Begin(h http.Header) int {
	resp := (*Response)(b)
	status := resp.Status()
	resp.writeHeaders(h)
	header.Correct(h, status, resp.extras.lifetime)
	if header.Bodyless(status) {
		header.StripBody(h, status)
		return status
	}
	size := int64(-1)
	if resp.kind == bodyReader {
		size = resp.extras.size
	}
	resp.needType(h, int(size))
	if size >= 0 {
		h["Content-Length"] = []string{strconv.FormatInt(size, 10)}
	}
	return status
}

// Correct removes what must not be sent with the status of a handler.
func (b *head) Correct(h http.Header, status int) { header.Correct(h, status, b.extras.lifetime) }
