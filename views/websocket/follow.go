package websocket

import (
	"context"
	"errors"

	"github.com/mastaba-go/mastaba/traversal/topics"
)

// Follow sends the messages of a subscription until ctx or the socket ends, and returns why. At the
// end of the subscription it returns nil. Run it on a goroutine of its own, such as one of
// async.Go, if the view reads meanwhile.
//
// convert makes the message for each message of the topic, also for a Gap and a change of presence,
// so its result should have the ID: a client that comes back has it. One without data is left out.
// Nil sends the data of published messages as text, leaves out presence, and closes the socket with
// 1013 at a Gap, for the client has missed something and has to load the state anew.
//
// Follow waits for a slow client, up to Options.WriteTimeout. Nobody else waits: the client gets a
// Gap when it falls too far behind.
func (c *Conn) Follow(ctx context.Context, sub *topics.Subscription, convert func(topics.Message) (Message, error)) error {
	if convert == nil {
		convert = asText
	}
	if ctx.Done() != c.ctx.Done() { // as that of Request has
		var cancel context.CancelCauseFunc
		ctx, cancel = context.WithCancelCause(ctx)
		defer cancel(nil)
		defer context.AfterFunc(c.ctx, func() { cancel(context.Cause(c.ctx)) })()
	}
	for {
		m, err := sub.Next(ctx)
		if errors.Is(err, topics.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		out, err := convert(m)
		if err != nil {
			return err
		}
		if out.Data == nil {
			continue
		}
		if err := c.Write(ctx, out); err != nil {
			return err
		}
	}
}

func asText(m topics.Message) (Message, error) {
	switch m.Kind {
	case topics.Published:
		return Message{Data: m.Data}, nil
	case topics.Gap:
		return Message{}, &CloseError{Code: StatusTryAgainLater, Reason: "messages were missed: load the state anew"}
	}
	return Message{}, nil
}

// Ignore drops the messages of the client from now on, so that a view that only sends still answers
// pings and notices the end. It returns at once; nobody may call Read afterwards.
func (c *Conn) Ignore() {
	c.start(func() {
		for {
			if _, err := c.Read(c.ctx); err != nil {
				return
			}
		}
	})
}
