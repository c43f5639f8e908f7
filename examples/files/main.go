// Command files publishes a directory as a site: folders with a listing and
// their README, files with a preview, everything raw and as JSON, and a search.
//
//	go run ./examples/files                                    the current directory
//	go run ./examples/files serve --dir DIR --addr HOST:PORT   another one
//
// and then, in a browser or with curl:
//
//	http://127.0.0.1:6543/                      the page of a folder
//	http://127.0.0.1:6543/README.md             the page of a file
//	http://127.0.0.1:6543/README.md/raw         the file itself
//	http://127.0.0.1:6543/README.md/info        what is known of it, as JSON
//	http://127.0.0.1:6543/@@search?q=readme     a view of any folder
//
// The URL is the path in the directory: folders and files are resources of
// different types, and the views are found by these types (app.go). A file that
// is called like a view hides it; @@ before a name always means the view.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/rs/zerolog"
)

func main() {
	log.SetFlags(0)
	arguments := os.Args[1:]
	if len(arguments) > 0 && arguments[0] == "serve" {
		arguments = arguments[1:]
	}
	if err := serve(arguments); err != nil && !errors.Is(err, flag.ErrHelp) {
		log.Fatal("files: ", err)
	}
}

// serve is the one command, and the default.
func serve(arguments []string) error {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	dir := flags.String("dir", ".", "directory to publish")
	addr := flags.String("addr", "127.0.0.1:6543", "address to listen on")
	hidden := flags.Bool("hidden", false, "publish names that begin with a dot, too")
	hosts := flags.String("hosts", "", "further host names to answer to, separated by commas, when listening on this machine alone")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("what is %q? There are --dir, --addr, --hidden and --hosts", flags.Arg(0))
	}

	site, err := openSite(*dir, *hidden)
	if err != nil {
		return err
	}
	defer func() { _ = site.Close() }()
	logger := zerolog.New(zerolog.ConsoleWriter{Out: os.Stderr, TimeFormat: time.TimeOnly}).With().Timestamp().Logger()
	app, err := configure(site, options{Logger: &logger, Hosts: strings.FieldsFunc(*hosts, func(r rune) bool { return r == ',' })}).App()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", *addr)
	if err != nil {
		return err
	}
	log.Printf("publishing %s on http://%s/", *dir, listener.Addr())

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	server := http.Server{Handler: app, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 2 * time.Minute}
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		within, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		return server.Shutdown(within)
	}
}
