#!/usr/bin/env bash
# mime/multipart of Go 1.26.8 and 1.27.3
#
# A form that ends inside the header of a part is read without an error, as if it were complete: the
# part is missing, and nothing says so. NextPart returns a bare io.EOF for it, which stands for the
# last boundary. A form that ends anywhere else is an error, as it should be. With
# ParseMultipartForm of net/http the same form passes.
#
# Seen:
#   whole:                 <nil> map[a:[1] b:[2]]
#   ends in a value:       unexpected EOF
#   ends after a part:     unexpected EOF
#   ends in a header:      <nil> map[a:[1]]
#   ends after a boundary: <nil> map[a:[1]]
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >go.mod <<'MOD'
module example.com/cut

go 1.26
MOD
cat >main.go <<'GO'
package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
)

const (
	a     = "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n"
	inB   = "--B\r\nContent-Disposition: form-data; name=\"b\"\r\n"
	whole = a + inB + "\r\n2\r\n--B--\r\n"
)

func main() {
	for _, test := range []struct{ name, body string }{
		{"whole:", whole},
		{"ends in a value:", a[:len(a)-2]},
		{"ends after a part:", a},
		{"ends in a header:", a + inB},
		{"ends after a boundary:", a + "--B\r\n"},
	} {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(test.body))
		r.Header.Set("Content-Type", "multipart/form-data; boundary=B")
		if err := r.ParseMultipartForm(1 << 20); err != nil {
			fmt.Printf("%-22s %v\n", test.name, err)
		} else {
			fmt.Printf("%-22s %v %v\n", test.name, err, r.MultipartForm.Value)
		}
	}
}
GO
for toolchain in go1.26.8 go1.27.3; do
	GOTOOLCHAIN=$toolchain go run . >seen
	cat seen
	diff seen - <<'WANT'
whole:                 <nil> map[a:[1] b:[2]]
ends in a value:       unexpected EOF
ends after a part:     unexpected EOF
ends in a header:      <nil> map[a:[1]]
ends after a boundary: <nil> map[a:[1]]
WANT
done
