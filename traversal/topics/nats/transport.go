package nats

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	natsgo "github.com/nats-io/nats.go"

	"github.com/mastaba-go/mastaba/traversal/topics"
)

// answersWithin is how long a server may take to answer.
const answersWithin = 5 * time.Second

// Options are the options of [New].
type Options struct {
	// Subject is the name that processes of one application share; "": "mastaba.topics". It has no
	// wildcards.
	Subject string
}

// Transport is a [topics.Transport]. It is safe for concurrent use.
type Transport struct {
	conn    *natsgo.Conn
	subject string
}

var _ topics.Transport = (*Transport)(nil)

// New returns a transport. The connection stays that of the caller, who closes it.
func New(conn *natsgo.Conn, o Options) (*Transport, error) {
	t := &Transport{conn: conn, subject: o.Subject}
	if t.subject == "" {
		t.subject = "mastaba.topics"
	}
	switch {
	case conn == nil:
		return nil, errors.New("topics/nats: the connection is nil: want one of nats.Connect")
	case strings.ContainsAny(t.subject, " \t\r\n*>") || strings.Contains("."+t.subject+".", ".."):
		return nil, fmt.Errorf("topics/nats: invalid subject %q: want one without spaces, wildcards and empty parts", t.subject)
	}
	return t, nil
}

// Largest returns what the server accepts.
func (t *Transport) Largest() int {
	if most := t.conn.MaxPayload(); most > 0 {
		return int(most)
	}
	return 1 << 20 // not connected yet; the default of servers
}

// Send publishes a packet. It does not wait for the server: nil means that the client of NATS has
// it.
func (t *Transport) Send(_ context.Context, packet []byte) error {
	if err := t.conn.Publish(t.subject, packet); err != nil {
		return fmt.Errorf("topics/nats: publish: %w", err)
	}
	return nil
}

// subscribed waits until the server has the subscription.
func (t *Transport) subscribed(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, answersWithin)
	defer cancel()
	return t.conn.FlushWithContext(ctx) == nil
}

// Receive subscribes until ctx ends. The client of NATS connects again by itself; once it has given
// up, or the connection was closed, the error is that of the client.
func (t *Transport) Receive(ctx context.Context, connected func(), receive func([]byte)) error {
	messages := make(chan *natsgo.Msg, 4096)
	statuses := t.conn.StatusChanged(natsgo.CONNECTED, natsgo.CLOSED)
	defer t.conn.RemoveStatusListener(statuses)
	sub, err := t.conn.ChanSubscribe(t.subject, messages)
	if err != nil {
		return fmt.Errorf("topics/nats: subscribe: %w", err)
	}
	defer func() { _ = sub.Unsubscribe() }()
	if t.subscribed(ctx) {
		connected()
	} // otherwise it is not connected, and will be
	for {
		select {
		case m := <-messages:
			receive(m.Data)
		case status := <-statuses:
			if status == natsgo.CLOSED {
				return fmt.Errorf("topics/nats: %w", natsgo.ErrConnectionClosed)
			}
			connected()
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
