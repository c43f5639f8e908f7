#!/usr/bin/env bash
# go.uber.org/goleak v1.3.0 with testing/synctest of Go 1.26.8
#
# goleak.VerifyNone inside a bubble fails a test that leaks nothing: it reports the two goroutines
# that run the bubble itself. An IgnoreCurrent from before the bubble hides one of the two.
# Only an IgnoreCurrent taken inside the bubble makes the check pass.
#
# Seen:
#   FAIL plain: 2 unexpected
#   FAIL snapshot outside: 1 unexpected
#   ok   snapshot inside
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOTOOLCHAIN=go1.26.8 GOFLAGS=-mod=mod

cat >go.mod <<'MOD'
module example.com/bubble

go 1.26

require go.uber.org/goleak v1.3.0
MOD
cat >bubble_test.go <<'GO'
package bubble

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"
)

func report(name string, opts ...goleak.Option) {
	if err := goleak.Find(opts...); err != nil {
		fmt.Printf("FAIL %s: %d unexpected\n", name, strings.Count(err.Error(), "Goroutine "))
		return
	}
	fmt.Printf("ok   %s\n", name)
}

func TestPlain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { report("plain") })
}

func TestOutside(t *testing.T) {
	before := goleak.IgnoreCurrent()
	synctest.Test(t, func(t *testing.T) { report("snapshot outside", before) })
}

func TestInside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { report("snapshot inside", goleak.IgnoreCurrent()) })
}
GO
go mod tidy >/dev/null 2>&1
go test -count=1 -v . | grep -E '^(FAIL|ok  ) +[a-z]+( [a-z]+)?(:|$)' >seen
cat seen
diff seen - <<'WANT'
FAIL plain: 2 unexpected
FAIL snapshot outside: 1 unexpected
ok   snapshot inside
WANT
