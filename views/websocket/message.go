package websocket

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	coder "github.com/coder/websocket"
)

// Message is a message of either side.
type Message struct {
	// Binary says that Data are bytes; else they are text in UTF-8.
	Binary bool
	Data   []byte
}

// Text returns a text message.
func Text(s string) Message { return Message{Data: []byte(s)} }

// String returns the data as text.
func (m Message) String() string { return string(m.Data) }

func (m Message) kind() coder.MessageType {
	if m.Binary {
		return coder.MessageBinary
	}
	return coder.MessageText
}

// errNotText is the error of a text message that is not UTF-8.
var errNotText = errors.New("websocket: a text message is not valid UTF-8: set Binary, or repair it with strings.ToValidUTF8")

// check returns what is wrong with a message of ours.
func (m Message) check() error {
	if !m.Binary && !utf8.Valid(m.Data) {
		return errNotText
	}
	return nil
}

// Status is the status code of a close frame (RFC 6455 7.4). Applications use those from 3000 on.
type Status uint16

// The status codes of RFC 6455 and the registry of the IANA that sockets of this package end with.
const (
	StatusNormal          Status = 1000
	StatusGoingAway       Status = 1001
	StatusProtocolError   Status = 1002
	StatusUnsupportedData Status = 1003
	StatusNone            Status = 1005 // the client sent no code; never sent
	StatusAbnormal        Status = 1006 // the connection broke; never sent
	StatusInvalidData     Status = 1007
	StatusPolicyViolation Status = 1008
	StatusMessageTooBig   Status = 1009
	StatusInternalError   Status = 1011
	StatusServiceRestart  Status = 1012
	StatusTryAgainLater   Status = 1013
)

// canSend reports whether a close frame may have the code.
func (s Status) canSend() bool {
	switch s {
	case 1004, StatusNone, StatusAbnormal, 1015:
		return false
	}
	return s >= 1000 && s <= 1014 || s >= 3000 && s <= 4999
}

// CloseError is how a socket ended: every method of a [Conn] returns it from then on, and it is the
// cause of the socket's context. A view returns one of its own to close the socket with its code
// and reason; that is not an error of the view.
type CloseError struct {
	Code Status
	// Reason is the text of the close frame. The client reads it. It is cut at 123 bytes.
	Reason string
	// Client says that the client closed the socket.
	Client bool
	// Err is the error or the *web.PanicError of the view, or that of the connection, if one of
	// them ended the socket. It is not for the client.
	Err error
}

var _ error = (*CloseError)(nil)

// Error describes the end.
func (e *CloseError) Error() string {
	who := "closed"
	if e.Client {
		who = "closed by the client"
	}
	text := fmt.Sprintf("websocket: %s with status %d", who, e.Code)
	if e.Reason != "" {
		text += fmt.Sprintf(" %q", e.Reason)
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns Err.
func (e *CloseError) Unwrap() error { return e.Err }

// longestReason is how many bytes the reason of a close frame may have: a control frame has 125,
// and the code takes two.
const longestReason = 123

// cutReason returns a reason that fits into a close frame, cut between two characters.
func cutReason(s string) string {
	s = strings.ToValidUTF8(s, "�")
	if len(s) <= longestReason {
		return s
	}
	at := longestReason
	for !utf8.RuneStart(s[at]) {
		at--
	}
	return s[:at]
}
