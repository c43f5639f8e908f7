#!/usr/bin/env bash
# github.com/redis/go-redis/v9 v9.23.0 with Go 1.26.8
#
# A command on a server that accepts but does not respond takes seconds, although its context has a
# deadline of 100 ms: unless Options.ContextTimeoutEnabled is set, the client waits for its own
# ReadTimeout.
#
# Seen:
#   by default: more than a second after the deadline
#   ContextTimeoutEnabled: at the deadline
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOTOOLCHAIN=go1.26.8 GOFLAGS=-mod=mod

cat >go.mod <<'MOD'
module example.com/deadline

go 1.26

require github.com/redis/go-redis/v9 v9.23.0
MOD
cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/redis/go-redis/v9"
)

func main() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go func() {
		for {
			if _, err := l.Accept(); err != nil {
				return
			}
		}
	}()
	report := func(name string, o *redis.Options) {
		o.Addr = l.Addr().String()
		client := redis.NewClient(o)
		defer client.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		defer cancel()
		start := time.Now()
		client.Get(ctx, "key")
		when := "at the deadline"
		if time.Since(start) > 1100*time.Millisecond {
			when = "more than a second after the deadline"
		}
		fmt.Printf("%s: %s\n", name, when)
	}
	report("by default", &redis.Options{})
	report("ContextTimeoutEnabled", &redis.Options{ContextTimeoutEnabled: true})
}
GO
go mod tidy >/dev/null 2>&1
go run . 2>/dev/null >seen
cat seen
diff seen - <<'WANT'
by default: more than a second after the deadline
ContextTimeoutEnabled: at the deadline
WANT
