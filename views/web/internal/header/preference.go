package header

import (
	"cmp"
	"slices"
	"strings"
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
	if len(lines) == 0 {
		return Accept{}
	}
	text := lines[0]
	for _, line := range lines[1:] {
		if len(text) > maxAccept {
			break
		}
		text += ", " + line
	}
	if len(text) > maxAccept {
		text = text[:max(0, strings.LastIndexByte(text[:maxAccept], ','))] // only whole ranges
		if text == "" {
			return Accept{}
		}
	}
	ranges, ok := ParseAccept(text)
	return Accept{ranges: ranges, Readable: ok}
}

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
