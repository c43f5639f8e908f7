package web

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"

	"github.com/mastaba-go/mastaba/views/web/internal/header"
	"github.com/mastaba-go/mastaba/views/web/internal/panics"
	"github.com/mastaba-go/mastaba/views/web/internal/stream"
)

// sendSource sends a response whose body is a reader, a stream or a handler.
func (resp *Response) sendSource(w http.ResponseWriter, r *Request) (sent Sent, err error) {
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
		lent := &stream.HandlerWriter{Writer: out, Shared: len(w.Header()) > 0, Final: !r.ProtoAtLeast(1, 1)}
		resp.extras.source.(http.Handler).ServeHTTP(lent, r.HTTP())
		lent.Begin(http.StatusOK) // net/http sends it when the handler returns
		return Sent(out.Sent), nil
	}
	switch {
	case header.Bodyless(resp.Status()), r.Method == http.MethodHead:
		out.Start()
	case resp.kind == bodyReader:
		err = resp.sendReader(out)
	default:
		err = resp.extras.source.(func(StreamWriter) error)(out)
	}
	counted := resp.kind == bodyReader && resp.extras.size >= 0
	if err == nil && !counted && r.Method != http.MethodHead && !header.Bodyless(resp.Status()) {
		err = resp.complete(out.Sent.Bytes)
	}
	if err == nil {
		out.Start()
	}
	return Sent(out.Sent), err
}

var chunks = sync.Pool{New: func() any { return new([4096]byte) }}

// sendReader reads the first bytes before it sends anything, so that an error of a reader that
// fails at once can still get a response. The rest is copied by the server, with sendfile if it
// can.
func (resp *Response) sendReader(out *stream.Writer) error {
	body, size := resp.extras.source.(io.Reader), resp.extras.size
	if size == 0 {
		return nil
	}
	chunk := chunks.Get().(*[4096]byte)
	defer chunks.Put(chunk)
	first := chunk[:]
	if size > 0 && size < int64(len(first)) {
		first = first[:size]
	}
	n, err := io.ReadAtLeast(body, first, 1)
	if err == io.EOF && size < 0 {
		return nil
	}
	if err != nil {
		return short(err, 0, size)
	}
	if _, err := out.Write(first[:n]); err != nil {
		return err
	}
	if size < 0 {
		copied, err := io.Copy(out.W, body)
		out.Sent.Bytes += copied
		return err
	}
	copied, err := io.CopyN(out.W, body, size-int64(n))
	out.Sent.Bytes += copied
	return short(err, out.Sent.Bytes, size)
}

// complete returns an error if the body is shorter than the length that the response declares.
func (resp *Response) complete(got int64) error {
	declared := resp.Header("Content-Length")
	if declared == "" {
		return nil
	}
	size, err := strconv.ParseInt(declared, 10, 64)
	if err != nil || size <= got {
		return nil
	}
	return short(io.EOF, got, size)
}

func short(err error, got, size int64) error {
	if err == io.EOF {
		return fmt.Errorf("send response: body ended after %d of %d bytes: %w", got, size, io.ErrUnexpectedEOF)
	}
	return err
}

// head is a response whose body is produced while it is sent.
type head Response

var _ stream.Head = (*head)(nil)

// Begin completes the headers and returns the status.
func (b *head) Begin(h http.Header) int {
	resp := (*Response)(b)
	status := resp.Status()
	resp.writeHeaders(h)
	resp.correct(h, status)
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
func (b *head) Correct(h http.Header, status int) { (*Response)(b).correct(h, status) }
