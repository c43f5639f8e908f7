package websocket

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"
	"unicode/utf8"
)

// wire is the connection below a socket. It has the deadlines, and knows what the library sent: the
// frames that it writes begin where a Write begins, since it flushes each of them.
//
// A deadline is prolonged only once a quarter of it has passed, which saves most of its cost.
type wire struct {
	net.Conn
	idle, write time.Duration // not limited if they are not positive
	closing     atomic.Bool   // the deadlines are those of the closing handshake

	readUntil time.Time             // used by the reader
	broken    atomic.Pointer[error] // what ended reading

	writeUntil time.Time     // these by the writer
	rest       int64         // of the payload of the frame being written
	sent       atomic.Uint32 // code of the close frame, 0 before it
}

// Read reads; what arrives is a sign of life.
func (w *wire) Read(b []byte) (int, error) {
	if w.idle > 0 && !w.closing.Load() {
		if now := time.Now(); w.readUntil.Sub(now) < w.idle-w.idle/4 {
			w.readUntil = now.Add(w.idle)
			_ = w.SetReadDeadline(w.readUntil) // it fails on connections that are closed
			if w.closing.Load() {
				_ = w.SetReadDeadline(now.Add(closeTime))
			}
		}
	}
	n, err := w.Conn.Read(b)
	if err != nil {
		w.broken.CompareAndSwap(nil, &err)
	}
	return n, err
}

// Write writes a frame, or a part of one.
func (w *wire) Write(b []byte) (int, error) {
	if w.write > 0 {
		if now := time.Now(); w.writeUntil.Sub(now) < w.write-w.write/4 {
			w.writeUntil = now.Add(w.write)
			if err := w.SetWriteDeadline(w.writeUntil); err != nil {
				return 0, err
			}
		}
	}
	length := len(b)
	if w.rest == 0 {
		b = w.begin(b)
	} else {
		w.rest -= int64(len(b))
	}
	if n, err := w.Conn.Write(b); err != nil {
		return min(n, length), err
	}
	return length, nil
}

// begin notes what frame begins with b. A close frame that returns a reason of the client which is
// not valid UTF-8 becomes that of invalid data (RFC 6455 8.1).
func (w *wire) begin(b []byte) []byte {
	if len(b) < 2 {
		return b
	}
	size, header := int64(b[1]&0x7f), int64(2)
	switch {
	case size == 126 && len(b) >= 4:
		size, header = int64(binary.BigEndian.Uint16(b[2:])), 4
	case size == 127 && len(b) >= 10:
		size, header = int64(binary.BigEndian.Uint64(b[2:])), 10
	}
	w.rest = header + size - int64(len(b))
	const closeFrame = 0x88
	if b[0] != closeFrame || w.rest != 0 {
		return b
	}
	code := StatusNone
	if size >= 2 {
		code = Status(binary.BigEndian.Uint16(b[2:]))
		if !utf8.Valid(b[4:]) {
			code = StatusInvalidData
			b = binary.BigEndian.AppendUint16([]byte{closeFrame, 2}, uint16(code))
		}
	}
	w.sent.CompareAndSwap(0, uint32(code))
	return b
}

// close limits how long the closing handshake may take. It may be called at any time.
func (w *wire) close() {
	if !w.closing.Swap(true) {
		_ = w.SetReadDeadline(time.Now().Add(closeTime))
	}
}

// closeTime is how long the client may take to answer a close frame.
const closeTime = 5 * time.Second

// hijacker lends the library a connection with a wire in it. It takes the connection over before
// the response begins, as net/http middleware around it needs it.
type hijacker struct {
	http.ResponseWriter
	wire *wire
}

var _ http.Hijacker = (*hijacker)(nil)

// WriteHeader sends the status, except for that of the handshake, which Hijack sends.
func (h *hijacker) WriteHeader(status int) {
	if status != http.StatusSwitchingProtocols {
		h.ResponseWriter.WriteHeader(status)
	}
}

// Hijack takes over the connection, and sends the response of the handshake.
func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	head := bytes.NewBufferString("HTTP/1.1 101 Switching Protocols\r\n")
	_ = h.Header().WriteSubset(head, map[string]bool{"Content-Length": true, "Content-Type": true, "Transfer-Encoding": true})
	head.WriteString("\r\n")
	if h.wire.write > 0 {
		_ = conn.SetWriteDeadline(time.Now().Add(h.wire.write))
	}
	_, _ = conn.Write(head.Bytes()) // the first frame meets the same error
	h.wire.Conn = conn
	buffered.Writer.Reset(h.wire)
	return h.wire, buffered, nil
}

// canHijack reports whether the connection behind w can be taken over.
func canHijack(w http.ResponseWriter) bool {
	for {
		inner, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			_, ok := w.(http.Hijacker)
			return ok
		}
		w = inner.Unwrap()
	}
}

var _ io.ReadWriteCloser = (*wire)(nil)
