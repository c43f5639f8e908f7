#!/usr/bin/env bash
# Go 1.26.8 and Go 1.27.3, net/http
#
# http.ServeContent takes a suffix range of length zero for one that can be satisfied. The response is a
# 206 without a body, whose Content-Range has its last position before the first. RFC 9110 wants a 416
# there (14.1.2), and calls such a Content-Range invalid (14.4). Of an If-None-Match in two lines it
# reads the first one only, so a client that sends the matching tag in the second gets the whole file,
# although the lines of a list are one list (RFC 9110 5.3). The same tags in one line give a 304.
#
# Seen, with both versions:
#   bytes=-0 of 3 bytes: 206 "bytes 3-2/3"
#   bytes=-5 of 0 bytes: 206 "bytes 0--1/0"
#   bytes=3- of 3 bytes: 416 "bytes */3"
#   If-None-Match in one line: 304
#   If-None-Match in two lines: 200
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

cat >go.mod <<'MOD'
module example.com/content

go 1.26
MOD
cat >main.go <<'GO'
package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"
)

func serve(text string, header http.Header) *http.Response {
	r := httptest.NewRequest("GET", "/", nil)
	r.Header = header
	w := httptest.NewRecorder()
	w.Header().Set("Etag", `"b"`)
	http.ServeContent(w, r, "a.txt", time.Time{}, strings.NewReader(text))
	return w.Result()
}

func main() {
	for _, c := range []struct{ rng, text string }{{"bytes=-0", "abc"}, {"bytes=-5", ""}, {"bytes=3-", "abc"}} {
		resp := serve(c.text, http.Header{"Range": {c.rng}})
		fmt.Printf("%s of %d bytes: %d %q\n", c.rng, len(c.text), resp.StatusCode, resp.Header.Get("Content-Range"))
	}
	fmt.Println("If-None-Match in one line:", serve("abc", http.Header{"If-None-Match": {`"a", "b"`}}).StatusCode)
	fmt.Println("If-None-Match in two lines:", serve("abc", http.Header{"If-None-Match": {`"a"`, `"b"`}}).StatusCode)
}
GO
for version in go1.26.8 go1.27.3; do
	echo "$version"
	GOTOOLCHAIN=$version go run . | tee seen
	diff seen - <<'WANT'
bytes=-0 of 3 bytes: 206 "bytes 3-2/3"
bytes=-5 of 0 bytes: 206 "bytes 0--1/0"
bytes=3- of 3 bytes: 416 "bytes */3"
If-None-Match in one line: 304
If-None-Match in two lines: 200
WANT
done
