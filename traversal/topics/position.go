package topics

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// The bounds of a position that a client sends.
const (
	mostOrigins  = 32 // of a topic, too
	longestOrder = 2048
)

// position says how many messages of each origin someone has seen. An origin is a topic in one
// process, as long as it remembers the topic. As a text it is "k3x9.12_p0a1.7".
type position map[string]uint64

// parsePosition reads the text of a position. ok is false if the text is malformed.
func parsePosition(text string) (p position, ok bool) {
	if len(text) > longestOrder {
		return nil, false
	}
	p = position{}
	for part := range strings.SplitSeq(text, "_") {
		origin, number, found := strings.Cut(part, ".")
		seq, err := strconv.ParseUint(number, 36, 64)
		if _, twice := p[origin]; !found || origin == "" || err != nil || twice || len(p) == mostOrigins {
			return nil, false
		}
		p[origin] = seq
	}
	return p, true
}

// String returns the text of a position.
func (p position) String() string {
	origins := make([]*origin, 0, len(p))
	for _, id := range slices.Sorted(maps.Keys(p)) {
		origins = append(origins, &origin{id: id, seen: p[id]})
	}
	return textOf(origins)
}

// origin is what a topic knows of the messages of one origin.
type origin struct {
	id      string
	seen    uint64 // number of the newest message that arrived
	dropped uint64 // number of the newest one that is not kept any more
	kept    int    // how many are kept
}

// textOf returns the position behind all messages of some origins.
func textOf(origins []*origin) string {
	var b []byte
	for i, o := range origins {
		if i > 0 {
			b = append(b, '_')
		}
		b = append(append(b, o.id...), '.')
		b = strconv.AppendUint(b, o.seen, 36)
	}
	return string(b)
}
