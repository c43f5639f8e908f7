package security

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// Ticket is what the signed cookie of [Tickets] says.
type Ticket struct {
	UserID string
	// Tokens are words that were put into the ticket at login: see TicketOptions.Tokens. Without
	// any it is empty.
	Tokens []string
	// LoggedIn is when the user logged in, Issued when the ticket was last issued, both in whole
	// seconds.
	LoggedIn, Issued time.Time
}

// The payload of a ticket is a version, the two times, then the user id and the tokens. All numbers
// are uvarints, and lengths precede texts:
//
//	01 loggedIn issued len(id) id count (len(token) token)*
const ticketVersion = 1

var errTicket = errors.New("malformed ticket")

func (t *Ticket) payload() []byte {
	b := make([]byte, 0, 32+len(t.UserID))
	b = append(b, ticketVersion)
	b = binary.AppendUvarint(b, uint64(max(t.LoggedIn.Unix(), 0)))
	b = binary.AppendUvarint(b, uint64(max(t.Issued.Unix(), 0)))
	b = appendText(b, t.UserID)
	b = binary.AppendUvarint(b, uint64(len(t.Tokens)))
	for _, token := range t.Tokens {
		b = appendText(b, token)
	}
	return b
}

func appendText(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

// maxTime is the last second of the year 9999.
const maxTime = 253402300799

// parseTicket reads a payload. It has a valid signature, so a malformed one is of another version of
// the program.
func parseTicket(payload []byte) (*Ticket, error) {
	if len(payload) == 0 || payload[0] != ticketVersion {
		return nil, errTicket
	}
	in := payloadReader{rest: payload[1:]}
	t := &Ticket{LoggedIn: in.time(), Issued: in.time(), UserID: in.text()}
	count := in.number()
	for i := uint64(0); i < count && !in.failed; i++ {
		t.Tokens = append(t.Tokens, in.text())
	}
	if in.failed || len(in.rest) > 0 || t.UserID == "" {
		return nil, errTicket
	}
	return t, nil
}

// payloadReader takes a payload apart.
type payloadReader struct {
	rest   []byte
	failed bool
}

func (p *payloadReader) number() uint64 {
	n, size := binary.Uvarint(p.rest)
	if size <= 0 {
		p.failed, p.rest = true, nil
		return 0
	}
	p.rest = p.rest[size:]
	return n
}

func (p *payloadReader) time() time.Time {
	n := p.number()
	if n > maxTime {
		p.failed = true
		return time.Time{}
	}
	return time.Unix(int64(n), 0)
}

func (p *payloadReader) text() string {
	n := p.number()
	if n > uint64(len(p.rest)) {
		p.failed, p.rest = true, nil
		return ""
	}
	text := string(p.rest[:n])
	p.rest = p.rest[n:]
	return text
}

// checkToken returns an error unless Pyramid's AuthTktCookieHelper would accept the token.
func checkToken(token string) error {
	for i := range len(token) {
		switch c := token[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
		case i > 0 && ('0' <= c && c <= '9' || c == '+' || c == '_' || c == '-'):
		default:
			return fmt.Errorf("invalid token %q: want a letter, then letters, digits, +, _ and -", token)
		}
	}
	if token == "" {
		return errors.New("a token is empty")
	}
	return nil
}
