package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	goidc "github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
)

// keySet has the keys of the provider. In place of go-oidc's own, which fetches them on a goroutine
// that outlives the request, it fetches within the context of a request, one at a time. A signature
// that no key has made fetches them again, at most once per interval.
type keySet struct {
	url        string
	client     *http.Client
	algorithms []jose.SignatureAlgorithm
	turn       chan struct{}
	last       atomic.Pointer[fetchedKeys]
}

// fetchedKeys is what a fetch brought. It is immutable.
type fetchedKeys struct {
	keys []jose.JSONWebKey
	at   time.Time
}

var _ goidc.KeySet = (*keySet)(nil)

const (
	keyInterval = time.Minute
	maxKeys     = 1 << 20 // bytes of a key set
)

// failureKey is of the context value, an *error, in which a failed fetch leaves its error: go-oidc
// makes a text of the errors of a key set.
type failureKey struct{}

func newKeySet(url string, client *http.Client, names []string) *keySet {
	k := &keySet{url: url, client: client, turn: make(chan struct{}, 1)}
	for _, name := range names {
		k.algorithms = append(k.algorithms, jose.SignatureAlgorithm(name))
	}
	k.last.Store(new(fetchedKeys))
	return k
}

// VerifySignature returns the payload of an id token that the provider has signed.
func (k *keySet) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	signed, err := jose.ParseSignedCompact(token, k.algorithms)
	if err != nil {
		return nil, err
	}
	now := k.last.Load()
	if payload, ok := now.verify(signed); ok {
		return payload, nil
	}
	if now, err = k.refresh(ctx, now); err != nil {
		return nil, err
	}
	if payload, ok := now.verify(signed); ok {
		return payload, nil
	}
	return nil, errors.New("no key of the login service has signed the id token")
}

func (f *fetchedKeys) verify(signed *jose.JSONWebSignature) ([]byte, bool) {
	if len(signed.Signatures) != 1 {
		return nil, false
	}
	header := signed.Signatures[0].Protected
	for _, key := range f.keys {
		if header.KeyID != "" && key.KeyID != header.KeyID || key.Algorithm != "" && key.Algorithm != header.Algorithm {
			continue
		}
		if payload, err := signed.Verify(key.Key); err == nil {
			return payload, true
		}
	}
	return nil, false
}

// refresh returns newer keys than old, if they may be fetched.
func (k *keySet) refresh(ctx context.Context, old *fetchedKeys) (*fetchedKeys, error) {
	select {
	case k.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-k.turn }()
	now := k.last.Load()
	if now != old || !now.at.IsZero() && time.Since(now.at) < keyInterval {
		return now, nil
	}
	keys, err := k.fetch(ctx)
	if err != nil {
		if failure, ok := ctx.Value(failureKey{}).(*error); ok {
			*failure = err
		}
		return nil, err
	}
	now = &fetchedKeys{keys: keys, at: time.Now()}
	k.last.Store(now)
	return now, nil
}

func (k *keySet) fetch(ctx context.Context) ([]jose.JSONWebKey, error) {
	hr, err := http.NewRequestWithContext(ctx, http.MethodGet, k.url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := k.client.Do(hr)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %s", resp.Status)
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxKeys+1))
	if err != nil {
		return nil, err
	}
	var set struct{ Keys []json.RawMessage }
	if len(text) > maxKeys {
		return nil, errors.New("the key set has more than 1 MiB")
	}
	if err := json.Unmarshal(text, &set); err != nil {
		return nil, err
	}
	var keys []jose.JSONWebKey
	for _, raw := range set.Keys[:min(len(set.Keys), 100)] {
		var key jose.JSONWebKey
		// Others are for encryption, of kinds that are not known, or secrets that a client could
		// know.
		if key.UnmarshalJSON(raw) == nil && key.Valid() && key.IsPublic() && (key.Use == "" || key.Use == "sig") {
			keys = append(keys, key)
		}
	}
	return keys, nil
}
