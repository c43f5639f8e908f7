package fieldtext

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/views/web"
)

func TestMessage(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, m := range texts {
		assert.False(t, known[m.ID], m.ID)
		known[m.ID] = true
	}
	for _, tt := range []struct {
		code   string
		params map[string]any
		want   string
	}{
		{"integer", map[string]any{"value": "x"}, "input-integer"},
		{"integer", map[string]any{"value": "999", "min": "-128", "max": "127"}, "input-integer-range"},
		{"integer", nil, "input-invalid"},
		{"invalid", nil, "input-invalid"},
		{"invalid", map[string]any{"value": "x"}, "input-invalid-value"},
		{"gte", map[string]any{"param": "3"}, "input-min"},
		{"lte", map[string]any{"param": "3", "unit": "elements"}, "input-max-elements"},
		{"len", map[string]any{"param": "3", "unit": "characters"}, "input-len-characters"},
		{"http_url", map[string]any{"unit": "characters"}, "input-url"},
		{"required", map[string]any{"unit": "characters"}, "input-required"},
	} {
		m := Message(tt.code, "the ${text} itself", tt.params)
		assert.Equal(t, tt.want, m.ID)
		assert.True(t, known[m.ID], m.ID)
		assert.Equal(t, "the ${text} itself", m.String(), "what clients sent is not searched for markers")
		assert.NotContains(t, tt.params, "text")
	}
	assert.Equal(t, web.Message{ID: "own"}, Message("", "own", nil))
	assert.Equal(t, "input-of-an-application", Message("of-an-application", "x", nil).ID)
}
