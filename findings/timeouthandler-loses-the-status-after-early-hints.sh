#!/usr/bin/env bash
# net/http, Go 1.26.8 and Go 1.27.3
#
# http.TimeoutHandler takes the first WriteHeader of its handler for the final one, even if its code is
# informational. A handler that sends 103 Early Hints and then responds with 404 gets a 200 on the wire,
# with the body of the 404; the hints arrive only together with it. Without TimeoutHandler the client gets
# the 103 and the 404.
#
# Seen, with both versions:
#   plain: 103 404 "nothing here"
#   timeout: 103 200 "nothing here"
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
printf 'module example.com/hints\n\ngo 1.26\n' >go.mod

cat >main.go <<'GO'
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"time"
)

func hinting(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Link", "</a.css>; rel=preload")
	w.WriteHeader(http.StatusEarlyHints)
	w.WriteHeader(http.StatusNotFound)
	_, _ = io.WriteString(w, "nothing here")
}

func main() {
	for _, c := range []struct {
		name    string
		handler http.Handler
	}{
		{"plain", http.HandlerFunc(hinting)},
		{"timeout", http.TimeoutHandler(http.HandlerFunc(hinting), time.Minute, "")},
	} {
		server := httptest.NewUnstartedServer(c.handler)
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.Start()
		fmt.Print(c.name + ":")
		r, err := http.NewRequest("GET", server.URL, nil)
		if err != nil {
			log.Fatal(err)
		}
		r = r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
			Got1xxResponse: func(code int, _ textproto.MIMEHeader) error { fmt.Print(" ", code); return nil },
		}))
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			log.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf(" %d %q\n", resp.StatusCode, body)
		server.Close()
	}
}
GO
for version in go1.26.8 go1.27.3; do
	echo "$version"
	GOTOOLCHAIN=$version go run . | tee seen
	diff seen - <<'WANT'
plain: 103 404 "nothing here"
timeout: 103 200 "nothing here"
WANT
done
