package reply

import (
	"io"
	"net/http"
	"strconv"

	"github.com/mastaba-go/mastaba/views/web/internal/header"
	"github.com/mastaba-go/mastaba/views/web/internal/panics"
	"github.com/mastaba-go/mastaba/views/web/internal/stream"
)

// Exchange is what sending a body needs of its request, if the body is produced meanwhile.
type Exchange struct {
	Method string
	// Handler returns what a handler gets: the request, and what sends informational responses in
	// place of the writer, if not nil.
	Handler func() (hr *http.Request, inform func(int, http.Header))
}

// SendSource sends a response whose body is a reader, a stream or a handler.
func (resp *Response) SendSource(w http.ResponseWriter, x Exchange) (sent stream.Sent, err error) {
	defer func() { _ = resp.Close() }()
	if err := resp.Check(); err != nil {
		return stream.Sent{}, err
	}
	out := &stream.Writer{W: w, Head: (*head)(resp)}
	var before http.Header // of the writer, if a handler can change it
	defer func() {
		if e := panics.Error(recover()); e != nil {
			err = e
		}
		sent = out.Sent
		if err != nil && !sent.Started && resp.kind == fromHandler {
			header.Restore(w.Header(), before)
		}
	}()
	if resp.kind == fromHandler {
		if h := w.Header(); len(h) > 0 {
			before = h.Clone()
		}
		resp.writeHeaders(w.Header())
		hr, inform := x.Handler()
		lent := &stream.HandlerWriter{Writer: out, Shared: len(w.Header()) > 0, Inform: inform}
		resp.extras.source.(http.Handler).ServeHTTP(lent, hr)
		lent.Begin(http.StatusOK) // net/http sends it when the handler returns
		return out.Sent, nil
	}
	bodyless := header.Bodyless(resp.Status()) || x.Method == http.MethodHead
	switch {
	case bodyless:
		out.Start()
	case resp.kind == fromReader:
		err = out.Copy(resp.extras.source.(io.Reader), resp.extras.size)
	default:
		err = resp.extras.stream(out)
	}
	counted := resp.kind == fromReader && resp.extras.size >= 0
	if err == nil && !counted && !bodyless {
		err = out.Complete(resp.Header("Content-Length"))
	}
	if err == nil {
		out.Start()
	}
	return out.Sent, err
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
	if resp.kind == fromReader {
		size = resp.extras.size
	}
	resp.needType(h, int(size))
	if size >= 0 {
		h["Content-Length"] = []string{strconv.FormatInt(size, 10)}
	}
	return status
}

// Correct removes what must not be sent with the status of a handler.
func (b *head) Correct(h http.Header, status int) {
	header.Correct(h, status, b.extras.lifetime)
	if b.extras.private {
		header.KeepPrivate(h)
	}
}
