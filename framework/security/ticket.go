package security

import (
	"errors"
	"fmt"
	"time"

	"github.com/mastaba-go/mastaba/framework/internal/cookies"
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
	b := append(make([]byte, 0, 32+len(t.UserID)), ticketVersion)
	b = cookies.AppendTime(b, t.LoggedIn)
	b = cookies.AppendTime(b, t.Issued)
	b = cookies.AppendText(b, t.UserID)
	b = cookies.AppendNumber(b, uint64(len(t.Tokens)))
	for _, token := range t.Tokens {
		b = cookies.AppendText(b, token)
	}
	return b
}

// parseTicket reads a payload. It has a valid signature, so a malformed one is of another version
// of the program.
func parseTicket(payload string) (*Ticket, error) {
	if payload == "" || payload[0] != ticketVersion {
		return nil, errTicket
	}
	in := cookies.Reader{Rest: payload[1:]}
	t := &Ticket{LoggedIn: in.Time(), Issued: in.Time(), UserID: in.Text()}
	count := in.Number()
	for i := uint64(0); i < count && !in.Failed; i++ {
		t.Tokens = append(t.Tokens, in.Text())
	}
	if in.Failed || in.Rest != "" || t.UserID == "" {
		return nil, errTicket
	}
	return t, nil
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
