package tweens

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

// codings are the content codings that Compress supports, the preferred one first.
var codings = [...]string{"zstd", "gzip"}

// chooseCoding returns the available coding that the client prefers, or "" if it wants none. Among
// equally preferred ones it is the first.
func chooseCoding(accepts []string, available []string) string {
	if len(accepts) == 0 {
		return ""
	}
	best, most := "", qualityOf(accepts, "identity", 0)
	for _, coding := range available {
		if q := qualityOf(accepts, coding, qualityOf(accepts, "*", 0)); q > most || q == most && q > 0 && best == "" {
			best, most = coding, q
		}
	}
	return best
}

// qualityOf returns the weight of a coding in Accept-Encoding, or otherwise if it does not occur.
// Invalid weights count as 0.
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

// An entity tag names one representation, byte for byte, and a compressed one is another. Its
// strong tag gets a suffix, which is recognized when it comes back: `"v1"` becomes `"v1-gzip"`.

// codedTag returns the tag of the representation in a coding. Weak tags stay the same: they promise
// less.
func codedTag(tag, coding string) string {
	if len(tag) < 2 || tag[0] != '"' || tag[len(tag)-1] != '"' {
		return tag
	}
	return tag[:len(tag)-1] + "-" + coding + `"`
}

// withPlainTags adds to the tags of If-Match or If-None-Match the application's own tag for each
// coded one. It returns nil if there are none.
func withPlainTags(lists []string) []string {
	var plain []string
	for _, list := range lists {
		for tag := range strings.SplitSeq(list, ",") {
			tag = strings.TrimSpace(tag)
			for _, coding := range codings {
				if base, ok := strings.CutSuffix(tag, "-"+coding+`"`); ok {
					plain = append(plain, base+`"`)
				}
			}
		}
	}
	if plain == nil {
		return nil
	}
	return []string{strings.Join(append(append([]string(nil), lists...), plain...), ", ")}
}

// tagOf304 returns the tag for a 304: the one that the client has.
func tagOf304(tag string, has []string) string {
	for _, coding := range codings {
		coded := codedTag(tag, coding)
		for _, list := range has {
			if coded != tag && strings.Contains(list, coded) {
				return coded
			}
		}
	}
	return tag
}

// compressible are the content types that become smaller, unless the options name others.
var compressible = []string{
	"text/*", "+json", "+xml", "+text", "+yaml",
	"application/json", "application/javascript", "application/x-javascript", "application/xml", "application/xhtml",
	"application/yaml", "application/graphql", "application/x-ndjson", "application/rtf", "application/wasm", "application/sql",
	"application/vnd.ms-fontobject", "font/ttf", "font/otf", "font/sfnt", "font/collection",
	"image/bmp", "image/x-icon", "image/vnd.microsoft.icon",
}

// typeMatches reports whether a content type is among types: "a/b", "a/*", or "+c" for a suffix.
func typeMatches(contentType string, types []string) bool {
	name, _, _ := strings.Cut(contentType, ";")
	name = strings.ToLower(strings.TrimSpace(name))
	for _, t := range types {
		switch {
		case t == name, t == "*/*" && name != "":
			return true
		case name == "text/event-stream": // only by name, because intermediaries may hold events back
		case strings.HasPrefix(t, "+") && strings.HasSuffix(name, t):
			return true
		case strings.HasSuffix(t, "/*") && strings.HasPrefix(name, t[:len(t)-1]):
			return true
		}
	}
	return false
}

// headers are those of a web.Response or an http.Header.
type headers interface {
	get(name string) string
	lines(name string) []string
	set(name, value string)
	del(name string)
	vary() // on Accept-Encoding
}

// responseHeaders are the headers of a response before it is sent.
type responseHeaders struct{ resp *web.Response }

var _ headers = responseHeaders{}

func (h responseHeaders) get(name string) string     { return h.resp.Header(name) }
func (h responseHeaders) lines(name string) []string { return h.resp.HeaderValues(name) }
func (h responseHeaders) set(name, value string)     { h.resp.SetHeader(name, value) }
func (h responseHeaders) del(name string)            { h.resp.DelHeader(name) }
func (h responseHeaders) vary()                      { h.resp.AddVary("Accept-Encoding") }

// writerHeaders are the headers of an http.ResponseWriter.
type writerHeaders http.Header

var _ headers = writerHeaders(nil)

func (h writerHeaders) get(name string) string     { return http.Header(h).Get(name) }
func (h writerHeaders) lines(name string) []string { return http.Header(h).Values(name) }
func (h writerHeaders) set(name, value string)     { http.Header(h).Set(name, value) }
func (h writerHeaders) del(name string)            { http.Header(h).Del(name) }

func (h writerHeaders) vary() {
	names := strings.Split(strings.Join(h["Vary"], ","), ",")
	if !slices.ContainsFunc(names, func(name string) bool {
		name = strings.TrimSpace(name)
		return name == "*" || strings.EqualFold(name, "Accept-Encoding")
	}) {
		http.Header(h).Add("Vary", "Accept-Encoding")
	}
}

// forbidsTransform reports whether Cache-Control has the directive no-transform. Its lines are one
// list, and directives are compared without regard to case (RFC 9110 5.3, RFC 9111 5.2).
func forbidsTransform(h headers) bool {
	for _, line := range h.lines("Cache-Control") {
		for line != "" {
			var directive string
			directive, line = cutElement(line)
			name, _, _ := strings.Cut(directive, "=")
			if strings.EqualFold(strings.TrimSpace(name), "no-transform") {
				return true
			}
		}
	}
	return false
}

// cutElement cuts the first element off a list, whose quoted strings may contain commas.
func cutElement(list string) (element, rest string) {
	quoted := false
	for i := 0; i < len(list); i++ {
		switch c := list[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == ',' && !quoted:
			return list[:i], list[i+1:]
		}
	}
	return list, ""
}

// setEncoding makes the headers those of a compressed body.
func setEncoding(h headers, coding string) {
	h.set("Content-Encoding", coding)
	h.del("Content-Length")
	h.del("Accept-Ranges")
	for _, digest := range [...]string{"Content-Digest", "Repr-Digest", "Digest", "Content-Md5"} { // RFC 9530, of the plain bytes
		h.del(digest)
	}
	if tag := h.get("Etag"); tag != "" {
		h.set("Etag", codedTag(tag, coding))
	}
}

// setNotModified makes the headers of a 304 those that the 200 had.
func setNotModified(h headers, has []string) {
	h.vary()
	if tag := h.get("Etag"); tag != "" && has != nil {
		h.set("Etag", tagOf304(tag, has))
	}
}
