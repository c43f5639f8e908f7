// Package sse sends server-sent events: a response that stays open, and that browsers read with an
// EventSource. The stream is that of an ordinary view, so predicates, permission, session and
// tweens apply before it begins.
//
//	package main
//
//	import (
//		"context"
//		"log"
//		"net/http"
//		"time"
//
//		"github.com/mastaba-go/mastaba/framework"
//		"github.com/mastaba-go/mastaba/views"
//		"github.com/mastaba-go/mastaba/views/sse"
//	)
//
//	func main() {
//		config := framework.New(framework.Options{})
//		config.AddView(views.Func(clock), views.Name("clock"))
//		app, err := config.App()
//		if err != nil {
//			log.Fatal(err)
//		}
//		log.Fatal(http.ListenAndServe(":6543", app))
//	}
//
//	func clock(r *framework.Request) (*framework.Response, error) {
//		return sse.New(r, sse.Options{}, func(ctx context.Context, s *sse.Stream) error {
//			tick := time.NewTicker(time.Second)
//			defer tick.Stop()
//			for {
//				select {
//				case now := <-tick.C:
//					if err := s.Send(sse.Event{Data: []byte(now.Format(time.TimeOnly))}); err != nil {
//						return err
//					}
//				case <-ctx.Done():
//					return nil
//				}
//			}
//		}), nil
//	}
//
// In the browser:
//
//	new EventSource("/clock").onmessage = event => { document.title = event.data }
//
// Most programs need [New], [Stream.Send] and [Event]. [Topic] streams the messages about a
// resource (package traversal/topics), and a browser that comes back gets those that it missed.
//
// # What ends a stream
//
// A stream ends with its client, when the server stops, after Options.MaxAge, and when the client
// does not accept what is sent in time. The context of the stream says so. In each case the browser
// comes back by itself, with the header Last-Event-ID. Any status but 200 makes it stop, so a view
// that returns an error ends it for good, and so does [End], which is not an error.
//
// A stream runs after the view and the tweens have returned: the time limit of the tween Timeout
// does not apply to it, the tween Compress passes each event on at once (it compresses event
// streams only if its Types name them, since some proxies hold compressed ones back), and the
// access log has its line at the end. The session and the response headers can no longer be
// changed.
//
// A browser that speaks HTTP/1.1 opens at most six connections to a server, and each EventSource
// takes one: let a page have one stream, and serve HTTP/2.
package sse
