package body

import (
	"io"
	"math"
	"os"
	"slices"
)

// Kept reads a body and keeps what was read, so that it can be read again: in memory up to a number
// of bytes, the rest in a temporary file. Close it when the body is no longer needed. It is not
// safe for concurrent use.
type Kept struct {
	body   io.ReadCloser
	memory int64 // how many bytes head may have
	head   []byte
	file   *os.File // nil if head was enough
	onDisk int64
	err    error // other than io.EOF; returned by all further reads
}

var _ io.ReadCloser = (*Kept)(nil)

// Keep returns a Kept with up to memory bytes in memory.
func Keep(body io.ReadCloser, memory int64) *Kept { return &Kept{body: body, memory: memory} }

// ReadAll reads a whole body into memory, and returns a body that begins anew.
func ReadAll(body io.ReadCloser) (read []byte, again io.ReadCloser, err error) {
	k := Keep(body, math.MaxInt64)
	read, err = k.ReadMemory(-1)
	return read, k.Again(), err
}

// Read reads from the body, or fails with a *fs.PathError if the temporary file does.
func (k *Kept) Read(p []byte) (int, error) {
	if k.err != nil {
		return 0, k.err
	}
	n, err := k.body.Read(p)
	if failed := k.keep(p[:n]); failed != nil {
		n, err = 0, failed
	}
	if err != io.EOF {
		k.err = err
	}
	return n, err
}

func (k *Kept) keep(p []byte) (err error) {
	if left := k.memory - int64(len(k.head)); left > 0 {
		n := min(int(left), len(p))
		k.head, p = append(k.head, p[:n]...), p[n:]
	}
	if len(p) == 0 {
		return nil
	}
	if k.file == nil {
		if k.file, err = os.CreateTemp("", "body-"); err != nil {
			return err
		}
	}
	n, err := k.file.Write(p)
	k.onDisk += int64(n)
	return err
}

// ReadMemory reads the body, up to the number of bytes that Keep was called with, and returns them.
// expected is how many bytes the client says there are; -1 if unknown. Call it before any Read, and
// do not change the bytes.
func (k *Kept) ReadMemory(expected int64) ([]byte, error) {
	const mostAtOnce = 64 << 10 // so that a client does not get memory for what it only says
	if expected < 0 {
		expected = 512
	}
	k.head = make([]byte, 0, min(expected, mostAtOnce)+1) // the end takes a byte of room
	for k.err == nil && int64(len(k.head)) < k.memory {
		if len(k.head) == cap(k.head) {
			k.head = slices.Grow(k.head, len(k.head))
		}
		room := k.head[len(k.head):min(int64(cap(k.head)), k.memory)]
		n, err := k.body.Read(room)
		k.head = k.head[:len(k.head)+n]
		if err == io.EOF {
			break
		}
		k.err = err
	}
	return k.head, k.err
}

// IsEmpty reports whether nothing was read.
func (k *Kept) IsEmpty() bool { return len(k.head) == 0 && k.onDisk == 0 }

// OnDisk reports whether there is a temporary file.
func (k *Kept) OnDisk() bool { return k.file != nil }

// Err returns the error that reading the body ended with, nil for none and for its end.
func (k *Kept) Err() error { return k.err }

// Again returns a body that begins with what was kept and goes on with the rest, or fails where
// reading failed. Closing it closes the body. It can be read until the Kept is closed.
func (k *Kept) Again() io.ReadCloser {
	a := &again{head: k.head, err: k.err, body: k.body}
	if k.file != nil {
		a.onDisk = io.NewSectionReader(k.file, 0, k.onDisk)
	}
	return a
}

// Close removes the temporary file. It does not close the body.
func (k *Kept) Close() error {
	if k.file == nil {
		return nil
	}
	err := k.file.Close()
	if removed := os.Remove(k.file.Name()); err == nil {
		err = removed
	}
	return err
}

// again is a body that was read and can be read again.
type again struct {
	head   []byte            // the rest of what is in memory
	onDisk *io.SectionReader // nil if nothing is, or nothing is left
	err    error             // that reading ended with
	body   io.ReadCloser
}

var _ io.ReadCloser = (*again)(nil)

func (b *again) Read(p []byte) (int, error) {
	if len(b.head) > 0 {
		n := copy(p, b.head)
		b.head = b.head[n:]
		return n, nil
	}
	if b.onDisk != nil {
		n, err := b.onDisk.Read(p)
		if err == io.EOF {
			b.onDisk, err = nil, nil
		}
		if n > 0 || err != nil || len(p) == 0 {
			return n, err
		}
	}
	if b.err != nil {
		return 0, b.err
	}
	return b.body.Read(p)
}

func (b *again) Close() error { return b.body.Close() }
