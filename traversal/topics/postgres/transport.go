package postgres

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/mastaba-go/mastaba/traversal/topics"
)

// Options are the options of [New].
type Options struct {
	// Channel is the name that processes of one application share; "": "mastaba_topics". It has at
	// most 63 bytes.
	Channel string
	// OnError is called with the error of each connection that is lost or cannot be made, before
	// the next attempt; nil: nothing. It is called on the goroutine of Receive.
	OnError func(error)
}

// The bounds of packets, and the times of a connection.
const (
	largestPacket = 1 << 20
	largestPart   = 5900 // bytes, of which base64 makes less than the 8,000 of a notification
	checkEvery    = 30 * time.Second
	answersWithin = 5 * time.Second
	firstWait     = 50 * time.Millisecond
	longestWait   = 5 * time.Second
)

// Transport is a [topics.Transport]. It is safe for concurrent use.
type Transport struct {
	pool    *pgxpool.Pool
	channel string
	onError func(error)
}

var _ topics.Transport = (*Transport)(nil)

// New returns a transport. It does not connect yet. The pool stays that of the caller.
func New(pool *pgxpool.Pool, o Options) (*Transport, error) {
	t := &Transport{pool: pool, channel: o.Channel, onError: o.OnError}
	if t.channel == "" {
		t.channel = "mastaba_topics"
	}
	if t.onError == nil {
		t.onError = func(error) {}
	}
	switch {
	case pool == nil:
		return nil, errors.New("topics/postgres: the pool is nil: want one of pgxpool.New")
	case len(t.channel) > 63 || strings.Contains(t.channel, "\x00"):
		return nil, fmt.Errorf("topics/postgres: invalid channel %q: want at most 63 bytes, without NUL", t.channel)
	}
	return t, nil
}

// Largest returns 1 MiB.
func (t *Transport) Largest() int { return largestPacket }

// Send notifies the other processes of a packet, in one statement.
func (t *Transport) Send(ctx context.Context, packet []byte) error {
	_, err := t.pool.Exec(ctx, "select pg_notify($1, part) from unnest($2::text[]) with ordinality as p(part, n) order by n", t.channel, split(packet))
	if err != nil {
		return fmt.Errorf("topics/postgres: notify: %w", err)
	}
	return nil
}

// split returns the parts of a packet: "1/3:" and base64. No two are equal, for PostgreSQL drops an
// equal notification of one transaction.
func split(packet []byte) []string {
	n := max(1, (len(packet)+largestPart-1)/largestPart)
	parts := make([]string, n)
	for i := range parts {
		end := min(len(packet), (i+1)*largestPart)
		parts[i] = strconv.Itoa(i+1) + "/" + strconv.Itoa(n) + ":" + base64.StdEncoding.EncodeToString(packet[i*largestPart:end])
	}
	return parts
}

// assembly puts parts together, which arrive one after the other.
type assembly struct {
	packet []byte
	next   int
}

// add adds a part. It returns the packet with the last one. What does not fit is dropped: the hub
// notices that it is missing.
func (a *assembly) add(part string) (packet []byte, complete bool) {
	number, rest, _ := strings.Cut(part, "/")
	of, text, ok := strings.Cut(rest, ":")
	i, err := strconv.Atoi(number)
	n, err2 := strconv.Atoi(of)
	b, err3 := base64.StdEncoding.DecodeString(text)
	if i == 1 {
		a.packet, a.next = nil, 1
	}
	if !ok || errors.Join(err, err2, err3) != nil || i != a.next || i > n || len(a.packet)+len(b) > largestPacket {
		a.packet, a.next = nil, 0
		return nil, false
	}
	a.packet, a.next = append(a.packet, b...), i+1
	if i < n {
		return nil, false
	}
	a.next = 0
	return a.packet, true
}

// Receive listens on a connection of its own, until ctx ends. If the connection is lost, it
// connects again, at intervals that grow to five seconds.
func (t *Transport) Receive(ctx context.Context, connected func(), receive func([]byte)) error {
	wait := firstWait
	for {
		err := t.listen(ctx, func() { wait = firstWait; connected() }, receive)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		t.onError(fmt.Errorf("topics/postgres: %w", err))
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		wait = min(2*wait, longestWait)
	}
}

// listen receives on one connection until it fails.
func (t *Transport) listen(ctx context.Context, connected func(), receive func([]byte)) error {
	conn, err := pgx.ConnectConfig(ctx, t.pool.Config().ConnConfig)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answersWithin)
		defer cancel()
		_ = conn.Close(ctx)
	}()
	if _, err := conn.Exec(ctx, "listen "+pgx.Identifier{t.channel}.Sanitize()); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	connected()
	var parts assembly
	for {
		n, err := t.next(ctx, conn)
		if err != nil {
			return err
		}
		if packet, ok := parts.add(n); ok {
			receive(packet)
		}
	}
}

// next waits for a notification. Now and then it checks that the connection is still alive.
func (t *Transport) next(ctx context.Context, conn *pgx.Conn) (string, error) {
	for {
		limited, cancel := context.WithTimeout(ctx, checkEvery)
		n, err := conn.WaitForNotification(limited)
		over := limited.Err() != nil
		cancel()
		switch {
		case err == nil:
			return n.Payload, nil
		case ctx.Err() != nil || !over || conn.IsClosed():
			return "", fmt.Errorf("wait: %w", err)
		}
		limited, cancel = context.WithTimeout(ctx, answersWithin)
		err = conn.Ping(limited)
		cancel()
		if err != nil {
			return "", fmt.Errorf("ping: %w", err)
		}
	}
}
