package urls_test

import (
	"fmt"
	"net/netip"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web/internal/urls"
)

type color string

type level uint8

type hidden struct{}

func (hidden) String() string { return "hidden" }

func TestText(t *testing.T) {
	t.Parallel()
	seven := 7
	for _, tc := range []struct {
		v    any
		want string
	}{
		{"a", "a"}, {7, "7"}, {int64(-7), "-7"}, {true, "true"}, {[]byte("b"), "b"}, {color("red"), "red"}, {level(200), "200"},
		{0.1, "0.1"}, {float32(0.1), "0.1"}, {1e21, "1000000000000000000000"}, {&seven, "7"}, {hidden{}, "hidden"},
		{netip.MustParseAddr("::1"), "::1"}, {time.Minute, "1m0s"}, {time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC), "2026-01-02T00:00:00Z"},
	} {
		got, err := urls.Text(tc.v)
		require.NoError(t, err)
		assert.Equal(t, tc.want, got)
		text, list, err := urls.TextOrList("x", tc.v)
		require.NoError(t, err)
		assert.Equal(t, tc.want, text)
		assert.Nil(t, list)
	}
	for _, none := range []any{nil, (*int)(nil), (*time.Time)(nil)} {
		_, err := urls.Text(none)
		assert.Equal(t, urls.ErrNil, err)
	}
	_, err := urls.Text(struct{}{})
	require.ErrorContains(t, err, "is a struct {}, which has no text form")
}

func TestTextOrList(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		v    any
		want []string
	}{
		{[]string{"a", "b"}, []string{"a", "b"}}, {[]string(nil), []string{}}, {[]int{1}, []string{"1"}}, {[2]bool{true}, []string{"true", "false"}},
		{[]any{"a", 1}, []string{"a", "1"}}, {[]fmt.Stringer{hidden{}}, []string{"hidden"}},
	} {
		text, list, err := urls.TextOrList("x", tc.v)
		require.NoError(t, err)
		assert.Empty(t, text)
		assert.Equal(t, tc.want, list)
	}
	_, _, err := urls.TextOrList("x", []any{1, nil})
	require.EqualError(t, err, `parameter "x": item 2 is nil`)
	_, _, err = urls.TextOrList("x", nil)
	require.EqualError(t, err, `parameter "x" is nil`)
}

// back is the value of T that Parse reads from the text of v.
func back[T any](t *testing.T, v T) {
	t.Helper()
	text, err := urls.Text(v)
	require.NoError(t, err)
	var got T
	require.NoError(t, urls.Parse(text, &got), text)
	assert.Equal(t, v, got, text)
}

func TestParseReadsText(t *testing.T) {
	t.Parallel()
	back(t, "a b")
	back(t, -7)
	back(t, level(200))
	back(t, color("red"))
	back(t, true)
	back(t, 0.1)
	back(t, 90*time.Second)
	back(t, netip.MustParseAddr("10.0.0.7"))
	back(t, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	for text, into := range map[string]any{"x": new(int), "300": new(level), "soon": new(time.Duration), "1": new(chan int), "localhost": new(netip.Addr)} {
		assert.Error(t, urls.Parse(text, into), "%T", into)
	}
	assert.ErrorIs(t, urls.Parse("1", new(struct{})), urls.ErrNoText)
}

func FuzzParseReadsText(f *testing.F) {
	f.Add(int64(7), 0.1)
	f.Fuzz(func(t *testing.T, n int64, x float64) {
		back(t, n)
		back(t, uint8(n))
		if x == x && strconv.FormatFloat(x, 'g', -1, 64) != "+Inf" && x > -1e300 && x < 1e300 {
			back(t, x)
		}
	})
}
