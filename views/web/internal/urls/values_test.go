package urls_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web/internal/urls"
)

func TestValues(t *testing.T) {
	t.Parallel()
	var v urls.Values
	_, ok := v.Get("a")
	assert.False(t, ok)
	v.SetMatched("a", "1/2", "1\x002")
	v.Set("c", 3)
	v.Set("b", []string{"x"})
	value, ok := v.Get("a")
	assert.True(t, ok)
	assert.Equal(t, "1/2", value)
	assert.Equal(t, []string{"a", "b", "c"}, v.Names())
	for range 2 { // more than fit without an allocation
		for _, name := range []string{"d", "e", "f"} {
			v.Set(name, nil)
		}
	}
	assert.Equal(t, []string{"a", "b", "c", "d", "e", "f"}, v.Names())

	raw, ok := v.Matched("a")
	assert.True(t, ok)
	assert.Equal(t, "1\x002", raw)
	_, ok = v.Matched("c")
	assert.False(t, ok, "it was set")
	_, ok = v.Matched("none")
	assert.False(t, ok)
	v.Unmatch()
	_, ok = v.Matched("a")
	assert.False(t, ok, "the markers belong to another route")
	v.SetMatched("a", "1", "1")
	v.Set("a", "2")
	_, ok = v.Matched("a")
	assert.False(t, ok, "it was replaced")
}

func TestArgs(t *testing.T) {
	t.Parallel()
	type param struct {
		Name  string
		Value any
	}
	for name, tc := range map[string]struct {
		pairs []any
		want  []param
		err   string
	}{
		"none":     {nil, []param{}, ""},
		"pairs":    {[]any{"a", 1, "b", nil}, []param{{"a", 1}, {"b", nil}}, ""},
		"no value": {[]any{"a", 1, "b"}, nil, `query: "b" has no value: want names and values in turn`},
		"no name":  {[]any{"a", 1, 2, "b"}, nil, `query: argument 3 must be a name, got a int: want names and values in turn`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := urls.Args[param](tc.pairs)
			if tc.err != "" {
				require.EqualError(t, err, tc.err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tc.want, got)
		})
	}

	got, err := urls.Replace("a=1&b=2&a=3&c=4", []param{{"a", 5}, {"c", nil}, {"d", []string{}}, {"e", "6"}})
	require.NoError(t, err)
	assert.Equal(t, []param{{"b", "2"}, {"a", 5}, {"e", "6"}}, got)
	got, err = urls.Replace[param]("", nil)
	require.NoError(t, err)
	assert.Equal(t, []param{}, got, "not nil: a URL without a query")
	_, err = urls.Replace[param]("a=%FF", nil)
	require.ErrorContains(t, err, "invalid UTF-8")
}
