package conformance

import (
	"slices"
	"strconv"
	"strings"
)

// accepts tells whether an Accept header admits a media type: by the most
// specific range that speaks of it (the type with the same parameters, the
// type alone, type/*, */*), whose q must not be 0. Without a header, or with
// one that cannot be read, everything is admitted.
func (q *Request) accepts(offer string) bool {
	header, present := q.hasHeader("Accept")
	if !present {
		return true
	}
	best, quality := -1, 0.0
	wanted, parameters := mediaType(offer)
	for part := range strings.SplitSeq(header, ",") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		name, given := mediaType(part)
		if !strings.Contains(name, "/") {
			return true
		}
		q := 1.0
		if at := slices.IndexFunc(given, func(p string) bool { return strings.HasPrefix(p, "q=") }); at >= 0 {
			var err error
			if q, err = strconv.ParseFloat(given[at][2:], 64); err != nil {
				return true
			}
			given = given[:at]
		}
		rank := -1
		switch {
		case name == wanted && slices.Equal(given, parameters):
			rank = 3
		case len(given) > 0:
		case name == wanted:
			rank = 2
		case strings.HasSuffix(name, "/*") && name != "*/*" && strings.HasPrefix(wanted, name[:len(name)-1]):
			rank = 1
		case name == "*/*":
			rank = 0
		}
		if rank > best {
			best, quality = rank, q
		}
	}
	return quality > 0
}

// mediaType parts a media type from its parameters.
func mediaType(text string) (name string, parameters []string) {
	parts := strings.Split(text, ";")
	for _, p := range parts[1:] {
		parameters = append(parameters, strings.ToLower(strings.ReplaceAll(p, " ", "")))
	}
	return strings.ToLower(strings.TrimSpace(parts[0])), parameters
}
