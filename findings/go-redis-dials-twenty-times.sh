#!/usr/bin/env bash
# github.com/redis/go-redis/v9 v9.23.0 with Go 1.26.8
#
# While a Redis server is away, and the system refuses each connection at once, one GET dials 20 times
# before it fails: four attempts (MaxRetries is 3), each with five dials (DialerRetries is 5) and 100 ms
# between them. MaxRetries: -1, "no retries", leaves five dials. Besides, each attempt writes a line to
# standard error through a logger of the client's own, unless redis.SetLogger replaces it.
#
# Seen:
#   by default: 20 dials, slow
#   MaxRetries -1: 5 dials, slow
#   MaxRetries -1, DialerRetries 1: 1 dials, at once
#   lines on standard error: 6
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOTOOLCHAIN=go1.26.8 GOFLAGS=-mod=mod

cat >go.mod <<'MOD'
module example.com/dials

go 1.26

require github.com/redis/go-redis/v9 v9.23.0
MOD
cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"net"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"
)

func main() {
	try("by default", &redis.Options{})
	try("MaxRetries -1", &redis.Options{MaxRetries: -1})
	try("MaxRetries -1, DialerRetries 1", &redis.Options{MaxRetries: -1, DialerRetries: 1})
}

func try(name string, o *redis.Options) {
	dials := 0
	o.Addr = "127.0.0.1:6379"
	o.Dialer = func(context.Context, string, string) (net.Conn, error) {
		dials++
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	}
	client := redis.NewClient(o)
	defer client.Close()
	begun := time.Now()
	if err := client.Get(context.Background(), "key").Err(); err == nil {
		panic("there is a server")
	}
	speed := "at once"
	if time.Since(begun) > 300*time.Millisecond {
		speed = "slow"
	}
	fmt.Printf("%s: %d dials, %s\n", name, dials, speed)
}
GO
go mod tidy 2>/dev/null
go build -o dials .
./dials >seen 2>log
echo "lines on standard error: $(wc -l <log)" >>seen
diff - seen <<'SEEN'
by default: 20 dials, slow
MaxRetries -1: 5 dials, slow
MaxRetries -1, DialerRetries 1: 1 dials, at once
lines on standard error: 6
SEEN
echo "as described"
