// Package server serves any http.Handler on the open internet: with limits for slow and
// greedy clients, TLS, health probes, and a shutdown that loses no request.
//
//	func main() {
//		mux := http.NewServeMux()
//		mux.HandleFunc("GET /{$}", hello)
//		err := server.Serve(context.Background(), mux, server.Options{Addr: ":8080", Health: true})
//		if err != nil {
//			log.Fatal(err)
//		}
//	}
//
// An application of this framework is served by framework.Serve, which takes the same
// [Options], or by the command serve of package framework/cli.
//
// The names to know:
//
//   - [Serve] serves until its context ends or the process receives SIGTERM or SIGINT.
//   - [Options] has the address, TLS, limits, probes and grace periods. The zero value is
//     safe; [Options.Check] returns what is invalid without opening anything, each an
//     [*OptionError].
//   - [Lifecycle] is what a handler implements to be started before the first request and
//     stopped after the last one.
//   - [ErrDraining] is the cause of a request's cancelled context when the grace period ends.
//
// Read [Serve] next: it describes the order of a shutdown. The Examples Serve and Lifecycle
// are complete programs.
//
// # Slow clients
//
// net/http can limit the time of a whole request or response, which is too short for a
// download or too long for an attack. This package limits the time for which a client keeps
// the server waiting. The header must arrive within HeaderTimeout. A read of the body may block
// for BodyTimeout, and all reads together for longer only while the body arrives at BodyRate.
// The client must accept each 64 KiB of a response within WriteTimeout. The time that the
// handler takes does not count. A handler that hijacks a connection sets its own deadlines.
//
// A body that the handler leaves unread is read for 5 seconds and up to 256 KiB, to keep the
// connection usable; otherwise the connection is closed after the response.
//
// # What the handler sees
//
// A request without a body in HTTP/1 passes through untouched. Any other arrives as a copy
// whose Body limits its reads, with a method PrivateRequest: a handler that wants to replace
// the request's Body can test for it and save a copy of its own. The http.ResponseWriter
// works with http.ResponseController. A read that took too long fails with an error that wraps
// os.ErrDeadlineExceeded.
//
// The context of a request is cancelled when its client disconnects. Over HTTP/1, net/http
// notices that only once the body has been read to its end: a handler that works for long on a
// request with a body should read the body first, even if it does not need it.
//
// The package imports nothing else of this module.
package server
