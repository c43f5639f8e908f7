package topics

import (
	"encoding/binary"
	"errors"
)

// kind is what a packet is about.
type packetKind byte

const (
	packetMessage  packetKind = iota + 1 // topic, origin, seq, name, data
	packetPresence                       // topic, then who and count, several times
	packetHeads                          // topic, origin and seq, several times
	packetAsk                            // for heads and presence
)

// version is that of the format. A hub ignores packets of another one.
const version = 1

// packet is being written.
type packet []byte

func newPacket(kind packetKind, hub string) packet {
	return packet{version, byte(kind)}.text(hub)
}

func (p packet) text(s string) packet {
	return append(binary.AppendUvarint(p, uint64(len(s))), s...)
}

func (p packet) number(n uint64) packet { return binary.AppendUvarint(p, n) }

var errPacket = errors.New("topics: the packet is cut off, or of another version")

// reader reads a packet. After an error it returns zero values.
type reader struct {
	rest []byte
	err  error
}

// open reads the beginning of a packet.
func open(b []byte) (r *reader, kind packetKind, hub string) {
	r = &reader{}
	if len(b) < 2 || b[0] != version {
		r.err = errPacket
		return r, 0, ""
	}
	r.rest = b[2:]
	return r, packetKind(b[1]), r.text()
}

func (r *reader) number() uint64 {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 {
		r.rest, r.err = nil, errPacket
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

func (r *reader) bytes() []byte {
	n := r.number()
	if n > uint64(len(r.rest)) {
		r.rest, r.err = nil, errPacket
		return nil
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) text() string { return string(r.bytes()) }

// more reports whether there is more to read.
func (r *reader) more() bool { return r.err == nil && len(r.rest) > 0 }
