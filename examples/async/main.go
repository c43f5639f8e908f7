// Command async publishes a tree that lies elsewhere: each lookup is a round
// trip to a slow server, which the command starts for itself. The same tree is
// there four times, and each page draws a waterfall of what it waited for.
//
//	go run ./examples/async
//
// and then, in a browser or with curl:
//
//	http://127.0.0.1:6543/                             the four ways
//	http://127.0.0.1:6543/child/sol/outer/jupiter      a round trip for each name, one after the other
//	http://127.0.0.1:6543/future/sol/outer/jupiter     the same by futures: what the page itself needs, all at once
//	http://127.0.0.1:6543/path/sol/outer/jupiter       one round trip for the whole path
//	http://127.0.0.1:6543/batch/sol/outer/jupiter      round trips that are shared with other requests
//	http://127.0.0.1:6543/batch/sol/outer/vulcan       not found
//
// Open a few of the last kind at once, or load them with a benchmarking tool,
// and look at how many round trips the source has answered. A log on the same
// slow server is written beside each request, by a tween (logger.go).
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
	delay := flag.Duration("delay", 30*time.Millisecond, "how long the source takes to answer")
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
	log.Printf("the source is at %s and takes %v; the site is at http://%s/", sky.url, *delay, *addr)
	if err := framework.Serve(context.Background(), app, server.Options{Addr: *addr}); err != nil {
		log.Fatal(err)
	}
}
