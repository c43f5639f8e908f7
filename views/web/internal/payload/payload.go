// Package payload holds bodies of responses in memory. What is encoded or written here uses memory
// that is used again once it was sent.
package payload

import (
	"bytes"
	"encoding/json"
	"io"
	"sync"
)

// Bytes is a body in memory. It belongs to one response, and is not safe for concurrent use.
type Bytes struct {
	data    []byte
	encoder *encoder // whose memory data is; nil if it is not ours
}

// Of returns data as a body. It does not copy data, which must not be changed afterwards.
func Of(data []byte) *Bytes {
	if len(data) == 0 {
		return nil
	}
	return &Bytes{data: data}
}

// JSON returns v as JSON, as json.Marshal encodes it, in memory that [Bytes.Release] makes
// available to other bodies.
func JSON(v any) (*Bytes, error) {
	e := encoders.Get().(*encoder)
	if err := e.json.Encode(v); err != nil {
		return nil, err // what was written so far, and the state of the encoder, are the collector's
	}
	e.body.data = e.buffer.Bytes()[:e.buffer.Len()-1] // without the newline that json.Encoder adds
	e.body.encoder = e
	return &e.body, nil
}

// Written returns what write writes, in memory that [Bytes.Release] makes available to other
// bodies. After an error, or a panic, the memory is not used again: write may have kept it.
func Written(write func(io.Writer) error) (*Bytes, error) {
	e := encoders.Get().(*encoder)
	if err := write(&e.buffer); err != nil {
		return nil, err
	}
	e.body.data = e.buffer.Bytes()
	e.body.encoder = e
	return &e.body, nil
}

// Len returns the length; 0 for nil.
func (b *Bytes) Len() int {
	if b == nil {
		return 0
	}
	return len(b.data)
}

// Keep returns the bytes for good: the memory is never used again. The caller must not change them.
func (b *Bytes) Keep() []byte {
	if b == nil {
		return nil
	}
	b.encoder = nil
	return b.data
}

// Write writes the bytes to w, which must not keep them.
func (b *Bytes) Write(w io.Writer) (int, error) {
	if b == nil {
		return 0, nil
	}
	return w.Write(b.data)
}

// Release makes the memory available to other bodies, unless it is not ours or was kept. The body
// must not be used afterwards.
func (b *Bytes) Release() {
	if b == nil || b.encoder == nil {
		return
	}
	e := b.encoder
	e.body = Bytes{}
	if e.buffer.Cap() <= mostKept {
		e.buffer.Reset()
		encoders.Put(e)
	}
}

// mostKept is the size of the largest buffer that is used again: one huge response must not keep
// its memory for good.
const mostKept = 64 << 10

// encoder is a buffer with what writes to it.
type encoder struct {
	buffer bytes.Buffer
	json   *json.Encoder
	body   Bytes
}

var encoders = sync.Pool{New: func() any {
	e := new(encoder)
	e.json = json.NewEncoder(&e.buffer)
	return e
}}
