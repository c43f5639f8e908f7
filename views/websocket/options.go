package websocket

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mastaba-go/mastaba/views/web"
)

// Options are the options of a socket. The zero value is right for most.
type Options struct {
	// Subprotocols are the subprotocols that the application speaks, the preferred first. The
	// client's handshake lists its own; see Conn.Subprotocol. If the two have none in common, the
	// socket has no subprotocol.
	Subprotocols []string
	// Origins are the origins whose pages may open the socket, besides the application's own, such
	// as "https://app.example.com"; "*" is any. A page of any other origin gets a 403. Browsers
	// send cookies along with a handshake, so "*" is for sockets that need no user.
	Origins []string
	// Compression offers permessage-deflate to the client, each message on its own.
	Compression bool

	// MaxMessage is how many bytes a message of the client may have, after decompression; 0: 64
	// KiB. A larger one closes the socket with 1009.
	MaxMessage int64
	// Rate is how many messages a second the client may send, and as many at once, pings included;
	// 0: no limit. More of them close the socket with 1008.
	Rate int
	// SendQueue is how many messages of Conn.Send may wait for the client; 0: 64. SendBytes is how
	// many bytes they may have together; 0: 1 MiB. A client that falls further behind is closed
	// with SlowCode, which is StatusTryAgainLater (1013) or StatusPolicyViolation (1008); 0: 1013.
	SendQueue int
	SendBytes int
	SlowCode  Status

	// Ping is how often the client is pinged; 0: 30 seconds, below zero: never.
	Ping time.Duration
	// IdleTimeout is how long the client may send nothing at all, not even a pong; 0: 75 seconds,
	// below zero: no limit. It passes only while the view waits for messages, or does not mind
	// them; see Conn.Read.
	IdleTimeout time.Duration
	// WriteTimeout is how long the client may take to accept what is sent; 0: 10 seconds, below
	// zero: no limit. The connection of one that is slower is closed.
	WriteTimeout time.Duration

	// Recheck is how often the user is checked again: whether the session or ticket with which the
	// socket was opened still names them, and whether they still have the permission of the view.
	// If not, the socket is closed with 1008. 0: never.
	Recheck time.Duration
	// Check is a further check at each Recheck; false closes the socket with 1008. r is new: it has
	// the headers of the handshake, and neither attributes nor a resource.
	Check func(r *web.Request) (bool, error)
}

// withDefaults returns the options with defaults in place of zeros, and what is wrong with them.
func (o Options) withDefaults() (*Options, error) {
	var wrong []error
	for _, n := range []struct {
		name  string
		value int64
	}{
		{"MaxMessage", o.MaxMessage}, {"Rate", int64(o.Rate)}, {"SendQueue", int64(o.SendQueue)},
		{"SendBytes", int64(o.SendBytes)}, {"Recheck", int64(o.Recheck)},
	} {
		if n.value < 0 {
			wrong = append(wrong, fmt.Errorf("websocket.Options.%s is %d: want 0 or more", n.name, n.value))
		}
	}
	if c := o.SlowCode; c != 0 && c != StatusTryAgainLater && c != StatusPolicyViolation {
		wrong = append(wrong, fmt.Errorf("websocket.Options.SlowCode is %d: want 1008 or 1013", c))
	}
	for _, p := range o.Subprotocols {
		if !isToken(p) {
			wrong = append(wrong, fmt.Errorf("websocket.Options.Subprotocols: invalid subprotocol %q: want one such as chat.v1", p))
		}
	}
	for _, origin := range o.Origins {
		if _, host, ok := strings.Cut(origin, "://"); origin != "*" && origin != "null" && (!ok || host == "" || strings.ContainsAny(host, "/*")) {
			wrong = append(wrong, fmt.Errorf("websocket.Options.Origins: invalid origin %q: want one such as https://example.com", origin))
		}
	}
	if o.Check != nil && o.Recheck == 0 {
		wrong = append(wrong, errors.New("websocket.Options.Check needs Recheck, which says how often"))
	}
	o.Subprotocols, o.Origins = slices.Clone(o.Subprotocols), slices.Clone(o.Origins)
	o.MaxMessage = cmp.Or(o.MaxMessage, 64<<10)
	o.SendQueue = cmp.Or(o.SendQueue, 64)
	o.SendBytes = cmp.Or(o.SendBytes, 1<<20)
	o.SlowCode = cmp.Or(o.SlowCode, StatusTryAgainLater)
	o.Ping = cmp.Or(o.Ping, 30*time.Second)
	o.IdleTimeout = cmp.Or(o.IdleTimeout, 75*time.Second)
	o.WriteTimeout = cmp.Or(o.WriteTimeout, 10*time.Second)
	return &o, errors.Join(wrong...)
}
