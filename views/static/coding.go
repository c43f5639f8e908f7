package static

import (
	"strconv"
	"strings"
)

// The content codings of files that lie beside a file, compressed beforehand.
const (
	Brotli = "br"
	Zstd   = "zstd"
	Gzip   = "gzip"
)

// suffixes of the compressed copies of a file, by coding.
var suffixes = map[string]string{Brotli: ".br", Zstd: ".zst", Gzip: ".gz"}

// mostElements is how many elements of a header's list count. More are of no use to an honest
// client.
const mostElements = 100

// accepted is what an Accept-Encoding says (RFC 9110 12.5.3).
type accepted struct {
	given    bool
	codings  [3]int8 // of br, zstd, gzip: 1 accepted, -1 refused, 0 not named
	others   int8    // "*"
	identity int8
}

// readAccepted reads the header. Of a coding that is named twice the first counts; an invalid
// weight is a refusal.
func readAccepted(lines []string) (a accepted) {
	left := mostElements
	for _, line := range lines {
		for element := range strings.SplitSeq(line, ",") {
			if left--; left < 0 {
				return a
			}
			name, parameters, weighted := strings.Cut(element, ";")
			name = strings.Trim(name, " \t")
			if at := a.at(name); at != nil && *at == 0 {
				if *at = 1; weighted && !positive(parameters) {
					*at = -1
				}
			}
			a.given = a.given || name != ""
		}
	}
	return a
}

// at returns what is known of a coding, nil for one that no file has.
func (a *accepted) at(name string) *int8 {
	switch strings.ToLower(name) {
	case Brotli:
		return &a.codings[0]
	case Zstd:
		return &a.codings[1]
	case Gzip, "x-gzip":
		return &a.codings[2]
	case "*":
		return &a.others
	case "identity":
		return &a.identity
	}
	return nil
}

// admits reports whether the client accepts a coding; "" is the file as it is.
func (a *accepted) admits(coding string) bool {
	if coding == "" {
		return a.identity == 0 && a.others >= 0 || a.identity > 0
	}
	named := *a.at(coding)
	return named > 0 || named == 0 && a.others > 0
}

// positive reports whether the parameters are a weight greater than 0: "q=0.5".
func positive(parameters string) bool {
	name, value, ok := strings.Cut(parameters, "=")
	if !ok || !strings.EqualFold(strings.Trim(name, " \t"), "q") {
		return false
	}
	value = strings.Trim(value, " \t")
	q, err := strconv.ParseFloat(value, 64)
	return err == nil && q > 0 && q <= 1 && len(value) <= 5 && strings.Trim(value, "0123456789.") == ""
}
