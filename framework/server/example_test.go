package server_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"

	"github.com/rs/zerolog"

	"github.com/mastaba-go/mastaba/framework/server"
)

// A program serves until it receives SIGTERM or SIGINT. Here its context ends after one
// request.
func ExampleServe() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "hello") })

	silent := zerolog.Nop()
	ctx, cancel := context.WithCancel(context.Background())
	err := server.Serve(ctx, mux, server.Options{
		Addr:    "127.0.0.1:0",
		Health:  true,
		Logger:  &silent,
		Started: func(addr net.Addr) { go request("http://"+addr.String(), cancel) },
	})
	fmt.Println("served:", err)
	// Output:
	// 200 OK hello
	// served: <nil>
}

// wiki opens its pages before the first request and closes them after the last.
type wiki struct{ http.Handler }

func (wiki) Start(context.Context) error    { fmt.Println("open the pages"); return nil }
func (wiki) Drain()                         { fmt.Println("end the streams") }
func (wiki) Shutdown(context.Context) error { fmt.Println("close the pages"); return nil }

// A handler that opens and closes things implements Lifecycle.
func ExampleLifecycle() {
	pages := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "a page") })

	silent := zerolog.Nop()
	ctx, cancel := context.WithCancel(context.Background())
	err := server.Serve(ctx, wiki{pages}, server.Options{
		Addr:    "127.0.0.1:0",
		Logger:  &silent,
		Started: func(addr net.Addr) { go request("http://"+addr.String(), cancel) },
	})
	fmt.Println("served:", err)
	// Output:
	// open the pages
	// 200 OK a page
	// end the streams
	// close the pages
	// served: <nil>
}

// request is the client of the examples.
func request(url string, done func()) {
	defer done()
	resp, err := http.Get(url)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = resp.Body.Close() }()
	text, _ := io.ReadAll(resp.Body)
	fmt.Println(resp.Status, string(text))
	http.DefaultClient.CloseIdleConnections()
}
