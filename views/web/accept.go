package web

import (
	"cmp"
	"slices"
	"strings"
)

// Accept is a client's preference among media types: the Accept header, read.
//
// The range that speaks for an offer is the most specific one: type and
// subtype with the same parameters, type and subtype, "type/*", "*/*"; among
// equally specific ones the first. Its q counts, and 0 excludes. A range with
// parameters does not speak for an offer without them or with other ones; one
// without parameters speaks for any. Types, subtypes and the names of
// parameters ignore case, their values do not.
//
// No header, or an unreadable one, admits everything equally. An empty header is
// readable and admits nothing. The zero value is no header.
type Accept struct {
	ranges []mediaRange
	header bool // there was a header, and it is readable
}

type mediaType struct {
	kind, subtype string // lower case
	params        []mediaParam
}

type mediaParam struct{ name, value string }

type mediaRange struct {
	mediaType
	q float64
}

// How specifically a range speaks for an offer.
const (
	byNothing = iota
	byWildcard
	byType
	bySubtype
	byParameters
)

// ParseAccept reads the values of the Accept header; several are one list.
// Without values there is no header.
//
//	web.ParseAccept(r.Header["Accept"]...)
func ParseAccept(values ...string) Accept {
	if len(values) == 0 {
		return Accept{}
	}
	text := values[0]
	if len(values) > 1 {
		text = strings.Join(values, ", ")
	}
	ranges, ok := parseRanges(text)
	return Accept{ranges: ranges, header: ok}
}

// Accept returns the client's preference among media types. It reads the header
// at each call. A view that chooses by it says so: Response.AddVary("Accept").
func (r *Request) Accept() Accept { return ParseAccept(r.Request.Header["Accept"]...) }

// IsReadable reports whether there was a header and it could be read. Only then
// does the client have a preference.
func (a Accept) IsReadable() bool { return a.header }

// Quality returns how much the client likes an offer, a media type such as
// "text/html" or "text/html;level=1": between 0, not at all, and 1. An offer
// that is no media type, or holds a wildcard, is not liked.
func (a Accept) Quality(offer string) float64 {
	q, _ := a.find(parseOffer(offer))
	return q
}

// Best returns the acceptable offers, the best liked first, and equally liked
// ones in their order. Offers that are no media types are left out. Without a
// readable header all others are equally liked.
func (a Accept) Best(offers []string) []string {
	type liked struct {
		offer string
		q     float64
	}
	var all []liked
	for _, offer := range offers {
		seen := slices.ContainsFunc(all, func(l liked) bool { return l.offer == offer })
		if q := a.Quality(offer); q > 0 && !seen {
			all = append(all, liked{offer, q})
		}
	}
	slices.SortStableFunc(all, func(x, y liked) int { return cmp.Compare(y.q, x.q) })
	best := make([]string, len(all))
	for i, l := range all {
		best[i] = l.offer
	}
	return best
}

// find returns the q of the range that speaks for the offer, and how specific it is.
func (a Accept) find(offer mediaType, ok bool) (q float64, specific int) {
	if !ok {
		return 0, byNothing
	}
	if !a.header {
		return 1, byNothing
	}
	for _, r := range a.ranges {
		if s := r.speaksFor(offer); s > specific {
			q, specific = r.q, s
		}
	}
	return q, specific
}

func (r mediaRange) speaksFor(offer mediaType) int {
	switch {
	case r.kind == offer.kind && r.subtype == offer.subtype:
		switch {
		case len(r.params) == 0:
			return bySubtype
		case slices.Equal(r.params, offer.params):
			return byParameters
		}
	case r.subtype == "*" && r.kind == offer.kind:
		return byType
	case r.subtype == "*" && r.kind == "*":
		return byWildcard
	}
	return byNothing
}
