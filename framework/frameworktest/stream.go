package frameworktest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"net/http"
	"strings"
	"sync"

	"github.com/mastaba-go/mastaba/views/sse"
)

// EventStream is the client of an event stream (package views/sse), without a server. It works
// inside a bubble of testing/synctest, in which it must be closed before the test ends.
type EventStream struct {
	writer *streamWriter
	next   func() (sse.Event, error, bool)
	stop   func()
	cancel context.CancelFunc
	served chan struct{}
	once   sync.Once
}

// Stream sends a GET request for target, and returns once the response has begun. It ends the test
// if the response is not an event stream. The caller closes the stream. See Get for the options.
//
// Up to 64 writes of the application wait for Next; then the next write blocks, as that to a slow
// client does.
func (a *App) Stream(target string, options ...RequestOption) *EventStream {
	a.t.Helper()
	hr := a.acting(a.build(http.MethodGet, target, options))
	hr.Header.Set("Accept", "text/event-stream")
	ctx, cancel := context.WithCancel(hr.Context())
	w := &streamWriter{header: http.Header{}, begun: make(chan struct{}), chunks: make(chan []byte, 64), closed: make(chan struct{})}
	s := &EventStream{writer: w, cancel: cancel, served: make(chan struct{})}
	go func() {
		defer close(s.served)
		defer close(w.chunks)
		defer func() { // http.ErrAbortHandler is how a stream that fails ends
			v := recover()
			w.WriteHeader(http.StatusOK)
			if w.aborted = v != nil; w.aborted && v != http.ErrAbortHandler { //nolint:errorlint // as net/http does
				panic(v)
			}
		}()
		a.ServeHTTP(w, hr.WithContext(ctx))
	}()
	<-w.begun
	if kind := w.sent.Get("Content-Type"); w.status != http.StatusOK || !strings.HasPrefix(kind, "text/event-stream") {
		text, _ := io.ReadAll(w.reader())
		s.Close()
		a.t.Fatalf("%s: status %d, Content-Type %q, not an event stream: %.500s", target, w.status, kind, text)
	}
	s.next, s.stop = iter.Pull2(sse.Read(w.reader()))
	return s
}

// Header returns the headers of the response.
func (s *EventStream) Header() http.Header { return s.writer.sent }

// Next waits for the next event and returns it; io.EOF at the end of the stream. A stream that was
// aborted is another error.
func (s *EventStream) Next() (sse.Event, error) {
	e, err, ok := s.next()
	if !ok {
		return sse.Event{}, io.EOF
	}
	return e, err
}

// Close ends the request, as a client does that closes its connection, and waits until the
// application has noticed it. It may be called more than once.
func (s *EventStream) Close() {
	s.once.Do(func() {
		s.cancel()
		close(s.writer.closed)
		<-s.served
		if s.stop != nil {
			s.stop()
		}
	})
}

// streamWriter is the http.ResponseWriter of an EventStream.
type streamWriter struct {
	header http.Header

	once   sync.Once
	status int
	sent   http.Header
	begun  chan struct{}

	chunks  chan []byte   // what was written
	closed  chan struct{} // the client is gone
	aborted bool          // set before chunks is closed
}

var _ http.Flusher = (*streamWriter)(nil)

func (w *streamWriter) Header() http.Header { return w.header }

func (w *streamWriter) WriteHeader(status int) {
	if status < 200 {
		return
	}
	w.once.Do(func() {
		w.status, w.sent = status, w.header.Clone()
		close(w.begun)
	})
}

func (w *streamWriter) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	select {
	case <-w.closed:
		return 0, io.ErrClosedPipe
	default:
	}
	select {
	case w.chunks <- bytes.Clone(b):
		return len(b), nil
	case <-w.closed:
		return 0, io.ErrClosedPipe
	}
}

func (w *streamWriter) Flush() { w.WriteHeader(http.StatusOK) }

// reader returns what was written.
func (w *streamWriter) reader() io.Reader {
	var rest []byte
	return readerFunc(func(p []byte) (int, error) {
		for len(rest) == 0 {
			chunk, ok := <-w.chunks
			switch {
			case !ok && w.aborted:
				return 0, errors.New("the stream was aborted")
			case !ok:
				return 0, io.EOF
			}
			rest = chunk
		}
		n := copy(p, rest)
		rest = rest[n:]
		return n, nil
	})
}

type readerFunc func([]byte) (int, error)

func (fn readerFunc) Read(p []byte) (int, error) { return fn(p) }
