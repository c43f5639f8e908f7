package session

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web"
)

// FuzzShortcuts: what needs no encoder or decoder has the result of package json.
func FuzzShortcuts(f *testing.F) {
	for _, s := range []string{"", "alice", "<b>&amp;", "\"", "\\", "\x00", "\x7f", "é", "\xff", "7", "-7", "07", "1e3", "+1", `"x"`, `"\u0041"`, "null", "999999999", "12345678901234567890", ` "a"`} {
		f.Add(s, 7)
	}
	f.Fuzz(func(t *testing.T, s string, n int) {
		for _, value := range []any{s, n} {
			var want bytes.Buffer
			enc := json.NewEncoder(&want)
			enc.SetEscapeHTML(false)
			require.NoError(t, enc.Encode(value))
			got, err := encode(value)
			require.NoError(t, err)
			require.Equal(t, want.String(), got+"\n")
		}
		var text, wantText string
		require.Equal(t, json.Unmarshal([]byte(s), &wantText), decode(s, &text))
		require.Equal(t, wantText, text)
		var number, wantNumber int
		require.Equal(t, json.Unmarshal([]byte(s), &wantNumber), decode(s, &number))
		require.Equal(t, wantNumber, number)
	})
}

// FuzzCookieHeader: the values are those that net/http finds.
func FuzzCookieHeader(f *testing.F) {
	for _, line := range []string{"s=1", "a=b; s=1;s=2", `s="q"`, " s = 1 ;;", "s", "s=", "S=1", "s=a=b", `s="`, "s=1; s=2; s=3; s=4; s=5"} {
		f.Add(line)
	}
	c := cookie{name: "s"}
	f.Fuzz(func(t *testing.T, line string) {
		if strings.ContainsFunc(line, func(c rune) bool { return c < ' ' && c != '\t' }) {
			return // no header field has control characters (RFC 9110, section 5.5), and net/http trims line breaks
		}
		hr := httptest.NewRequest("GET", "/", nil)
		hr.Header["Cookie"] = []string{line}
		got, n := c.values(web.Begin(nil, hr))
		found := got[:n]
		for _, want := range hr.CookiesNamed("s") { // net/http also drops values with characters that ours never have
			if n == len(got) {
				return
			}
			assert.Contains(t, found, want.Value)
		}
	})
}
