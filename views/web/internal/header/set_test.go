package header_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web/internal/header"
)

func TestNoSet(t *testing.T) {
	t.Parallel()
	var s *header.Set
	assert.Empty(t, s.Get("A"))
	assert.Empty(t, s.Values("A"))
	assert.False(t, s.IsMap())
	s.Del("A")
}

func TestSetWriteTo(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*header.Set){
		"list": func(*header.Set) {},
		"map":  func(s *header.Set) { s.Map() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := new(header.Set)
			s.Put("Server", "own")
			s.Put("Set-Cookie", "a=1")
			s.Add("Set-Cookie", "b=2")
			s.Put("Vary", "Accept")
			s.Add("Link", "</a>")
			s.Add("Link", "</b>")
			change(s)
			h := http.Header{"Server": {"outer"}, "Set-Cookie": {"z=0"}, "Vary": {"Origin"}, "X-Outer": {"1"}}
			s.WriteTo(h)
			assert.Equal(t, http.Header{
				"Server": {"own"}, "Set-Cookie": {"z=0", "a=1", "b=2"}, "Vary": {"Origin", "Accept"},
				"Link": {"</a>", "</b>"}, "X-Outer": {"1"},
			}, h)
		})
	}
}

func TestSetCheck(t *testing.T) {
	t.Parallel()
	for _, toMap := range []bool{false, true} {
		var s header.Set
		s.Put("A", "fine")
		if toMap {
			s.Map()
		}
		require.NoError(t, s.Check())
		s.Add("B", "a\nb")
		require.ErrorContains(t, s.Check(), "header B: line break")
	}
}

func TestSetClone(t *testing.T) {
	t.Parallel()
	for _, toMap := range []bool{false, true} {
		var s header.Set
		s.Put("A", "1")
		if toMap {
			s.Map()
		}
		c := s.Clone()
		c.Put("A", "2")
		c.Add("B", "3")
		assert.Equal(t, "1", s.Get("A"))
		assert.Empty(t, s.Get("B"))
		assert.Equal(t, toMap, c.IsMap())
	}
}

// A Set behaves like an http.Header, as a list, as a map, and wherever it becomes one.
func FuzzSet(f *testing.F) {
	f.Add([]byte("\x00\x11\x22\x30\x41"))
	f.Add([]byte("\x10\x11\x12\x13\x14\x03\x20"))
	f.Fuzz(func(t *testing.T, ops []byte) {
		var s header.Set
		want := http.Header{}
		keys := []string{"A", "B", "C", "D"}
		for i, op := range ops {
			key, value := keys[op&3], string(rune('a'+i%26))
			switch op >> 4 & 3 {
			case 0:
				s.Put(key, value)
				want.Set(key, value)
			case 1:
				s.Add(key, value)
				want.Add(key, value)
			case 2:
				s.Del(key)
				want.Del(key)
			case 3:
				if op>>6 == 3 {
					s.Map()
				}
				s = s.Clone()
			}
			for _, key := range keys {
				require.Equal(t, want.Get(key), s.Get(key))
				require.Equal(t, want.Values(key), s.Values(key))
			}
		}
		written := http.Header{}
		s.WriteTo(written)
		require.Equal(t, want, written)
		require.Equal(t, want, s.Map())
	})
}
