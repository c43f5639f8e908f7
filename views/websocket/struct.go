package websocket

import (
	"errors"

	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// Socket is a view as a type: one value for each socket. Embed [Events] for the methods that it
// does not need. They are called on one goroutine, one after the other.
type Socket interface {
	// OnOpen is called first.
	OnOpen(conn *Conn) error
	// OnMessage is called for each message of the client.
	OnMessage(conn *Conn, m Message) error
	// OnClose is called once, when the socket is closed, also if one of the others failed or
	// panicked. end says how: end.Err is their error.
	OnClose(conn *Conn, end *CloseError)
}

// Events is a [Socket] that does nothing, to embed.
type Events struct{}

var _ Socket = Events{}

// OnOpen does nothing.
func (Events) OnOpen(*Conn) error { return nil }

// OnMessage drops the message.
func (Events) OnMessage(*Conn, Message) error { return nil }

// OnClose does nothing.
func (Events) OnClose(*Conn, *CloseError) {}

// Struct makes a view of a type with a socket. newView makes a V for each valid handshake; if it
// returns an error, that is answered as the error of any view. What OnOpen and OnMessage return
// ends the socket as what a function returns does, see [On]; nil goes on.
func Struct[R any, V Socket](newView func(r *web.Request, on R) (V, error), o Options) views.View {
	checked, wrong := o.withDefaults()
	if newView == nil {
		wrong = errors.Join(wrong, errors.New("websocket.Struct(nil): want a func(*web.Request, R) (V, error)"))
	}
	return views.On(func(r *web.Request, on R) (*socket, error) {
		v, err := newView(r, on)
		if err != nil {
			return nil, err
		}
		return &socket{options: checked, run: func(conn *Conn) error { return events(conn, v) }, onClose: v.OnClose}, nil
	}).Mapped(newView, mapper(checked, wrong))
}

// events calls the methods of a view.
func events(conn *Conn, v Socket) error {
	if err := v.OnOpen(conn); err != nil {
		return err
	}
	for {
		m, err := conn.Read(conn.ctx)
		if err == nil {
			err = v.OnMessage(conn, m)
		}
		if err != nil {
			return err
		}
	}
}
