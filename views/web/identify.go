package web

import (
	"encoding/binary"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
	"github.com/rs/zerolog"
)

// RequestIDHeader carries the id of a request from a trusted proxy, and back.
const RequestIDHeader = "X-Request-Id"

const longestID = 128

var nobody = zerolog.Nop()

// ID returns the id of the request, by which it is found in the log: the one
// that a trusted proxy sent, if it is sane, else a UUID of version 7, made when
// first asked for.
func (r *Request) ID() string {
	x := r.more()
	x.mu.Lock()
	defer x.mu.Unlock()
	return r.identify(x)
}

// identify returns the id; the caller holds x.mu.
func (r *Request) identify(x *extras) string {
	if x.id == "" {
		root := r.root()
		if sent := root.Request.Header[RequestIDHeader]; len(sent) > 0 && sent[0] != "" && saneID(sent[0]) && root.FromTrustedProxy() {
			x.id = sent[0]
		} else {
			x.id = newID()
		}
	}
	return x.id
}

// newID makes a UUID of version 7 (RFC 9562, section 5.7): milliseconds of Unix, then
// random bits. They come from math/rand/v2, which the system seeds: an id need not
// be a secret, only unlike all others, and this costs a tenth.
func newID() string {
	const version, variant = 7 << 12, 2 << 62
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], uint64(time.Now().UnixMilli())<<16|version|rand.Uint64()>>52)
	binary.BigEndian.PutUint64(id[8:], variant|rand.Uint64()>>2)
	return id.String()
}

// saneID admits what can stand in a log line and a header without quoting.
func saneID(id string) bool {
	if len(id) > longestID {
		return false
	}
	for i := range len(id) {
		switch c := id[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case c == '-', c == '_', c == '.', c == ':', c == '/', c == '+', c == '=', c == '@':
		default:
			return false
		}
	}
	return true
}

// Log returns the logger of the request: the application's, with the request id
// in each line. It is made when first asked for.
func (r *Request) Log() *zerolog.Logger {
	if r.app.Log == nil {
		return &nobody
	}
	x := r.more()
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.log == nil {
		log := r.app.Log.With().Str("request_id", r.identify(x)).Logger()
		x.log = &log
	}
	return x.log
}

// LogLine begins a line of the request's log, as Log().WithLevel(level) does, but
// makes no logger for it: for who writes one line a request. The event is nil, on
// which its methods do nothing, if nobody wants the line.
func (r *Request) LogLine(level zerolog.Level) *zerolog.Event {
	if r.app.Log == nil {
		return nil
	}
	x := r.more()
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.log != nil {
		return x.log.WithLevel(level)
	}
	return r.app.Log.WithLevel(level).Str("request_id", r.identify(x))
}
