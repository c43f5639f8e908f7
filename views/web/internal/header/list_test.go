package header_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/views/web/internal/header"
)

func backwards(lines ...string) (all []string) {
	list := header.NewBackwards(lines)
	for element, ok := list.Next(); ok; element, ok = list.Next() {
		all = append(all, element)
	}
	return all
}

func TestBackwards(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		lines, want []string
	}{
		"nothing":                    {nil, nil},
		"empty elements":             {[]string{"", " , ,"}, nil},
		"one line":                   {[]string{"a, b,c"}, []string{"c", "b", "a"}},
		"lines":                      {[]string{"a, b", "c"}, []string{"c", "b", "a"}},
		"quoted comma":               {[]string{`for="a,b", c`}, []string{"c", `for="a,b"`}},
		"escaped quote":              {[]string{`for="a\",b", c`}, []string{"c", `for="a\",b"`}},
		"a client left a quote open": {[]string{`for="a, b, c`}, []string{"c", "b", `for="a`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.want, backwards(tc.lines...))
			if len(tc.want) > 0 {
				assert.Equal(t, tc.want[0], header.LastElement(slices.DeleteFunc(slices.Clone(tc.lines), func(s string) bool { return s == "" })))
			}
		})
	}
}

// What a proxy appends is read first, whatever a client sent.
func FuzzBackwards(f *testing.F) {
	f.Add(`for="a, b`)
	f.Fuzz(func(t *testing.T, client string) {
		for _, lines := range [][]string{{client + ", proxy"}, {client, "proxy"}} {
			if all := backwards(lines...); all[0] != "proxy" {
				t.Fatalf("%q: %q", lines, all)
			}
		}
	})
}

func TestParseForwarded(t *testing.T) {
	t.Parallel()
	for element, want := range map[string]header.Forwarded{
		"":                                    {},
		"for=1.2.3.4":                         {For: "1.2.3.4"},
		`For="[::1]:80" ; HOST=a;proto=https`: {For: "[::1]:80", Host: "a", Proto: "https"},
		`host="a\"b;c"`:                       {Host: `a"b;c`},
		"by=x;for=y;secret=z":                 {For: "y"},
	} {
		got, ok := header.ParseForwarded(element)
		assert.True(t, ok, element)
		assert.Equal(t, want, got, element)
	}
	for _, element := range []string{"for", `for="a`, `for="a"b`} {
		_, ok := header.ParseForwarded(element)
		assert.False(t, ok, element)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, value, want string }{
		{"X-A", "a\tb ä", ""},
		{"X-A", "", ""},
		{"", "a", `header with value "a" has no name`},
		{"X A", "a", `invalid character ' ' in header name "X A"`},
		{"X-A", "a\r\nSet-Cookie: b", "line break or control character"},
		{"X-A", "\x7f", "line break or control character"},
	} {
		err := header.Check(tc.name, tc.value)
		if tc.want == "" {
			assert.NoError(t, err)
		} else {
			assert.ErrorContains(t, err, tc.want)
		}
	}
}

func TestUnify(t *testing.T) {
	t.Parallel()
	h := http.Header{"Vary": {"Accept, Origin", "origin,Cookie"}, "Server": {"outer", "inner"}, "Link": {"a", "b"}, "Etag": {"x"}}
	header.Unify(h)
	assert.Equal(t, http.Header{"Vary": {"Accept, Origin, Cookie"}, "Server": {"outer"}, "Link": {"a", "b"}, "Etag": {"x"}}, h)
	assert.True(t, header.HasElement(strings.Join(h["Vary"], ","), "ORIGIN"))
	assert.False(t, header.HasElement("Accept-Encoding", "Accept"))
}

func TestCorrect(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		status   int
		in, want http.Header
	}{
		"lifetime of an error":   {404, http.Header{"Cache-Control": {"max-age=60"}, "Expires": {"x"}, "A": {"1"}}, http.Header{"A": {"1"}}},
		"another Cache-Control":  {404, http.Header{"Cache-Control": {"no-store"}, "Expires": {"0"}}, http.Header{"Cache-Control": {"no-store"}, "Expires": {"0"}}},
		"lifetime":               {200, http.Header{"Cache-Control": {"max-age=60"}}, http.Header{"Cache-Control": {"max-age=60"}}},
		"chunked":                {200, http.Header{"Transfer-Encoding": {"chunked"}}, http.Header{"Transfer-Encoding": {"chunked"}}},
		"another coding":         {200, http.Header{"Transfer-Encoding": {"gzip"}}, http.Header{}},
		"more than one encoding": {200, http.Header{"Transfer-Encoding": {"gzip", "chunked"}}, http.Header{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			header.Correct(tc.in, tc.status, "max-age=60")
			assert.Equal(t, tc.want, tc.in)
		})
	}
}

func TestStripBody(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]http.Header{
		200: {"Content-Length": {"5"}, "Content-Type": {"text/plain"}},
		204: {},
		205: {"Content-Length": {"0"}},
		304: {"Content-Length": {"5"}, "Content-Type": {"text/plain"}},
	} {
		h := http.Header{"Content-Length": {"5"}, "Content-Type": {"text/plain"}}
		header.StripBody(h, status)
		assert.Equal(t, want, h, status)
		assert.Equal(t, status != 200, header.Bodyless(status), status)
	}
}
