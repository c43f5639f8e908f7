//go:build go1.27

package form_test

import (
	"encoding/json/jsontext"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// kind decodes itself with the interface of json/v2 alone.
type kind struct{ First string }

func (k *kind) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	token, err := dec.ReadToken()
	if err == nil && token.Kind() != '"' {
		err = fmt.Errorf("want a string")
	}
	k.First = token.String()
	return err
}

func TestUnmarshalJSONFrom(t *testing.T) {
	t.Parallel()
	type in struct {
		Kind kind `json:"kind"`
	}
	got, mistakes, err := fillJSON[in](t, `{"kind":"x"}`)
	require.NoError(t, err)
	assert.Empty(t, mistakes)
	assert.Equal(t, in{kind{"x"}}, got)
	_, mistakes, err = fillJSON[in](t, `{"kind":5}`)
	require.NoError(t, err)
	assert.Equal(t, "kind", mistakes[0].Name)
	assert.NotContains(t, mistakes[0].Text, "form_test")
}
