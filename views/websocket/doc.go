// Package websocket opens websockets. A socket is an ordinary view on a resource whose response is
// the handshake, so predicates, permission, session, error views and tweens apply before it opens.
//
//	package main
//
//	import (
//		"log"
//		"net/http"
//
//		"github.com/mastaba-go/mastaba/framework"
//		"github.com/mastaba-go/mastaba/views"
//		"github.com/mastaba-go/mastaba/views/websocket"
//	)
//
//	func main() {
//		config := framework.New(framework.Options{})
//		config.AddView(websocket.On(echo, websocket.Options{}), views.Name("echo"))
//		app, err := config.App()
//		if err != nil {
//			log.Fatal(err)
//		}
//		log.Fatal(http.ListenAndServe(":6543", app))
//	}
//
//	func echo(r *framework.Request, _ any, conn *websocket.Conn) error {
//		for {
//			m, err := conn.Read(r.Context())
//			if err != nil {
//				return err
//			}
//			if err := conn.Write(r.Context(), m); err != nil {
//				return err
//			}
//		}
//	}
//
// In the browser:
//
//	new WebSocket("ws://localhost:6543/echo").onmessage = event => { document.title = event.data }
//
// Most programs need [On] and the methods of [Conn]: Read, Write, which waits for a slow client,
// and Send, which never waits. [Struct] makes a view of a type with OnOpen, OnMessage and OnClose,
// [New] a socket in a view of any shape, [JSON] sends and receives values, and [Conn.Follow] sends
// the messages about a resource (package traversal/topics). [WebsocketMapper] is for applications
// whose views return a [Handler]. Package websockettest has a client for tests.
//
// # What ends a socket
//
// A socket ends when its client closes it, when the view returns, or at a limit of [Options]. The
// client gets a close frame with a code of RFC 6455:
//
//	1000  the view returned nil               1008  too many messages, or a Recheck failed
//	1001  the server stops, or nothing came   1009  a message was too large
//	      for IdleTimeout                     1011  the view returned another error, or panicked
//	1002  a frame was invalid                 1013  the client is too slow (or 1008: SlowCode), or
//	1003  bytes where JSON is expected              it missed messages of a topic
//	1007  text that is not UTF-8, or no JSON  3000 to 4999  those of a *CloseError of the view
//
// The context of the socket then ends, and its cause says how it ended. A client whose connection
// breaks, or which does not accept a frame within WriteTimeout, gets no close frame. Control frames
// have five seconds.
//
// The view runs after the tweens have returned: the time limit of the tween Timeout does not apply
// to it, and the access log has its line at the end, with the close code and the messages and bytes
// of both sides; web.Upgraded has them for observers. An explanation foretells the response to the
// handshake, unless the view calls New itself. The session was saved with the handshake, and
// a later change is the error session.ErrSaved.
//
// A server that stops (Request.Draining) closes its sockets with 1001 and waits for their views as
// long as for other requests. net/http does not open websockets over HTTP/2; browsers use HTTP/1.1
// for them.
//
// # In tests
//
// In a bubble of testing/synctest, each socket has to be closed before the test ends.
package websocket
