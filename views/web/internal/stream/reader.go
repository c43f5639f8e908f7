package stream

import (
	"fmt"
	"io"
	"strconv"
	"sync"
)

var chunks = sync.Pool{New: func() any { return new([4096]byte) }}

// Copy sends what body yields: size bytes, or all of it if size is negative. It reads the first
// bytes before it sends anything, so that the error of a reader that fails at once can still get a
// response. The rest is copied by the server, with sendfile if it can. A body that ends before size
// bytes is an io.ErrUnexpectedEOF.
func (o *Writer) Copy(body io.Reader, size int64) error {
	if size == 0 {
		return nil
	}
	chunk := chunks.Get().(*[4096]byte)
	written := true
	defer func() {
		if written { // otherwise the connection may still read from it, as HTTP/2 does after the end of a stream
			chunks.Put(chunk)
		}
	}()
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
	written = false // nor after a panic
	if _, err := o.Write(first[:n]); err != nil {
		return err
	}
	written = true
	if size < 0 {
		copied, err := io.Copy(o.W, body)
		o.Sent.Bytes += copied
		return err
	}
	copied, err := io.CopyN(o.W, body, size-int64(n))
	o.Sent.Bytes += copied
	return short(err, o.Sent.Bytes, size)
}

// Complete returns an error if fewer bytes were sent than declared, the value of a Content-Length,
// says. Without a valid number there is nothing to check.
func (o *Writer) Complete(declared string) error {
	size, err := strconv.ParseInt(declared, 10, 64)
	if err != nil || size <= o.Sent.Bytes {
		return nil
	}
	return short(io.EOF, o.Sent.Bytes, size)
}

func short(err error, got, size int64) error {
	if err == io.EOF {
		return fmt.Errorf("send response: body ended after %d of %d bytes: %w", got, size, io.ErrUnexpectedEOF)
	}
	return err
}
