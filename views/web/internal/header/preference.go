package header

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// Accept is what an Accept header prefers. The zero value is a missing header, which accepts
// everything equally.
type Accept struct {
	ranges   []Range
	Readable bool // there was a header, and it could be parsed
}

// maxAccept is how many bytes of the header count.
const maxAccept = 4 << 10

// ReadAccept reads the lines of a header, which together are one list.
func ReadAccept(lines []string) Accept {
	text, ok := acceptText(lines)
	if !ok {
		return Accept{}
	}
	return acceptOf(text)
}

// acceptText returns the whole ranges of the part of a header that counts; false without any.
func acceptText(lines []string) (text string, ok bool) {
	if len(lines) == 0 {
		return "", false
	}
	text = lines[0]
	for _, line := range lines[1:] {
		if len(text) > maxAccept {
			break
		}
		text += ", " + line
	}
	if len(text) > maxAccept {
		text = text[:max(0, strings.LastIndexByte(text[:maxAccept], ','))]
		return text, text != ""
	}
	return text, true
}

func acceptOf(text string) Accept {
	ranges, ok := ParseAccept(text)
	return Accept{ranges: ranges, Readable: ok}
}

// KeptAccept keeps what was read of the header of one request. It is safe for concurrent use.
type KeptAccept struct {
	mu     sync.Mutex
	text   string
	read   bool
	accept Accept
}

// Read is ReadAccept, but it parses lines only if they differ from those of the last call.
func (k *KeptAccept) Read(lines []string) Accept {
	text, ok := acceptText(lines)
	if !ok {
		return Accept{}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.read || k.text != text {
		k.read, k.text, k.accept = true, text, acceptOf(text)
	}
	return k.accept
}

// Match returns the quality of a media type, and how precisely a range names it. Use it only if a
// is Readable: otherwise there are no ranges.
func (a Accept) Match(t MediaType) (q float64, by Specificity) { return Quality(a.ranges, t) }

// Quality returns the quality of an offer, 0 for an invalid one.
func (a Accept) Quality(offer string) float64 {
	t, ok := ParseMediaType(offer)
	if !ok {
		return 0
	}
	if !a.Readable {
		return 1
	}
	q, _ := Quality(a.ranges, t)
	return q
}

// Best returns the acceptable offers, each once, the preferred first; offers of equal quality keep
// their order.
func (a Accept) Best(offers []string) []string {
	type acceptable struct {
		offer string
		q     float64
	}
	var all []acceptable
	for _, offer := range offers {
		seen := slices.ContainsFunc(all, func(l acceptable) bool { return l.offer == offer })
		if q := a.Quality(offer); q > 0 && !seen {
			all = append(all, acceptable{offer, q})
		}
	}
	slices.SortStableFunc(all, func(x, y acceptable) int { return cmp.Compare(y.q, x.q) })
	best := make([]string, len(all))
	for i, l := range all {
		best[i] = l.offer
	}
	return best
}
