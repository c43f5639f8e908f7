// Command async publishes a remote tree: each lookup is a round trip to a slow server, which the
// command starts itself. It shows four ways to read that tree, and each page draws a waterfall of
// what it waited for.
//
//	go run ./examples/async
//
// and then, in a browser or with curl:
//
//	http://127.0.0.1:6543/                             the four ways
//	http://127.0.0.1:6543/child/sol/outer/jupiter      one round trip for each name, in sequence
//	http://127.0.0.1:6543/future/sol/outer/jupiter     futures: the children load concurrently
//	http://127.0.0.1:6543/path/sol/outer/jupiter       one round trip for the whole path
//	http://127.0.0.1:6543/batch/sol/outer/jupiter      requests share round trips
//	http://127.0.0.1:6543/batch/sol/outer/vulcan       not found
//
// Send several requests of the last kind at once and watch the number of round trips in the footer.
// A tween (logger.go) writes each request to a log on the same slow server.
package main

import (
	"context"
	"flag"
	"log"
	"os"
	"time"

	"github.com/rs/zerolog"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/server"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:6543", "address to listen on")
	delay := flag.Duration("delay", 30*time.Millisecond, "time that the source takes for each round trip")
	flag.Parse()

	sky, err := startSource(*delay)
	if err != nil {
		log.Fatal(err)
	}
	defer sky.close()
	logger := zerolog.New(zerolog.ConsoleWriter{Out: os.Stderr, TimeFormat: time.TimeOnly}).With().Timestamp().Logger()
	app, err := configure(sky, &logger).App()
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("serving on http://%s/, with a source at %s that takes %v for each round trip", *addr, sky.url, *delay)
	if err := framework.Serve(context.Background(), app, server.Options{Addr: *addr}); err != nil {
		log.Fatal(err)
	}
}
