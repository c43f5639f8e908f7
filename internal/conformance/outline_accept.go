package conformance

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// qvalue matches a valid quality parameter; any other makes the header invalid.
var qvalue = regexp.MustCompile(`^q=(0(\.\d{0,3})?|1(\.0{0,3})?)$`)

// serverOrder is the server's default preference among media types.
var serverOrder = []string{
	"text/html", "application/xhtml+xml", "application/xml", "text/xml", "text/plain", "application/json",
}

// preference sorts the media types that a group offers, the preferred one first: by the client's
// quality, then by the server's order. The weight of a type outside that order is the number of
// offers. A type with parameters comes before the bare type.
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

// quality returns the client's quality for a media type: the q of the most specific range in the
// Accept header that covers it (the type with the same parameters, the bare type, type/*, */*).
// Without a header, or with an invalid one, it is 1 for all types.
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

// unspaced removes spaces and quotes.
var unspaced = strings.NewReplacer(" ", "", `"`, "")

// mediaType separates a media type from its parameters.
func mediaType(text string) (name string, parameters []string) {
	parts := strings.Split(text, ";")
	for _, p := range parts[1:] {
		parameters = append(parameters, strings.ToLower(unspaced.Replace(p)))
	}
	return strings.ToLower(strings.TrimSpace(parts[0])), parameters
}
