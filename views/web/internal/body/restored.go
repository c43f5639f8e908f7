package body

import (
	"bytes"
	"io"
)

// restored is a body that was read and can be read again.
type restored struct {
	io.Reader
	body io.ReadCloser
}

var _ io.ReadCloser = (*restored)(nil)

// Restore returns a body that begins with what was read of body and goes on with the rest of it, or
// fails with err where reading failed. Closing it closes body.
func Restore(body io.ReadCloser, read []byte, err error) io.ReadCloser {
	rest := io.Reader(body)
	if err != nil {
		rest = failing{err}
	}
	return &restored{io.MultiReader(bytes.NewReader(read), rest), body}
}

func (b *restored) Close() error { return b.body.Close() }

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
