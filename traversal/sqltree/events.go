package sqltree

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/mastaba-go/mastaba/traversal/topics"
)

// Event says that a node has changed. It has no content: whoever needs it loads the node.
type Event struct {
	Op      Op        `json:"op"`
	ID      uuid.UUID `json:"id"`
	Parent  uuid.UUID `json:"parent"` // zero for the root
	Name    string    `json:"name"`
	Kind    string    `json:"kind"`
	Version int64     `json:"version"`
	Actor   string    `json:"actor,omitempty"`
	Time    time.Time `json:"time"`

	// Where the node was before; the same as Parent and Name unless it was moved or renamed.
	WasParent uuid.UUID `json:"wasParent,omitzero"`
	WasName   string    `json:"wasName,omitempty"`
}

// ErrGap means that events are missing: the subscriber was too slow, or the connection to other
// processes was lost. What was learned from events must be loaded anew. The subscription goes on.
var ErrGap = errors.New("events are missing")

// Subscription receives the events of a tree.
type Subscription struct {
	sub   *topics.Subscription
	cache *cache // nil without one
}

// Subscribe returns a subscription to the changes that are committed from now on, by this process
// and, if Options.Hub has a transport, by others. Close it. The error is topics.ErrClosed.
func (t *Tree) Subscribe() (*Subscription, error) {
	sub, err := t.hub.Subscribe(t.options.Topic, "")
	if err != nil {
		return nil, err
	}
	return &Subscription{sub, t.cache}, nil
}

// Next waits for the next event. One goroutine at a time calls it. The error is ErrGap if events
// are missing, topics.ErrClosed after Close, or the cause of ctx. What the tree returns afterwards
// is at least as new as the event.
func (s *Subscription) Next(ctx context.Context) (Event, error) {
	for {
		m, err := s.sub.Next(ctx)
		if err != nil {
			return Event{}, err
		}
		var e Event
		switch {
		case m.Kind == topics.Presence:
			continue
		case m.Kind == topics.Gap, json.Unmarshal(m.Data, &e) != nil: // the latter of another program
			if s.cache != nil {
				s.cache.clear()
			}
			return Event{}, ErrGap
		}
		if s.cache != nil {
			s.cache.apply(e)
		}
		return e, nil
	}
}

// Close ends the subscription.
func (s *Subscription) Close() { s.sub.Close() }

// publish sends the events of a transaction that was committed. It cannot fail the operation any
// more.
func (t *Tree) publish(ctx context.Context, events []Event) {
	ctx = context.WithoutCancel(ctx)
	for _, e := range events {
		if t.cache != nil {
			t.cache.apply(e) // before the operation returns
		}
		data, err := json.Marshal(e)
		if err == nil {
			_, err = t.hub.Publish(ctx, t.options.Topic, "changed", data)
		}
		if err != nil && !errors.Is(err, topics.ErrClosed) && t.options.OnError != nil {
			t.options.OnError(fmt.Errorf("publish that %q (%s) was %s: %w", e.Name, e.ID, e.Op, err))
		}
	}
}
