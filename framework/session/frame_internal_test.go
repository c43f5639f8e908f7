package session

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// These tests are inside the package, because no client can make a frame: it is authenticated.

func TestFrame(t *testing.T) {
	t.Parallel()
	created, renewed := time.Unix(1_700_000_000, 0), time.Unix(1_700_000_600, 0)
	entries := []entry{{name: "a", text: "1"}, {name: "gone", deleted: true}, {name: "long", text: strings.Repeat("x", 300)}, {name: "", text: ""}}
	frame := appendFrame(nil, created, renewed, entries)
	assert.LessOrEqual(t, len(frame), frameLen(entries))
	gotCreated, gotRenewed, got, err := parseFrame(string(frame), nil)
	require.NoError(t, err)
	assert.True(t, created.Equal(gotCreated) && renewed.Equal(gotRenewed))
	assert.Equal(t, []entry{entries[0], entries[2], entries[3]}, got)

	for n := range frame[:len(frame)-4] { // what is cut between two values is whole
		_, _, cut, err := parseFrame(string(frame[:n]), nil)
		if err == nil {
			assert.Less(t, len(cut), 3)
		}
	}
	for name, frame := range map[string]string{
		"empty": "", "another version": "\x02\x00\x00", "no stamps": "\x01", "a number without an end": "\x01\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
		"a stamp after the year 9999": "\x01\x00\xff\xff\xff\xff\xff\xff\xff\xff\x7f", "a name that is too long": "\x01\x00\x00\x05abc", "no text": "\x01\x00\x00\x01a",
	} {
		_, _, _, err := parseFrame(frame, nil)
		assert.ErrorIs(t, err, errFrame, name)
	}
}

// FuzzFrame: a frame is refused, or it is what appendFrame makes of its parts.
func FuzzFrame(f *testing.F) {
	f.Add(appendFrame(nil, time.Unix(1, 0), time.Unix(1_700_000_000, 0), []entry{{name: "a", text: `"b"`}, {name: "c", text: "7"}}))
	f.Add([]byte("\x01\x00\x00\x01"))
	f.Fuzz(func(t *testing.T, plain []byte) {
		created, renewed, entries, err := parseFrame(string(plain), nil)
		if err != nil {
			return
		}
		again := appendFrame(nil, created, renewed, entries)
		if len(again) > frameLen(entries) || len(again) > len(plain) { // numbers may be longer than needed
			t.Fatalf("%q becomes %q", plain, again)
		}
		created2, renewed2, entries2, err := parseFrame(string(again), nil)
		require.NoError(t, err)
		require.True(t, created.Equal(created2) && renewed.Equal(renewed2))
		require.Equal(t, entries, entries2)
	})
}

// FuzzCookieValue: whatever a client sends opens only if it is what was sealed.
func FuzzCookieValue(f *testing.F) {
	ring, err := newKeyring([]string{"kmBOwuSEZmBhxCskQbVLUMwY0wRRFIr8uAPKEMsYsGs="}, "__Host-session")
	require.NoError(f, err)
	const frame = "\x01\x00\x00"
	sealed := string(ring.appendSealed(nil, []byte(frame)))
	f.Add(sealed)
	f.Add(sealed[1:])
	f.Add(newToken())
	f.Add("~" + newToken())
	f.Fuzz(func(t *testing.T, value string) {
		if plain, ok := ring.open(value); ok && string(plain) != frame { // each process seals anew
			t.Fatalf("%q opens: %q", value, plain)
		}
		if id, ok := idOf(value); ok && id == (ID{}) {
			t.Fatal("an id without a hash")
		}
	})
}

func TestAge(t *testing.T) {
	t.Parallel()
	at := time.Unix(1_700_000_000, 0)
	for _, stamp := range []time.Time{at, at.Add(time.Hour), at.Add(-time.Hour), time.Unix(0, 0)} {
		assert.Equal(t, at.Sub(stamp), age(stamp, at))
	}
	assert.Negative(t, age(time.Unix(253402300799, 0), at), "no overflow")
	assert.Greater(t, age(time.Unix(0, 0), time.Unix(253402300799, 0)), 250*365*24*time.Hour, "no overflow")
}
