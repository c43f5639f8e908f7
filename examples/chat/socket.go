package main

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/traversal/topics"
	"github.com/mastaba-go/mastaba/views/websocket"
)

// socketOptions bound what a client may do. The permission is checked again each minute.
var socketOptions = websocket.Options{MaxMessage: 8 << 10, Rate: 10, Recheck: time.Minute}

// frame is what a socket sends: a message of the topic, with its position.
type frame struct {
	ID   string          `json:"id"`
	Name string          `json:"name"`
	Data json.RawMessage `json:"data,omitempty"`
}

// socket is events and say in one: it sends what happens in the room, and receives messages.
func (t *talk) socket(r *framework.Request, _ *Room, conn *websocket.Conn) error {
	ctx, topic := conn.Context(), r.Node().Path()
	user, err := r.UserID()
	if err != nil {
		return err
	}
	sub, err := t.hub.Subscribe(topic, r.URL.Query().Get("after"))
	if err != nil {
		return err
	}
	defer sub.Close()
	leave, err := t.hub.Join(ctx, topic, cmp.Or(user, guest))
	if err != nil {
		return err
	}
	defer leave()
	async.Go(ctx, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, conn.Follow(ctx, sub, t.frame(topic))
	})
	for {
		in, err := websocket.JSON[message]{Conn: conn}.Receive(ctx)
		if err != nil {
			return err
		}
		if err := in.Validate(); err != nil {
			return &websocket.CloseError{Code: websocket.StatusPolicyViolation, Reason: err.Error()}
		}
		if may, err := r.Can(maySpeak); err != nil || !may {
			return cmp.Or[error](err, &websocket.CloseError{Code: websocket.StatusPolicyViolation, Reason: "you may not speak in this room"})
		}
		if err := t.publish(ctx, topic, user, in.Text); err != nil {
			return err
		}
	}
}

// frame returns the function that makes the frame of a message.
func (t *talk) frame(topic string) func(topics.Message) (websocket.Message, error) {
	return func(m topics.Message) (websocket.Message, error) {
		e, err := t.event(topic, m)
		if err != nil {
			return websocket.Message{}, err
		}
		return websocket.Encode(frame{m.ID, e.Name, e.Data})
	}
}
