package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Most responses have few headers. They are kept as a list, since a map of
// slices costs more than everything else about a small answer together, and
// become an http.Header when somebody asks for one. The Content-Type is kept
// apart, and so are the headers that all plain answers to errors have.

// field is a header; key is canonical. The value is a slice in place, which the
// map of net/http points to when the response is sent.
type field struct {
	key   string
	value [1]string
}

// guards are what Response.guarded stands for.
var guards = [...]field{{"Vary", [1]string{"Accept"}}, {nosniffKey, [1]string{"nosniff"}}}

const contentTypeKey = "Content-Type"

// usualType is a Content-Type that many answers have.
type usualType uint8

const (
	noType usualType = iota
	usualText
	usualHTML
	usualJSON
	usualProblem
	usualBinary
	otherType
)

// usualTypes are shared by all answers that have them: slices that nobody writes
// into, full, so that appending copies.
var usualTypes = [...][]string{
	usualText: {typeText}, usualHTML: {typeHTML}, usualJSON: {typeJSON}, usualProblem: {typeProblem}, usualBinary: {typeBinary},
}

// Header returns the first value of a header; "" without one.
func (resp *Response) Header(name string) string {
	key := http.CanonicalHeaderKey(name)
	if key == contentTypeKey {
		return resp.ContentType()
	}
	if h := resp.asked(); h != nil {
		return h.Get(key)
	}
	fields := resp.fields()
	for i := range fields {
		if fields[i].key == key {
			return fields[i].value[0]
		}
	}
	return ""
}

// Headers returns the headers as a map that may be changed. It costs as much as
// a map does: SetHeader and its neighbours need none.
func (resp *Response) Headers() http.Header {
	if h := resp.asked(); h != nil {
		return h
	}
	fields := resp.fields()
	h := make(http.Header, len(fields)+1)
	for _, f := range fields {
		h[f.key] = append(h[f.key], f.value[0])
	}
	if t := resp.ContentType(); t != "" {
		h[contentTypeKey] = []string{t}
	}
	resp.usual = noType
	rare := resp.beyond()
	rare.contentType, rare.fields, rare.header = "", nil, h
	return h
}

// SetHeader sets a header, in place of all its values so far. A name or value
// that would break the message, such as one with a line break, is an error of Send.
func (resp *Response) SetHeader(name, value string) {
	key := http.CanonicalHeaderKey(name)
	if key == contentTypeKey {
		resp.SetContentType(value)
		return
	}
	if h := resp.asked(); h != nil {
		h[key] = []string{value}
		return
	}
	fields := resp.fields()
	for i := range fields {
		if fields[i].key == key {
			fields[i].value[0] = value
			resp.deleteFrom(i+1, key)
			return
		}
	}
	resp.push(key, value)
}

// AddHeader adds a value to a header. Of Content-Type there is only one: it is set.
func (resp *Response) AddHeader(name, value string) {
	key := http.CanonicalHeaderKey(name)
	switch h := resp.asked(); {
	case key == contentTypeKey:
		resp.SetHeader(key, value)
	case h != nil:
		h[key] = append(h[key], value)
	default:
		resp.fields() // those of guards come first
		resp.push(key, value)
	}
}

// DelHeader removes a header with all its values.
func (resp *Response) DelHeader(name string) {
	key := http.CanonicalHeaderKey(name)
	if h := resp.asked(); h != nil {
		delete(h, key)
		return
	}
	if key == contentTypeKey {
		resp.usual = noType
		return
	}
	resp.deleteFrom(0, key)
}

// ContentType returns the Content-Type with its parameters; "" without one.
func (resp *Response) ContentType() string {
	if h := resp.asked(); h != nil {
		return h.Get(contentTypeKey)
	}
	switch resp.usual {
	case noType:
		return ""
	case otherType:
		return resp.rare.contentType
	}
	return usualTypes[resp.usual][0]
}

// SetContentType sets the Content-Type, with its parameters.
func (resp *Response) SetContentType(mediaType string) {
	if h := resp.asked(); h != nil {
		h[contentTypeKey] = []string{mediaType}
		return
	}
	switch mediaType {
	case "":
		resp.usual = noType
	case typeText:
		resp.usual = usualText
	case typeHTML:
		resp.usual = usualHTML
	case typeJSON:
		resp.usual = usualJSON
	case typeProblem:
		resp.usual = usualProblem
	case typeBinary:
		resp.usual = usualBinary
	default:
		resp.usual, resp.beyond().contentType = otherType, mediaType
	}
}

// AddVary adds names of request headers to Vary, unless they stand there.
func (resp *Response) AddVary(names ...string) {
	vary := strings.Join(resp.values("Vary"), ", ")
	for _, name := range names {
		if !hasToken(vary, name) && !hasToken(vary, "*") {
			if vary != "" {
				vary += ", "
			}
			vary += name
		}
	}
	if vary != "" {
		resp.SetHeader("Vary", vary)
	}
}

func hasToken(list, token string) bool {
	for part := range strings.SplitSeq(list, ",") {
		if strings.EqualFold(strings.TrimSpace(part), token) {
			return true
		}
	}
	return false
}

// SetCookie sends a cookie along, in place of one with the same name, domain
// and path. A cookie that cannot be sent is an error of Send.
func (resp *Response) SetCookie(c *http.Cookie) {
	text := ""
	if c != nil {
		text = c.String()
	}
	if text == "" {
		resp.refuse(fmt.Errorf("set cookie: %v has no valid name", c))
		return
	}
	old := resp.values("Set-Cookie")
	resp.DelHeader("Set-Cookie")
	for _, line := range old {
		was, err := http.ParseSetCookie(line)
		if err != nil || was.Name != c.Name || was.Path != c.Path || was.Domain != strings.TrimPrefix(c.Domain, ".") {
			resp.AddHeader("Set-Cookie", line)
		}
	}
	resp.AddHeader("Set-Cookie", text)
}

// asked returns the map if somebody asked for one.
func (resp *Response) asked() http.Header {
	if resp.rare == nil {
		return nil
	}
	return resp.rare.header
}

func (resp *Response) values(key string) []string {
	if h := resp.asked(); h != nil {
		return append([]string(nil), h[key]...)
	}
	var all []string
	for _, f := range resp.fields() {
		if f.key == key {
			all = append(all, f.value[0])
		}
	}
	return all
}

// fields are the headers other than the Content-Type, while nobody has asked for a map.
func (resp *Response) fields() []field {
	if resp.guarded {
		resp.guarded = false
		for i := range guards {
			resp.push(guards[i].key, guards[i].value[0])
		}
	}
	if resp.rare == nil {
		return nil
	}
	return resp.rare.fields
}

func (resp *Response) push(key, value string) {
	rare := resp.beyond()
	if rare.fields == nil {
		rare.fields = rare.room[:0]
	}
	rare.fields = append(rare.fields, field{key, [1]string{value}})
}

// deleteFrom removes the fields of key at from and beyond, keeping the order.
func (resp *Response) deleteFrom(from int, key string) {
	fields := resp.fields()
	if from < len(fields) {
		kept := slices.DeleteFunc(fields[from:], func(f field) bool { return f.key == key })
		resp.rare.fields = fields[:from+len(kept)]
	}
}
