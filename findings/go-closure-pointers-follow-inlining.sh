#!/usr/bin/env bash
# Go 1.26.8 and Go 1.27.3, reflect and runtime.FuncForPC
#
# Two values of one closure literal have different code pointers in Go 1.26 if the function around the
# literal was inlined at each call, and the same pointer in Go 1.27. Their names differ as well: Go 1.26
# puts the caller in front ("main.main.counter.func1"), Go 1.27 names the function that holds the literal.
# With inlining off both versions agree. So neither a pointer nor a name says whether two function values
# are the same function: a registry that keeps one entry per pointer merges under 1.27 what it kept apart
# under 1.26.
#
# Seen:
#   go1.26.8 inlined: same=false named-by-caller=true
#   go1.26.8 -l: same=true named-by-caller=false
#   go1.27.3 inlined: same=true named-by-caller=false
#   go1.27.3 -l: same=true named-by-caller=false
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

cat >go.mod <<'MOD'
module example.com/pointers

go 1.26
MOD
cat >main.go <<'GO'
package main

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
)

func counter(step int) func() int { return func() int { return step } }

func main() {
	one, two := reflect.ValueOf(counter(1)).Pointer(), reflect.ValueOf(counter(2)).Pointer()
	name := runtime.FuncForPC(one).Name()
	fmt.Printf("same=%t named-by-caller=%t\n", one == two, strings.HasPrefix(name, "main.main."))
}
GO
for version in go1.26.8 go1.27.3; do
	echo "$version inlined: $(GOTOOLCHAIN=$version go run .)"
	echo "$version -l: $(GOTOOLCHAIN=$version go run -gcflags=-l .)"
done >seen
cat seen
diff seen - <<'WANT'
go1.26.8 inlined: same=false named-by-caller=true
go1.26.8 -l: same=true named-by-caller=false
go1.27.3 inlined: same=true named-by-caller=false
go1.27.3 -l: same=true named-by-caller=false
WANT
