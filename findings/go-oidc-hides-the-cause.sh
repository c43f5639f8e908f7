#!/usr/bin/env bash
# github.com/coreos/go-oidc/v3 v3.21.0 with Go 1.26.8
#
# When the keys of a provider cannot be had, the error of a verification is a text: errors.Is finds
# neither the deadline of the context nor an error of the transport. So a provider that is down
# cannot be told from a token that is wrong.
#
# Seen:
#   deadline: mentions it: true, is it: false
#   transport: mentions it: true, is it: false
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export GOTOOLCHAIN=go1.26.8 GOFLAGS=-mod=mod

cat >go.mod <<'MOD'
module example.com/cause

go 1.26

require (
	github.com/coreos/go-oidc/v3 v3.21.0
	github.com/go-jose/go-jose/v4 v4.1.9
)
MOD
cat >main.go <<'GO'
package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
)

var errDown = errors.New("the provider is down")

// transport fails, or waits until the context of the request has ended.
type transport struct{ fails bool }

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if t.fails {
		return nil, errDown
	}
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func main() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, nil)
	if err != nil {
		panic(err)
	}
	claims := fmt.Sprintf(`{"iss":"https://issuer.example.com","aud":"app","sub":"alice","exp":%d}`, time.Now().Add(time.Hour).Unix())
	signed, err := signer.Sign([]byte(claims))
	if err != nil {
		panic(err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		panic(err)
	}
	verify := func(t transport) error {
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		defer cancel()
		ctx = oidc.ClientContext(ctx, &http.Client{Transport: t})
		keys := oidc.NewRemoteKeySet(ctx, "https://issuer.example.com/keys")
		config := &oidc.Config{ClientID: "app", SupportedSigningAlgs: []string{oidc.ES256}}
		_, err := oidc.NewVerifier("https://issuer.example.com", keys, config).Verify(ctx, token)
		return err
	}
	err = verify(transport{})
	fmt.Printf("deadline: mentions it: %t, is it: %t\n", strings.Contains(err.Error(), context.DeadlineExceeded.Error()), errors.Is(err, context.DeadlineExceeded))
	err = verify(transport{fails: true})
	fmt.Printf("transport: mentions it: %t, is it: %t\n", strings.Contains(err.Error(), errDown.Error()), errors.Is(err, errDown))
}
GO
go mod tidy >/dev/null 2>&1
go run . 2>/dev/null >seen
cat seen
diff seen - <<'WANT'
deadline: mentions it: true, is it: false
transport: mentions it: true, is it: false
WANT
