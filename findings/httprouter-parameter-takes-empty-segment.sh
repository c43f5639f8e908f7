#!/usr/bin/env bash
# github.com/julienschmidt/httprouter v1.3.0 and v1.3.1-0.20240130105656-484018016424, Go 1.26.8
#
# A parameter in the middle of a pattern matches an empty segment: the handler for /teams/:team/members/:id
# runs for /teams//members/7 with an empty team. At the end of a pattern a parameter does not: /teams/ is
# a 404 for /teams/:team. The documentation says that a parameter matches anything until the next slash.
# A handler has to check for itself that such a value is not empty.
#
# Seen, with both versions:
#   /teams//members/7 200 team="" id="7"
#   /teams/ 404
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOTOOLCHAIN=go1.26.8 GOFLAGS=-mod=mod

cat >main.go <<'GO'
package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/julienschmidt/httprouter"
)

func main() {
	router := httprouter.New()
	router.GET("/teams/:team", func(http.ResponseWriter, *http.Request, httprouter.Params) {})
	router.GET("/teams/:team/members/:id", func(w http.ResponseWriter, _ *http.Request, p httprouter.Params) {
		fmt.Fprintf(w, " team=%q id=%q", p.ByName("team"), p.ByName("id"))
	})
	router.NotFound = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) })
	for _, path := range []string{"/teams//members/7", "/teams/"} {
		w := httptest.NewRecorder()
		router.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		fmt.Printf("%s %d%s\n", path, w.Code, w.Body)
	}
}
GO
for version in v1.3.0 v1.3.1-0.20240130105656-484018016424; do
	printf 'module example.com/teams\n\ngo 1.26\n\nrequire github.com/julienschmidt/httprouter %s\n' "$version" >go.mod
	go run . 2>/dev/null >seen
	echo "$version"
	cat seen
	diff seen - <<'WANT'
/teams//members/7 200 team="" id="7"
/teams/ 404
WANT
done
