package traversal_test

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
)

func TestSplit(t *testing.T) {
	t.Parallel()
	for path, want := range map[string][]string{
		"":                             nil,
		"/":                            nil,
		"///":                          nil,
		"/a/b":                         {"a", "b"},
		"a/b/":                         {"a", "b"},
		"//a//b//":                     {"a", "b"},
		"/a/./b":                       {"a", "b"},
		"/a/../b":                      {"b"},
		"/../../a":                     {"a"},
		"/missing/../b":                {"b"},
		"/a/...":                       {"a", "..."},
		"/a%2Fb":                       {"a/b"},
		"/a%2F..%2Fb":                  {"a/../b"},
		"/a/%2E%2e/b":                  {"b"},
		"/a/.%2E":                      nil,
		"/a/%2e":                       {"a"},
		"/a+b%20c":                     {"a+b c"},
		"/caf%C3%A9/café":              {"café", "café"},
		"/%2525":                       {"%25"},
		"/@@edit/@@x":                  {"@@edit", "@@x"},
		"/a/b/c/d/e/f":                 {"a", "b", "c", "d", "e", "f"},
		"/a/b/c/d/e/f/../../../../g/h": {"a", "b", "g", "h"},
		"/..%2F..%2Fetc%2Fpasswd":      {"../../etc/passwd"},
	} {
		got, err := traversal.Split(path)
		require.NoError(t, err, path)
		assert.ElementsMatch(t, want, got, path)
		assert.Equal(t, strings.Join(want, "|"), strings.Join(got, "|"), path)
	}

	long := strings.Repeat("/x", 1000)
	got, err := traversal.Split(long)
	require.NoError(t, err)
	assert.Len(t, got, 1000)
}

func TestSplitRefuses(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/a/%":      `path "/a/%": invalid escape "%"`,
		"/a/%4":     `path "/a/%4": invalid escape "%4"`,
		"/%zz/b":    `path "/%zz/b": invalid escape "%zz"`,
		"/%4g":      `path "/%4g": invalid escape "%4g"`,
		"/%FF":      `path "/%FF": not UTF-8`,
		"/a\xff":    `path "/a\xff": not UTF-8`,
		"/%00":      `path "/%00": contains NUL`,
		"/a\x00":    `path "/a\x00": contains NUL`,
		"/%C3/%A9":  `path "/%C3/%A9": not UTF-8`,
		"/%FF/../a": `path "/%FF/../a": not UTF-8`,
	} {
		_, err := traversal.Split(path)
		require.EqualError(t, err, want)
		var pe *traversal.PathError
		require.ErrorAs(t, err, &pe)
		assert.Equal(t, 400, pe.Status())
	}
}

func TestJoin(t *testing.T) {
	t.Parallel()
	for want, names := range map[string][]string{
		"/":                            nil,
		"/a/b":                         {"a", "b"},
		"/a/":                          {"a", ""},
		"/a%2Fb/c%20d":                 {"a/b", "c d"},
		"/caf%C3%A9":                   {"café"},
		"/-._~!$&'()*+,;=:@":           {"-._~!$&'()*+,;=:@"},
		"/%25%3F%23%5B%5D%22%3C%5C%7C": {`%?#[]"<\|`},
	} {
		assert.Equal(t, want, traversal.Join(names))
	}
}

func TestQuote(t *testing.T) {
	// Not parallel: AllocsPerRun.
	assert.Equal(t, "plain-1", traversal.Quote("plain-1"))
	assert.Equal(t, "a%2Fb", traversal.Quote("a/b"))
	assert.Equal(t, "%E6%97%A5", traversal.Quote("日"))
	assert.Zero(t, testing.AllocsPerRun(10, func() { traversal.Quote("plain") }))

	got, err := traversal.Unquote("a%2fb+c")
	require.NoError(t, err)
	assert.Equal(t, "a/b+c", got)
	_, err = traversal.Unquote("a%2")
	require.EqualError(t, err, `path "a%2": invalid escape "%2"`)
}

func FuzzSplitJoin(f *testing.F) {
	for _, s := range []string{"", "/", "/a/b", "/a%2Fb/../c", "/%2E%2E/x", "//a/./b/", "/caf%C3%A9", "/%", "/a\x00", strings.Repeat("/x", 70)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, path string) {
		names, err := traversal.Split(path)
		if err != nil {
			require.IsType(t, (*traversal.PathError)(nil), err)
			return
		}
		for _, name := range names {
			require.NotContains(t, []string{"", ".", ".."}, name)
			require.True(t, utf8.ValidString(name))
			require.NotContains(t, name, "\x00")
		}
		joined := traversal.Join(names)
		again, err := traversal.Split(joined)
		require.NoError(t, err)
		require.Equal(t, append([]string{}, names...), append([]string{}, again...))
		require.Equal(t, joined, traversal.Join(again))

		u, err := url.Parse(joined)
		require.NoError(t, err)
		require.Equal(t, joined, u.EscapedPath(), "net/url agrees")

		text, err := traversal.Split((&url.URL{Path: u.Path}).EscapedPath())
		require.NoError(t, err)
		if !strings.Contains(joined, "%2F") {
			require.Equal(t, append([]string{}, names...), append([]string{}, text...), "a path in plain text")
		}
	})
}

func FuzzQuote(f *testing.F) {
	for _, s := range []string{"", "a", "a/b", "..", "%", "café", "\x00", "\xff", "@@x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		quoted := traversal.Quote(name)
		for _, c := range []byte(quoted) {
			require.True(t, c > ' ' && c < 0x7f && !strings.ContainsRune(`/?#"<>\^{|}`+"`", rune(c)), quoted)
		}
		got, err := traversal.Unquote(quoted)
		if !utf8.ValidString(name) || strings.Contains(name, "\x00") {
			require.Error(t, err)
			return
		}
		require.NoError(t, err)
		require.Equal(t, name, got)
		std, err := url.PathUnescape(quoted)
		require.NoError(t, err)
		require.Equal(t, name, std)
	})
}
