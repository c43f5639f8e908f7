#!/usr/bin/env bash
# Go 1.26.8, go build -cover and runtime/coverage
#
# A program built with -covermode=atomic cannot clear its counters if -coverpkg leaves out the main
# package: ClearCounters then says that the mode is "<invalid>" and asks for the mode that was given. The
# counters of the other packages are there, and are written as usual. Naming the main package in -coverpkg
# as well is enough.
#
# Seen:
#   library only: ClearCounters invoked for program built with -covermode=<invalid> (please use -covermode=atomic)
#   library and main: <nil>
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOTOOLCHAIN=go1.26.8 GOCOVERDIR=$dir

mkdir lib
cat >go.mod <<'MOD'
module example.com/covered

go 1.26
MOD
cat >lib/lib.go <<'GO'
package lib

func Twice(n int) int { return 2 * n }
GO
cat >main.go <<'GO'
package main

import (
	"fmt"
	"runtime/coverage"

	"example.com/covered/lib"
)

func main() {
	lib.Twice(1)
	fmt.Println(coverage.ClearCounters())
}
GO
try() { # label, packages
	go build -cover -covermode=atomic -coverpkg="$2" -o program .
	echo "$1: $(./program)"
}
{
	try "library only" example.com/covered/lib
	try "library and main" example.com/covered/...
} >seen
cat seen
diff seen - <<'WANT'
library only: ClearCounters invoked for program built with -covermode=<invalid> (please use -covermode=atomic)
library and main: <nil>
WANT
