package condition_test

import (
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/internal/condition"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestParseHeaders(t *testing.T) {
	t.Parallel()
	headers, printed, err := condition.ParseHeaders([]string{"x-b", "X-A:v[0-9]", "x-b", "X-C:"})
	require.NoError(t, err)
	assert.Equal(t, []string{"X-A:v[0-9]", "X-B", "X-C"}, printed)
	assert.Equal(t, []string{"X-A", "X-B", "X-C"}, headers.Vary())

	for _, tc := range []struct {
		header []string // names and values in turn
		want   bool
	}{
		{[]string{"X-A", "v1", "X-B", "", "X-C", "any"}, true},
		{[]string{"X-A", "v1 and more", "X-B", "1", "X-C", ""}, true},
		{[]string{"X-A", "a v1", "X-B", "1", "X-C", ""}, false}, // matched at the start only
		{[]string{"X-A", "v1", "X-C", ""}, false},
	} {
		hr := httptest.NewRequest("GET", "/", nil)
		for i := 0; i < len(tc.header); i += 2 {
			hr.Header.Add(tc.header[i], tc.header[i+1])
		}
		assert.Equal(t, tc.want, headers.Hold(web.Begin(nil, hr)), tc.header)
	}

	_, _, err = condition.ParseHeaders([]string{"", "a b", "X:["})
	require.ErrorContains(t, err, "missing name")
	require.ErrorContains(t, err, `invalid name "a b"`)
	require.ErrorContains(t, err, `header "X:["`)
}

func TestHeaderOf(t *testing.T) {
	t.Parallel()
	hr := httptest.NewRequest("GET", "http://example.com/", nil)
	hr.Header["X-A"] = []string{"1", "2"}
	r := web.Begin(nil, hr)
	for name, want := range map[string]string{"X-A": "1, 2", "Host": "example.com"} {
		value, present := condition.HeaderOf(r, name)
		assert.True(t, present)
		assert.Equal(t, want, value)
	}
	_, present := condition.HeaderOf(r, "X-B")
	assert.False(t, present)
}

func TestParsePairs(t *testing.T) {
	t.Parallel()
	pairs, printed, err := condition.ParsePairs([]string{"b = 2", "a", "=c=3", "a", "d="})
	require.NoError(t, err)
	assert.Equal(t, []string{"=c=3", "a", "b=2", "d"}, printed)
	assert.Equal(t, condition.Pairs{{"=c", "3", true}, {"a", "", false}, {"b", "2", true}, {"d", "", true}}, pairs)
	assert.Equal(t, []string{"=c", "a", "b", "d"}, pairs.Names())
	_, _, err = condition.ParsePairs([]string{""})
	require.ErrorContains(t, err, "missing name")

	pairs, printed, err = condition.ParseValues([]string{"id=7"})
	require.NoError(t, err)
	assert.Equal(t, []string{"id=7"}, printed)
	assert.Equal(t, condition.Pairs{{"id", "7", true}}, pairs)
	for _, wrong := range []string{"id", "=7", ""} {
		_, _, err = condition.ParseValues([]string{wrong})
		require.ErrorContains(t, err, `want "name=value"`, wrong)
	}
}

func TestAnchored(t *testing.T) {
	t.Parallel()
	re, err := condition.Anchored("a|b")
	require.NoError(t, err)
	assert.True(t, re.MatchString("bc"))
	assert.False(t, re.MatchString("cb"))
	for _, wrong := range []string{"a)(b", "["} {
		re, err = condition.Anchored(wrong)
		require.Error(t, err, wrong)
		assert.False(t, re.MatchString("ab"), "it matches nothing")
	}
	for name, want := range map[string]bool{"X-A": true, "GET": true, "": false, "a b": false, "ä": false} {
		assert.Equal(t, want, condition.IsToken(name), name)
	}
}
