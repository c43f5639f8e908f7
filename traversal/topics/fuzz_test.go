package topics

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzPosition: the text of a position is read as it was written, and anything else never panics.
func FuzzPosition(f *testing.F) {
	f.Add("k3x9.12_p0a1.7")
	f.Add(".")
	f.Add("a.0")
	f.Fuzz(func(t *testing.T, text string) {
		p, ok := parsePosition(text)
		if !ok {
			return
		}
		again, ok := parsePosition(p.String())
		require.True(t, ok)
		require.Equal(t, p, again)
	})
}

// FuzzPacket: whatever arrives, the hub goes on.
func FuzzPacket(f *testing.F) {
	f.Add([]byte(newPacket(packetAsk, "other")))
	f.Add([]byte(newPacket(packetMessage, "other").text("/a").text("o").number(7).text("n").text("data")))
	f.Add([]byte(newPacket(packetHeads, "other").text("/a").text("o").number(9)))
	f.Add([]byte(newPacket(packetPresence, "other").text("/a").text("ann").number(2)))
	f.Fuzz(func(t *testing.T, b []byte) {
		h := New(Options{Topics: 4, Keep: 4})
		s, err := h.Subscribe("/a", "")
		require.NoError(t, err)
		asked := make(chan struct{}, 1)
		for range 3 {
			h.receive(b, asked)
		}
		s.take()
		_, err = h.Publish(t.Context(), "/a", "n", []byte("1"))
		require.NoError(t, err)
	})
}
