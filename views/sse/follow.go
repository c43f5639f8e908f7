package sse

import (
	"context"
	"errors"

	"github.com/mastaba-go/mastaba/traversal/topics"
	"github.com/mastaba-go/mastaba/views/web"
)

// EventOf returns the event of a message: its name, data and ID. That of a [topics.Gap] is called
// "gap", that of a change of presence "presence"; both have no data.
func EventOf(m topics.Message) Event {
	e := Event{ID: m.ID, Name: m.Name, Data: m.Data}
	if m.Kind != topics.Published {
		e.Name = m.Kind.String()
	}
	return e
}

// Follow sends the messages of a subscription until ctx ends, and returns its cause. At the end of
// the subscription it returns nil. convert makes the event of each message, whatever its kind; nil
// is [EventOf]. The ID of the event is in any case that of the message, so a browser that comes
// back with it misses nothing: see [Topic]. An event of convert without name and data only moves
// the position.
func (s *Stream) Follow(ctx context.Context, sub *topics.Subscription, convert func(topics.Message) (Event, error)) error {
	for {
		m, err := sub.Next(ctx)
		if errors.Is(err, topics.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		e := EventOf(m)
		if convert != nil {
			if e, err = convert(m); err != nil {
				return err
			}
		}
		e.ID = m.ID
		if err := s.Send(e); err != nil {
			return err
		}
	}
}

// Topic returns a response that is a stream of the messages of a topic: those behind the last one
// that the browser has, or behind after, if it comes for the first time. after is the position of
// what the page shows (topics.Hub.Position); "" is from now on. See [Stream.Follow] for convert.
//
//	func events(r *web.Request, room *Room) (*web.Response, error) {
//		return sse.Topic(r, hub, r.Node().Path(), r.URL.Query().Get("after"), sse.Options{}, nil), nil
//	}
func Topic(
	r *web.Request, hub *topics.Hub, name, after string, o Options, convert func(topics.Message) (Event, error),
) *web.Response {
	if id := LastEventID(r); id != "" {
		after = id
	}
	return New(r, o, func(ctx context.Context, s *Stream) error {
		sub, err := hub.Subscribe(name, after)
		if errors.Is(err, topics.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		defer sub.Close()
		return s.Follow(ctx, sub, convert)
	})
}
