// Command bare is the server that .ci/load measures ours beside: a hello of
// net/http and nothing else.
package main

import (
	"log"
	"net/http"
	"os"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: bare HOST:PORT")
	}
	log.Fatal(http.ListenAndServe(os.Args[1], http.HandlerFunc(hello)))
}

func hello(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("Hello, world!\n")) // a client that went away does not matter here
}
