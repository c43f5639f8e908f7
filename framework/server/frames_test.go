package server_test

import (
	"bufio"
	"encoding/binary"
	"io"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// Types of frames (RFC 9113, 6).
const (
	frameHeaders  = 1
	frameReset    = 3
	frameSettings = 4
	frameGoAway   = 7
)

// frames is a client of HTTP/2 that sends single frames, and counts those that it receives.
type frames struct {
	*client
	next uint32 // the next stream

	mu       sync.Mutex // guards received
	received map[byte]int
}

// dialFrames opens a connection of HTTP/2 without TLS. settings is the payload of the first
// frame.
func (p *pipes) dialFrames(t *testing.T, settings ...byte) *frames {
	t.Helper()
	return newFrames(p.dial(t), settings...)
}

func newFrames(c *client, settings ...byte) *frames {
	f := &frames{client: c, next: 1, received: map[byte]int{}}
	go f.receive()
	c.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
	f.send(frameSettings, 0, 0, settings...)
	return f
}

// send sends a frame.
func (f *frames) send(kind, flags byte, stream uint32, payload ...byte) {
	f.t.Helper()
	frame := []byte{0, byte(len(payload) >> 8), byte(len(payload)), kind, flags}
	frame = binary.BigEndian.AppendUint32(frame, stream)
	_, err := f.Write(append(frame, payload...))
	require.NoError(f.t, err)
}

// get sends a request on a new stream.
func (f *frames) get() (stream uint32) {
	f.t.Helper()
	stream = f.next
	f.next += 2
	// :method GET, :scheme http, :path / by their places in the static table, :authority x
	f.send(frameHeaders, 0x5, stream, 0x82, 0x86, 0x84, 0x01, 1, 'x') // END_STREAM, END_HEADERS
	return stream
}

// receive counts the frames that arrive until the connection ends.
func (f *frames) receive() {
	for r, header := bufio.NewReader(f.Conn), make([]byte, 9); ; {
		if _, err := io.ReadFull(r, header); err != nil {
			return
		}
		length := int(header[0])<<16 | int(header[1])<<8 | int(header[2])
		if _, err := r.Discard(length); err != nil {
			return
		}
		f.mu.Lock()
		f.received[header[3]]++
		f.mu.Unlock()
	}
}

// count returns how many frames of a type have arrived.
func (f *frames) count(kind byte) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.received[kind]
}
