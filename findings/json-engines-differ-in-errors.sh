#!/usr/bin/env bash
# Go 1.26.8 with either engine, and Go 1.27.3, encoding/json
#
# An unchanged program gets different errors from encoding/json when the engine of the package
# changes:
#   - A wrong value of a field with the option "string" is an *UnmarshalTypeError only with the new
#     engine. With the old one it is an error without a type of its own.
#   - The Field of an error inside a list has the index only with the new engine.
#   - An error of the reader below a Decoder, such as that of http.MaxBytesReader, is not in the
#     Unwrap chain with the new engine of Go 1.26; in the two others it is.
# A server that chooses its status by such errors then sends other responses.
#
# Seen:
#   go1.26.8
#   "string" option: an error of another type
#   inside a list: UnmarshalTypeError, field "L.X"
#   MaxBytesError is found: true
#   go1.26.8, GOEXPERIMENT=jsonv2
#   "string" option: UnmarshalTypeError, field "N"
#   inside a list: UnmarshalTypeError, field "L.1.X"
#   MaxBytesError is found: false
#   go1.27.3
#   "string" option: UnmarshalTypeError, field "N"
#   inside a list: UnmarshalTypeError, field "L.1.X"
#   MaxBytesError is found: true
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

cat >go.mod <<'MOD'
module example.com/engines

go 1.26
MOD
cat >main.go <<'GO'
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
)

type item struct{ X int }

type input struct {
	N int `json:",string"`
	L []item
}

func typed(text string) string {
	var in input
	err := json.Unmarshal([]byte(text), &in)
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return fmt.Sprintf("UnmarshalTypeError, field %q", wrong.Field)
	}
	return "an error of another type"
}

func main() {
	fmt.Println(`"string" option:`, typed(`{"N": "one"}`))
	fmt.Println("inside a list:", typed(`{"L": [{"X": 1}, {"X": "two"}]}`))
	body := http.MaxBytesReader(httptest.NewRecorder(), io.NopCloser(strings.NewReader(`{"L": [{"X": 1}]}`)), 5)
	var large *http.MaxBytesError
	fmt.Println("MaxBytesError is found:", errors.As(json.NewDecoder(body).Decode(new(input)), &large))
}
GO
{
	echo "go1.26.8"
	GOTOOLCHAIN=go1.26.8 go run .
	echo "go1.26.8, GOEXPERIMENT=jsonv2"
	GOTOOLCHAIN=go1.26.8 GOEXPERIMENT=jsonv2 go run .
	echo "go1.27.3"
	GOTOOLCHAIN=go1.27.3 go run .
} | tee seen
diff seen - <<'WANT'
go1.26.8
"string" option: an error of another type
inside a list: UnmarshalTypeError, field "L.X"
MaxBytesError is found: true
go1.26.8, GOEXPERIMENT=jsonv2
"string" option: UnmarshalTypeError, field "N"
inside a list: UnmarshalTypeError, field "L.1.X"
MaxBytesError is found: false
go1.27.3
"string" option: UnmarshalTypeError, field "N"
inside a list: UnmarshalTypeError, field "L.1.X"
MaxBytesError is found: true
WANT
