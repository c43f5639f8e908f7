package websocket

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// socket is what a view does with its socket, and how.
type socket struct {
	options    *Options
	wrong      error // of the options
	run        Handler
	onClose    func(*Conn, *CloseError)
	place      string // of the view, for the log
	permission string // of the view
}

// On makes a view of a function that has a socket. It serves resources of type R, as views.On does.
// It is called after the handshake; predicates, permission and tweens apply before it. r is
// Conn.Request: its context ends with the socket.
//
// The socket closes when fn returns: with 1000 if it returns nil, or with the code and reason of a
// *[CloseError]. Any other error, and a panic, is logged with the place of the view, and closes
// with 1011. An error that it returns after the end of the socket, such as that of Read, is not
// logged. The request ends when the client has answered the close frame, or has not for five
// seconds.
//
// A handshake that is wrong gets a 400, or a 426 that names the protocol, and any method but GET a
// 405. A page of another origin gets a 403: see Options.Origins.
func On[R any](fn func(r *web.Request, on R, conn *Conn) error, o Options) views.View {
	checked, wrong := o.withDefaults()
	if fn == nil {
		wrong = errors.Join(wrong, errors.New("websocket.On(nil): want a func(*web.Request, R, *websocket.Conn) error"))
	}
	return views.On(func(_ *web.Request, on R) (*socket, error) {
		return &socket{options: checked, run: func(conn *Conn) error { return fn(conn.r, on, conn) }}, nil
	}).Mapped(fn, mapper(checked, wrong))
}

// New returns the response of a view of any shape that has a socket; fn and the errors are as with
// [On].
//
//	return websocket.New(r, websocket.Options{}, func(conn *websocket.Conn) error { … })
func New(r *web.Request, o Options, fn Handler) (*web.Response, error) {
	checked, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	if fn == nil {
		return nil, errors.New("websocket.New: the handler is nil")
	}
	if err := checkHandshake(r, checked); err != nil {
		return nil, err
	}
	place := fmt.Sprintf("%s (%s)", registry.FuncName(fn), registry.FuncSource(fn))
	return (&socket{options: checked, run: fn, place: place}).response(r), nil
}

// response returns the response that opens the socket.
func (s *socket) response(r *web.Request) *web.Response {
	r.Keep()
	resp := r.Empty(http.StatusSwitchingProtocols)
	resp.SetHandler(http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) { s.serve(w, r, hr) }))
	return resp
}

// errUnmapped is the error of rendering a socket.
var errUnmapped = errors.New("a view with a websocket needs views.WithMapper(websocket.WebsocketMapper), or config.SetViewMapper for all views")

// MarshalJSON is an error: a socket is not rendered.
func (s *socket) MarshalJSON() ([]byte, error) { return nil, errUnmapped }

// MarshalJSON is an error: a handler is not rendered.
func (h Handler) MarshalJSON() ([]byte, error) { return nil, errUnmapped }

// WebsocketMapper calls views that return a [Handler], and those of [On] and [Struct].
//
//	func room(r *web.Request, room *Room) (websocket.Handler, error)
//
// The view is called for a valid handshake. If it returns an error, the response is that of any
// view. Other views are a configuration error: set the mapper for single views with
// views.WithMapper, or for an application of sockets with SetViewMapper. Views of On and Struct
// need neither.
func WebsocketMapper(v views.View, info *views.Info) (views.Callable, error) {
	return MapperWith(Options{})(v, info)
}

// MapperWith is [WebsocketMapper] with options for views that return a [Handler].
func MapperWith(o Options) views.Mapper { return mapper(o.withDefaults()) }

var _ views.Mapper = WebsocketMapper

func mapper(o *Options, wrong error) views.Mapper {
	return func(v views.View, info *views.Info) (views.Callable, error) {
		if wrong != nil {
			return nil, views.WrongKind(wrong.Error())
		}
		switch v.Result() {
		case reflect.TypeFor[*socket](), reflect.TypeFor[Handler]():
		default:
			return nil, views.WrongKind(fmt.Sprintf("%s returns %s, not a websocket.Handler: for a view without a socket use "+
				"views.WithMapper(views.DefaultMapper)", v, v.Result()))
		}
		info.Foresee(func(r *web.Request, p *views.Prediction) {
			p.Status, p.Err = http.StatusSwitchingProtocols, checkHandshake(r, o)
			p.Notes = append(p.Notes, describe(r, o))
		})
		call, place := v.Callable(), fmt.Sprintf("%s (%s)", info, info.Source)
		return func(r *web.Request, res traversal.Resource) (any, error) {
			if err := checkHandshake(r, o); err != nil {
				return nil, err
			}
			value, err := call(r, res)
			if err != nil {
				return nil, err
			}
			s, ok := value.(*socket)
			if fn, _ := value.(Handler); !ok {
				if fn == nil {
					return nil, fmt.Errorf("%s returned neither a websocket.Handler nor an error", place)
				}
				s = &socket{options: o, run: fn}
			}
			s.place, s.permission = place, info.Permission
			return s.response(r), nil
		}, nil
	}
}
