package tweens

import (
	"iter"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

// codings are the content codings that Compress supports, the preferred one first.
var codings = [...]string{"zstd", "gzip"}

// accepted is what Compress needs of an Accept-Encoding.
type accepted struct {
	coding  string                // the preferred one; "" for none
	weights [len(codings)]float64 // of codings, 0 for those that are not available or not accepted
}

// mostCodings is how many elements of an Accept-Encoding count.
const mostCodings = 100

// readAccepted reads an Accept-Encoding and chooses among the available codings (RFC 9110 12.5.3):
// the one with the highest weight, unless the client gives identity a higher one. Of equal weights
// it is the first. The first weight of a coding counts, invalid
// weights count as 0, and "*" stands for the codings that are not named.
func readAccepted(lines, available []string) (a accepted) {
	if len(lines) == 0 {
		return a
	}
	identity, others := -1.0, -1.0 // negative: not named
	for i := range a.weights {
		a.weights[i] = -1
	}
	elements := 0
	for _, list := range lines {
		for list != "" && elements < mostCodings {
			var element string
			element, list, _ = strings.Cut(list, ",")
			elements++
			name, parameter, weighted := strings.Cut(element, ";")
			to := &others
			switch name = strings.TrimSpace(name); {
			case name == "*":
			case strings.EqualFold(name, "identity"):
				to = &identity
			case strings.EqualFold(name, "gzip"), strings.EqualFold(name, "x-gzip"):
				to = &a.weights[1]
			case strings.EqualFold(name, "zstd"):
				to = &a.weights[0]
			default:
				continue
			}
			if *to < 0 {
				*to = 1
				if weighted {
					*to = weight(parameter)
				}
			}
		}
	}
	for i := range a.weights {
		if a.weights[i] < 0 {
			a.weights[i] = max(others, 0)
		}
	}
	a.choose(available, max(identity, 0))
	return a
}

// choose sets the preferred coding, and the weights of those that are not available to 0.
func (a *accepted) choose(available []string, identity float64) {
	most := identity
	for i, coding := range codings {
		switch q := a.weights[i]; {
		case !slices.Contains(available, coding):
			a.weights[i] = 0
		case q > most, q == most && q > 0 && a.coding == "":
			a.coding, most = coding, q
		}
	}
}

// weight reads "q=0.5"; an invalid weight is 0.
func weight(parameter string) float64 {
	key, value, _ := strings.Cut(parameter, "=")
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if !strings.EqualFold(strings.TrimSpace(key), "q") || err != nil || !(q >= 0 && q <= 1) {
		return 0
	}
	return q
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
// tag of a coding for which accepts returns true. It returns nil if there is no such tag.
func withPlainTags(lists []string, accepts func(coding int) bool) []string {
	var plain []string
	for tag := range tagsOf(lists) {
		for i, coding := range codings {
			if base, ok := strings.CutSuffix(tag, "-"+coding+`"`); ok && accepts(i) {
				plain = append(plain, base+`"`)
			}
		}
	}
	if plain == nil {
		return nil
	}
	return []string{strings.Join(append(append([]string(nil), lists...), plain...), ", ")}
}

// tagOf304 returns the tag for a 304 to a client that has the tags has: of these, that of the
// coding which the client prefers among those it accepts. From then on a shared cache serves the
// response with this tag (RFC 9111 4.3.4).
func (a *accepted) tagOf304(tag string, has []string) string {
	if a.coding != "" && listed(codedTag(tag, a.coding), has) {
		return codedTag(tag, a.coding)
	}
	for i, coding := range codings {
		if a.weights[i] > 0 && listed(codedTag(tag, coding), has) {
			return codedTag(tag, coding)
		}
	}
	return tag
}

// listed reports whether a list has a tag, by weak comparison.
func listed(tag string, lists []string) bool {
	for t := range tagsOf(lists) {
		if strings.TrimPrefix(t, "W/") == tag {
			return true
		}
	}
	return false
}

// tagsOf yields the tags of a list in one or more lines, up to its first mistake.
func tagsOf(lists []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, list := range lists {
			for {
				list = strings.TrimLeft(list, ", \t")
				opaque, opened := strings.CutPrefix(strings.TrimPrefix(list, "W/"), `"`)
				end := strings.IndexByte(opaque, '"')
				if !opened || end < 0 {
					break
				}
				rest := opaque[end+1:]
				if !yield(list[:len(list)-len(rest)]) {
					return
				}
				list = rest
			}
		}
	}
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
func (d *decision) setNotModified(h headers) {
	if !forbidsTransform(h) {
		h.vary()
	}
	if tag := h.get("Etag"); tag != "" && d.has != nil {
		h.set("Etag", d.accepts().tagOf304(tag, d.has))
	}
}
