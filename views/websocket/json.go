package websocket

import (
	"context"
	"encoding/json"
)

// JSON sends and receives values of type T over a socket, each as one text message. Where the two
// sides send different types, use two.
//
//	in, out := websocket.JSON[Command]{conn}, websocket.JSON[Event]{conn}
type JSON[T any] struct{ Conn *Conn }

// Receive waits for the next value. Its error is one of Read, or for a message that is not a T a
// *[CloseError] with the code that fits: 1003 for bytes, 1007 for other text. A view that returns
// it closes the socket so; one that goes on drops the message.
func (j JSON[T]) Receive(ctx context.Context) (value T, err error) {
	m, err := j.Conn.Read(ctx)
	if err != nil {
		return value, err
	}
	if m.Binary {
		return value, &CloseError{Code: StatusUnsupportedData, Reason: "want JSON in a text message"}
	}
	if err := json.Unmarshal(m.Data, &value); err != nil {
		var none T
		return none, &CloseError{Code: StatusInvalidData, Reason: "invalid JSON message", Err: err}
	}
	return value, nil
}

// Send is Conn.Send for a value; one that cannot be encoded is an error.
func (j JSON[T]) Send(value T) error {
	m, err := Encode(value)
	if err != nil {
		return err
	}
	return j.Conn.Send(m)
}

// Write is Conn.Write for a value; one that cannot be encoded is an error.
func (j JSON[T]) Write(ctx context.Context, value T) error {
	m, err := Encode(value)
	if err != nil {
		return err
	}
	return j.Conn.Write(ctx, m)
}

// Encode returns a value as a text message in JSON, to send it to several sockets.
func Encode(value any) (Message, error) {
	data, err := json.Marshal(value)
	return Message{Data: data}, err
}
