package conformance

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// qvalue is how a q can be written; any other makes the header unreadable.
var qvalue = regexp.MustCompile(`^q=(0(\.\d{0,3})?|1(\.0{0,3})?)$`)

// serverOrder is the server's own preference among media types, as long as the
// case does not change it.
var serverOrder = []string{
	"text/html", "application/xhtml+xml", "application/xml", "text/xml", "text/plain", "application/json",
}

// preference sorts the media types that a group offers, the one to try first
// first: by the client's liking, then by the server's order. A type outside
// that order weighs as much as there are offers, and parameters come before
// the bare type.
func (q *Request) preference(offers, server []string) []string {
	sorted := slices.Clone(offers)
	place := func(mediaType string) int {
		if at := slices.Index(server, mediaType); at >= 0 {
			return at
		}
		return len(offers)
	}
	weight := func(offer string) (int, int) {
		name, parameters := mediaType(offer)
		if parameters == nil {
			return place(name), len(offers) + 1
		}
		return place(name), place(offer)
	}
	slices.SortStableFunc(sorted, func(a, b string) int {
		at, detail := weight(a)
		bt, other := weight(b)
		return cmp.Or(cmp.Compare(q.quality(b), q.quality(a)), at-bt, detail-other)
	})
	return sorted
}

// quality is how much the client likes a media type, by its Accept header: the
// q of the most specific range that speaks of it (the type with the same
// parameters, the type alone, type/*, */*). Without a header, or with one that
// cannot be read, everything is liked alike.
func (q *Request) quality(offer string) float64 {
	header, present := q.hasHeader("Accept")
	if !present {
		return 1
	}
	best, quality := -1, 0.0
	wanted, parameters := mediaType(offer)
	for part := range strings.SplitSeq(header, ",") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		name, given := mediaType(part)
		if !strings.Contains(name, "/") {
			return 1
		}
		q := 1.0
		if at := slices.IndexFunc(given, func(p string) bool { return strings.HasPrefix(p, "q=") }); at >= 0 {
			if !qvalue.MatchString(given[at]) {
				return 1
			}
			q, _ = strconv.ParseFloat(given[at][2:], 64)
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
	return quality
}

// unspaced takes spaces out, and the quotes that a value needs none of.
var unspaced = strings.NewReplacer(" ", "", `"`, "")

// mediaType parts a media type from its parameters.
func mediaType(text string) (name string, parameters []string) {
	parts := strings.Split(text, ";")
	for _, p := range parts[1:] {
		parameters = append(parameters, strings.ToLower(unspaced.Replace(p)))
	}
	return strings.ToLower(strings.TrimSpace(parts[0])), parameters
}
