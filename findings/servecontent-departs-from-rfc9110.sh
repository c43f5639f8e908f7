#!/usr/bin/env bash
# net/http, Go 1.26.8 and Go 1.27.3
#
# http.ServeContent, and so FileServer, does not respond to these conditional and range requests as
# RFC 9110 says. Each line gives the rule, and the status that follows from it:
#   - bytes=-0 is unsatisfiable (14.1.2), and "bytes 3-2/3" is not a valid Content-Range (14.4):
#     416;
#   - no Content-Range can describe a part of an empty file, "bytes 0--1/0" is invalid (14.4): 200
#     or 416;
#   - the lines of If-None-Match are one list (5.3): 304;
#   - an empty If-Match matches nothing (13.1.1): 412;
#   - If-Modified-Since with two dates is ignored (13.1.3): 200;
#   - units of ranges ignore case (14.1): 206;
#   - an unknown unit is ignored (14.2): 200;
#   - a suffix longer than the file, even than an int64, is the whole file (14.1.1, 14.1.2): 206;
#   - only GET has ranges (14.2): HEAD is 200.
# views.HTTP and web.Request.HTTP rewrite such headers so that ServeContent understands them, except
# for unknown units, which another handler may know.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
printf 'module example.com/ranges\n\ngo 1.26\n' >go.mod

cat >main.go <<'GO'
package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"
)

func main() {
	modified := time.Unix(1_700_000_000, 0)
	date := modified.UTC().Format(http.TimeFormat)
	for _, test := range []struct {
		method, body string
		header       http.Header
	}{
		{"GET", "abc", http.Header{"Range": {"bytes=-0"}}},
		{"GET", "", http.Header{"Range": {"bytes=-5"}}},
		{"GET", "abc", http.Header{"If-None-Match": {`"x"`, `"v1"`}}},
		{"GET", "abc", http.Header{"If-Match": {""}}},
		{"GET", "abc", http.Header{"If-Modified-Since": {date, date}}},
		{"GET", "abc", http.Header{"Range": {"Bytes=0-1"}}},
		{"GET", "abc", http.Header{"Range": {"lines=0-1"}}},
		{"GET", "abc", http.Header{"Range": {"bytes=-99999999999999999999"}}},
		{"HEAD", "abc", http.Header{"Range": {"bytes=0-1"}}},
	} {
		r := httptest.NewRequest(test.method, "/", nil)
		r.Header = test.header
		w := httptest.NewRecorder()
		w.Header().Set("Etag", `"v1"`)
		http.ServeContent(w, r, "a.txt", modified, strings.NewReader(test.body))
		fmt.Printf("%s %q %v: %d %q\n", test.method, test.body, test.header, w.Code, w.Header().Get("Content-Range"))
	}
}
GO
for version in go1.26.8 go1.27.3; do
	echo "$version"
	GOTOOLCHAIN=$version go run . >seen
	cat seen
	diff seen - <<'WANT'
GET "abc" map[Range:[bytes=-0]]: 206 "bytes 3-2/3"
GET "" map[Range:[bytes=-5]]: 206 "bytes 0--1/0"
GET "abc" map[If-None-Match:["x" "v1"]]: 200 ""
GET "abc" map[If-Match:[]]: 200 ""
GET "abc" map[If-Modified-Since:[Tue, 14 Nov 2023 22:13:20 GMT Tue, 14 Nov 2023 22:13:20 GMT]]: 304 ""
GET "abc" map[Range:[Bytes=0-1]]: 416 ""
GET "abc" map[Range:[lines=0-1]]: 416 ""
GET "abc" map[Range:[bytes=-99999999999999999999]]: 416 ""
HEAD "abc" map[Range:[bytes=0-1]]: 206 "bytes 0-1/3"
WANT
done
