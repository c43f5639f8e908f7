package session

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
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
