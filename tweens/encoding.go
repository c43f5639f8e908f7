package tweens

import (
	"strconv"
	"strings"
)

// codings are the content codings that Compress knows, the better one first.
var codings = [...]string{"zstd", "gzip"}

// chooseCoding is the coding that the client likes best, of those that are at hand; "" if it wants none. Where it likes two
// equally well the first one of ours is taken.
func chooseCoding(accepts []string, codings []string) string {
	if len(accepts) == 0 {
		return ""
	}
	best, most := "", qualityOf(accepts, "identity", 0)
	for _, coding := range codings {
		if q := qualityOf(accepts, coding, qualityOf(accepts, "*", 0)); q > most || q == most && q > 0 && best == "" {
			best, most = coding, q
		}
	}
	return best
}

// qualityOf is the weight of a coding in Accept-Encoding; otherwise if it is not named. What cannot be read weighs nothing.
func qualityOf(accepts []string, coding string, otherwise float64) float64 {
	for _, list := range accepts {
		for item := range strings.SplitSeq(list, ",") {
			name, parameter, weighted := strings.Cut(item, ";")
			name = strings.TrimSpace(name)
			if !strings.EqualFold(name, coding) && !(coding == "gzip" && strings.EqualFold(name, "x-gzip")) {
				continue
			}
			if !weighted {
				return 1
			}
			key, value, _ := strings.Cut(parameter, "=")
			q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			if !strings.EqualFold(strings.TrimSpace(key), "q") || err != nil || !(q >= 0 && q <= 1) {
				return 0
			}
			return q
		}
	}
	return otherwise
}

// An entity tag names one representation, byte for byte; a compressed one is another. Its strong tag gets a suffix, which is
// understood when it comes back: `"v1"` becomes `"v1-gzip"`.

// suffixed is the tag of the representation in a coding. Weak tags stay: they promise less.
func suffixed(tag, coding string) string {
	if len(tag) < 2 || tag[0] != '"' || tag[len(tag)-1] != '"' {
		return tag
	}
	return tag[:len(tag)-1] + "-" + coding + `"`
}

// unsuffixed adds to the tags of If-Match and If-None-Match those that the application knows. It returns nil if it knows all.
func unsuffixed(lists []string) []string {
	var more []string
	for _, list := range lists {
		for tag := range strings.SplitSeq(list, ",") {
			tag = strings.TrimSpace(tag)
			for _, coding := range codings {
				if plain, ok := strings.CutSuffix(tag, "-"+coding+`"`); ok {
					more = append(more, plain+`"`)
				}
			}
		}
	}
	if more == nil {
		return nil
	}
	return []string{strings.Join(append(append([]string(nil), lists...), more...), ", ")}
}

// tagOf304 is the tag that a 304 gives back: the one that the client has.
func tagOf304(tag string, has []string) string {
	for _, coding := range codings {
		theirs := suffixed(tag, coding)
		for _, list := range has {
			if theirs != tag && strings.Contains(list, theirs) {
				return theirs
			}
		}
	}
	return tag
}

// compressible are the types of content that become smaller, unless the options name others.
var compressible = []string{
	"text/*", "+json", "+xml", "+text", "+yaml",
	"application/json", "application/javascript", "application/x-javascript", "application/xml", "application/xhtml",
	"application/yaml", "application/graphql", "application/x-ndjson", "application/rtf", "application/wasm", "application/sql",
	"application/vnd.ms-fontobject", "font/ttf", "font/otf", "font/sfnt", "font/collection",
	"image/bmp", "image/x-icon", "image/vnd.microsoft.icon",
}

// typeMatches reports whether a content type is among types: "a/b", "a/*", or "+c" for what ends so.
func typeMatches(contentType string, types []string) bool {
	name, _, _ := strings.Cut(contentType, ";")
	name = strings.ToLower(strings.TrimSpace(name))
	for _, t := range types {
		switch {
		case t == name, t == "*/*" && name != "":
			return true
		case name == "text/event-stream": // only by name: what stands between may hold events back
		case strings.HasPrefix(t, "+") && strings.HasSuffix(name, t):
			return true
		case strings.HasSuffix(t, "/*") && strings.HasPrefix(name, t[:len(t)-1]):
			return true
		}
	}
	return false
}
