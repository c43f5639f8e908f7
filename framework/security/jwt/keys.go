package jwt

import (
	"context"
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/go-jose/go-jose/v4"
)

// Static returns Keys from public keys by id: *rsa.PublicKey, *ecdsa.PublicKey or
// ed25519.PublicKey. If there is only one, it also checks tokens without an id.
func Static(keys map[string]crypto.PublicKey) Keys {
	s := new(static)
	for _, id := range slices.Sorted(maps.Keys(keys)) {
		k := jose.JSONWebKey{Key: keys[id], KeyID: id}
		if !k.Valid() || !k.IsPublic() {
			s.err = errors.Join(s.err, fmt.Errorf("jwt.Static: key %q is a %T: want a public key", id, keys[id]))
		}
		s.keys = append(s.keys, k)
	}
	if len(keys) == 0 {
		s.err = errors.New("jwt.Static: no keys: want at least one public key")
	}
	return s
}

type static struct {
	keys keyset
	err  error
}

var _ Keys = (*static)(nil)

func (s *static) Err() error { return s.err }

func (s *static) Find(_ context.Context, id string) ([]jose.JSONWebKey, error) {
	return s.keys.find(id), nil
}

// keyset are keys that can check signatures. It is immutable.
type keyset []jose.JSONWebKey

// mostKeys is how many keys a set may have.
const mostKeys = 100

// find returns the keys with an id. A token without one may have any key if there is only one: to
// try them all would make each bad token expensive.
func (s keyset) find(id string) []jose.JSONWebKey {
	if id == "" {
		if len(s) == 1 {
			return s
		}
		return nil
	}
	var found []jose.JSONWebKey
	for _, key := range s {
		if key.KeyID == id {
			found = append(found, key)
		}
	}
	return found
}

// parseKeys reads a JSON Web Key Set (RFC 7517, 5). Keys of other kinds and uses are skipped, as
// the RFC says; a set without any key for signatures is an error.
func parseKeys(text []byte) (keyset, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(text, &set); err != nil {
		return nil, fmt.Errorf("not a JSON Web Key Set: %w", err)
	}
	if len(set.Keys) > mostKeys {
		return nil, fmt.Errorf("the key set has %d keys: want at most %d", len(set.Keys), mostKeys)
	}
	var keys keyset
	for _, raw := range set.Keys {
		var key jose.JSONWebKey
		if key.UnmarshalJSON(raw) == nil && key.Valid() && key.IsPublic() && (key.Use == "" || key.Use == "sig") {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("the key set has no public key for signatures")
	}
	return keys, nil
}
