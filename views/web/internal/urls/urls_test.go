package urls_test

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web/internal/urls"
)

func TestBuilder(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		base, path string
		build      func(*urls.Builder) error
		want       string
	}{
		"nothing":       {"https://a", "/", func(*urls.Builder) error { return nil }, "https://a/"},
		"segments":      {"", "/a", func(u *urls.Builder) error { u.Segments([]string{"b/c", "d e"}); return nil }, "/a/b%2Fc/d%20e"},
		"after a slash": {"", "/a/", func(u *urls.Builder) error { u.Segments([]string{"b", ""}); return nil }, "/a/b/"},
		"no path":       {"", "", func(u *urls.Builder) error { u.Segments([]string{"a"}); return nil }, "/a"},
		"parameters": {"", "/", func(u *urls.Builder) error {
			_ = u.Param("a b", "ä&=+")
			_ = u.Param("n", nil)
			return u.Param("l", []int{1, 2})
		}, "/?a+b=%C3%A4%26%3D%2B&n=&l=1&l=2"},
		"an empty list":      {"", "/", func(u *urls.Builder) error { _ = u.Param("l", []int{}); return u.Param("a", 1) }, "/?&a=1"},
		"a whole query":      {"", "/", func(u *urls.Builder) error { u.RawQuery("a=1&b c%"); return nil }, "/?a=1&b%20c%25"},
		"fragment":           {"", "/", func(u *urls.Builder) error { u.Fragment("a b#c/?"); return nil }, "/#a%20b%23c/?"},
		"a path, not a host": {"", "//evil/x", func(*urls.Builder) error { return nil }, "/.//evil/x"},
		"after a base":       {"http://a", "//x", func(*urls.Builder) error { return nil }, "http://a//x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := urls.NewBuilder(tc.base, tc.path, 0)
			require.NoError(t, tc.build(&u))
			assert.Equal(t, tc.want, u.String())
		})
	}
	u := urls.NewBuilder("", "/", 0)
	require.EqualError(t, u.Param("a", make(chan int)),
		`query parameter "a" is a chan int, which has no text form: pass a string, or give the type a String method`)
}

func TestJoin(t *testing.T) {
	t.Parallel()
	type arg = urls.Arg
	for name, tt := range map[string]struct {
		parts urls.Parts[arg]
		want  string
	}{
		"a path alone":               {urls.Parts[arg]{}, "https://a/x/"},
		"elements":                   {urls.Parts[arg]{Elements: []string{"b/c", ""}}, "https://a/x/b%2Fc/"},
		"query and fragment":         {urls.Parts[arg]{Query: []arg{{"q", "ä"}, {"n", nil}}, Fragment: "top"}, "https://a/x/?q=%C3%A4&n=#top"},
		"a raw query":                {urls.Parts[arg]{RawQuery: "a b"}, "https://a/x/?a%20b"},
		"an empty query, no raw one": {urls.Parts[arg]{Query: []arg{}, RawQuery: "a"}, "https://a/x/"},
		"a query before the raw one": {urls.Parts[arg]{Query: []arg{{"q", 1}}, RawQuery: "a"}, "https://a/x/?q=1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := urls.Join("https://a", "/x/", tt.parts)
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
		})
	}
	_, err := urls.Join("", "/", urls.Parts[arg]{Elements: []string{".."}})
	require.ErrorContains(t, err, "element")
	_, err = urls.Join("", "/", urls.Parts[arg]{Query: []arg{{"q", func() {}}}})
	require.ErrorContains(t, err, "no text form")
}

func TestLocation(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"/a%20b?q#f": "/a%20b?q#f",
		"/a b\r\n":   "/a%20b%0D%0A",
		"/ä\x7f":     "/%C3%A4%7F",
		"":           "",
	} {
		assert.Equal(t, want, urls.Location(in))
		assert.Equal(t, want, urls.Location(want), "escaping again changes nothing")
	}
}

func TestParseQuery(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]urls.Pair{
		"":          nil,
		"a":         {{Name: "a"}},
		"&a=1&&":    {{Name: "a", Value: "1"}},
		"=1":        {{Value: "1"}},
		"a+b=c%20d": {{Name: "a b", Value: "c d"}},
		"a=%zz%4":   {{Name: "a", Value: "%zz%4"}},
		"a=1;b=2":   {{Name: "a", Value: "1;b=2"}},
		"a=b=c":     {{Name: "a", Value: "b=c"}},
	} {
		got, err := urls.ParseQuery(in)
		require.NoError(t, err)
		assert.Equal(t, want, got, in)
	}
	_, err := urls.ParseQuery("a=1&b=%ff")
	require.EqualError(t, err, `parameter "b=%ff": invalid UTF-8`)
}

func TestEmptyPairsTakeNoRoom(t *testing.T) {
	many := strings.Repeat("&", 1000)
	assert.Zero(t, testing.AllocsPerRun(10, func() { _, _ = urls.ParseQuery(many) }))
	got, err := urls.ParseQuery(many + "a=1" + many + "b" + many)
	require.NoError(t, err)
	assert.Equal(t, []urls.Pair{{Name: "a", Value: "1"}, {Name: "b"}}, got)
	assert.Equal(t, len(got), cap(got))
}

// What a Builder writes, ParseQuery and net/url read back.
func FuzzQuery(f *testing.F) {
	f.Add("a b", "ä&=+%")
	f.Fuzz(func(t *testing.T, name, value string) {
		if !utf8.ValidString(name) || !utf8.ValidString(value) {
			return
		}
		u := urls.NewBuilder("", "/", 0)
		require.NoError(t, u.Param(name, value))
		parsed, err := url.Parse(u.String())
		require.NoError(t, err)
		pairs, err := urls.ParseQuery(parsed.RawQuery)
		require.NoError(t, err)
		require.Equal(t, []urls.Pair{{Name: name, Value: value}}, pairs)
		require.Equal(t, url.Values{name: {value}}, parsed.Query())
	})
}

func TestLists(t *testing.T) {
	t.Parallel()
	l := urls.Lists{{{Name: "a", Value: "1"}, {Name: "b", Value: "2"}, {Name: "a", Value: "3"}}, {{Name: "c", Value: "4"}, {Name: "a", Value: "5"}}}
	posted, ok := l.Posted("a")
	assert.True(t, ok)
	assert.Equal(t, "5", posted, "whatever the query has")
	_, ok = l.Posted("b")
	assert.False(t, ok, "only the query has it")
	assert.Equal(t, []string{"a", "b", "c"}, l.Names())
	assert.Equal(t, 5, l.Len())
	assert.Equal(t, []string{"1", "3", "5"}, l.All("a"))
	assert.Nil(t, l.All("d"))
	for name, want := range map[string]string{"a": "3", "c": "4", "d": ""} {
		got, ok := l.Get(name)
		assert.Equal(t, want, got)
		assert.Equal(t, want != "", ok)
	}
}
