// Package stream sends bodies that are produced while they are sent, by a reader, a function or an
// http.Handler, and counts what was sent.
package stream

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// Sent is what was sent: the status, and the number of bytes of the body.
type Sent struct {
	Status  int
	Bytes   int64
	Started bool // the status was sent
}

// Head is the response to which a body belongs.
type Head interface {
	// Begin completes the headers h and returns the status. It is called once, before the body.
	Begin(h http.Header) (status int)
	// Correct removes from h what must not be sent with the status of a handler.
	Correct(h http.Header, status int)
}

// Writer sends status and headers with the first byte of the body.
type Writer struct {
	W    http.ResponseWriter
	Head Head
	Sent Sent
}

// Start sends status and headers, unless they were sent.
func (o *Writer) Start() {
	if o.Sent.Started {
		return
	}
	status := o.Head.Begin(o.W.Header())
	o.W.WriteHeader(status)
	o.Sent = Sent{Status: status, Started: true}
}

// Write sends p, after status and headers.
func (o *Writer) Write(p []byte) (int, error) {
	o.Start()
	n, err := o.W.Write(p)
	o.Sent.Bytes += int64(n)
	return n, err
}

// WriteString is Write without copying s.
func (o *Writer) WriteString(s string) (int, error) {
	o.Start()
	n, err := io.WriteString(o.W, s)
	o.Sent.Bytes += int64(n)
	return n, err
}

// SetWriteDeadline sets when a write to the client fails, as that of http.ResponseController does.
// A writer without deadlines is not an error.
func (o *Writer) SetWriteDeadline(at time.Time) error {
	err := http.NewResponseController(o.W).SetWriteDeadline(at)
	if errors.Is(err, http.ErrNotSupported) {
		return nil
	}
	return err
}

// Flush sends status and headers, and what the server has buffered.
func (o *Writer) Flush() error {
	o.Start()
	err := http.NewResponseController(o.W).Flush()
	if errors.Is(err, http.ErrNotSupported) {
		return nil // nothing is buffered
	}
	return err
}
