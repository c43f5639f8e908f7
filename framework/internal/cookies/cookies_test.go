package cookies_test

import (
	"encoding/base64"
	"encoding/binary"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/internal/cookies"
)

// FuzzNamed: the values are those that net/http finds, and others that it refuses.
func FuzzNamed(f *testing.F) {
	for _, line := range []string{
		"s=1", "a=b; s=1;s=2", `s="q"`, " s = 1 ;;", "s", "s=", "S=1", "s=a=b", `s="`, `s=""`, "s=1; s=2; s=3; s=4; s=5", "ss=1", "s =1", "s\t=\t1\t", "s s=1", "s\r=1",
	} {
		f.Add(line, "")
		f.Add("a=b", line)
	}
	f.Fuzz(func(t *testing.T, one, two string) {
		if strings.Count(one+two, ";") > 100 { // net/http reads a limited number
			return
		}
		h := http.Header{"Cookie": {one, two}}
		values := cookies.Named(h, "s")
		got := slices.Clone(values.All())
		full := len(got) == 4
		var want []string
		for _, c := range (&http.Request{Header: h}).CookiesNamed("s") {
			want = append(want, c.Value)
		}
		got = slices.DeleteFunc(got, func(v string) bool { // what net/http refuses
			return strings.ContainsFunc(v, func(c rune) bool { return c < ' ' || c > '~' || c == '"' || c == '\\' })
		})
		if full {
			require.GreaterOrEqual(t, len(want), len(got))
			want = want[:len(got)]
		}
		require.Equal(t, want, append([]string(nil), got...))
	})
}

func TestNamedAllocatesNothing(t *testing.T) {
	h := http.Header{"Cookie": {"theme=dark; s=1", "s=2"}}
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		values := cookies.Named(h, "s")
		if len(values.All()) != 2 {
			t.Error(values)
		}
	}))
}

// FuzzDecode: the text is decoded if it is what encoding/base64 makes of some bytes.
func FuzzDecode(f *testing.F) {
	for _, text := range []string{"", "A", "AA", "AB", "AAA", "AAB", "AAAA", "AA==", "A\nAA", "-_-_", "+/", "YWxpY2U", strings.Repeat("z", 99)} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		want, err := base64.RawURLEncoding.Strict().DecodeString(text)
		valid := err == nil && base64.RawURLEncoding.EncodeToString(want) == text // it skips line breaks
		got := make([]byte, cookies.DecodedLen(len(text)))
		require.Equal(t, valid, cookies.Decode(got, text))
		if valid {
			require.Equal(t, want, got)
			require.Equal(t, text, cookies.Encode(got))
		}
		require.False(t, cookies.Decode(make([]byte, len(got)+1), text))
		if len(got) > 0 {
			require.False(t, cookies.Decode(got[1:], text))
		}
	})
}

// FuzzReader: numbers are those of encoding/binary, and what was read is written in the same way,
// if the numbers are not longer than they need to be.
func FuzzReader(f *testing.F) {
	f.Add("\x05abcde\x00")
	f.Add("\x80\x01" + strings.Repeat("x", 128))
	f.Add(strings.Repeat("\xff", 9) + "\x01")
	f.Add(strings.Repeat("\xff", 9) + "\x02")
	f.Add("\xff\xff\xff\xff\xff\xff\xff\x7f")
	f.Fuzz(func(t *testing.T, frame string) {
		r := cookies.Reader{Rest: frame}
		want, n := binary.Uvarint([]byte(frame))
		got := r.Number()
		require.Equal(t, n <= 0, r.Failed)
		if n > 0 {
			require.Equal(t, want, got)
			require.Equal(t, frame[n:], r.Rest)
		}
		r = cookies.Reader{Rest: frame}
		for r.Rest != "" {
			before := r.Rest
			text := r.Text()
			if r.Failed {
				require.Empty(t, text)
				require.Zero(t, r.Seconds())
				return
			}
			again := cookies.AppendText(nil, text)
			require.Len(t, again, cookies.TextLen(text))
			if read := len(before) - len(r.Rest); read == len(again) {
				require.Equal(t, before[:read], string(again))
			} else {
				require.Greater(t, read, len(again))
			}
		}
	})
}

func TestFrame(t *testing.T) {
	t.Parallel()
	at := time.Unix(1_700_000_000, 0)
	frame := cookies.AppendTime(nil, at)
	frame = cookies.AppendTime(frame, time.Unix(-1, 0))
	frame = cookies.AppendNumber(frame, math.MaxUint64)
	frame = cookies.AppendText(frame, "alice")
	frame = cookies.AppendNumber(frame, 253402300800)
	r := cookies.Reader{Rest: string(frame)}
	assert.Equal(t, at, r.Time())
	assert.Zero(t, r.Seconds())
	assert.Equal(t, uint64(math.MaxUint64), r.Number())
	assert.Equal(t, "alice", r.Text())
	assert.False(t, r.Failed)
	assert.Zero(t, r.Seconds(), "it is after the year 9999")
	assert.True(t, r.Failed)
	assert.Empty(t, r.Rest)
}

func TestKeys(t *testing.T) {
	t.Parallel()
	const one, two = "ucVaeNgo0Wai3eiYooPh9eeyeiJ5ahGh", "Rie8Phoo2choox6OhnaeQu2sieS3aeng"
	keys, err := cookies.Keys([]string{one, two}, "a", 36)
	require.NoError(t, err)
	require.Len(t, keys, 2)
	assert.Len(t, keys[0], 36)
	assert.NotEqual(t, keys[0], keys[1])
	others, err := cookies.Keys([]string{one}, "b", 36)
	require.NoError(t, err)
	assert.NotEqual(t, keys[0], others[0])
	_, err = cookies.Keys([]string{one, "short", one, strings.Repeat("ab", 16)}, "a", 32)
	require.EqualError(t, err, "secret 2: has 5 bytes: want at least 32 random ones, such as the output of `openssl rand -base64 32`\n"+
		"secret 3: same as secret 1\nsecret 4: is not random: it has only 2 different bytes")
}
