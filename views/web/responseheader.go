package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/mastaba-go/mastaba/views/web/internal/header"
)

// Most responses have few headers. They are kept as a list, since an http.Header costs more than
// the rest of a small response, and become an http.Header when Headers is called. The Content-Type
// is kept apart, and so are the headers of simple error responses.

// field is a header; key is canonical. The value is an array, so that the http.Header of net/http
// can refer to it when the response is sent.
type field struct {
	key   string
	value [1]string
}

// errorHeaders are the headers that Response.errorHeaders stands for.
var errorHeaders = [...]field{{"Vary", [1]string{"Accept"}}, {nosniffKey, [1]string{"nosniff"}}}

const contentTypeKey = "Content-Type"

// commonType is a Content-Type that many responses have.
type commonType uint8

const (
	noType commonType = iota
	commonText
	commonHTML
	commonJSON
	commonProblem
	commonBinary
	otherType
)

// commonTypes are shared by all responses that have them. The slices are full, so that appending
// copies them.
var commonTypes = [...][]string{
	commonText: {typeText}, commonHTML: {typeHTML}, commonJSON: {typeJSON}, commonProblem: {typeProblem}, commonBinary: {typeBinary},
}

// Header returns the first value of a header; "" without one.
func (resp *Response) Header(name string) string {
	key := http.CanonicalHeaderKey(name)
	if key == contentTypeKey {
		return resp.ContentType()
	}
	if h := resp.headerMap(); h != nil {
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

// HeaderValues returns a copy of all values of a header, one for each line.
func (resp *Response) HeaderValues(name string) []string {
	key := http.CanonicalHeaderKey(name)
	if key == contentTypeKey {
		if t := resp.ContentType(); t != "" {
			return []string{t}
		}
		return nil
	}
	return resp.values(key)
}

// Headers returns the headers as a map, which may be changed. It allocates the map; SetHeader and
// the other methods do not.
func (resp *Response) Headers() http.Header {
	if h := resp.headerMap(); h != nil {
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
	resp.common = noType
	x := resp.more()
	x.contentType, x.fields, x.header = "", nil, h
	return h
}

// SetHeader sets a header, replacing all its values. An invalid name or value, such as one with a
// line break, is an error of Send.
func (resp *Response) SetHeader(name, value string) {
	key := http.CanonicalHeaderKey(name)
	if key == contentTypeKey {
		resp.SetContentType(value)
		return
	}
	if h := resp.headerMap(); h != nil {
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

// AddHeader adds a value to a header. Content-Type has only one value, so AddHeader sets it.
func (resp *Response) AddHeader(name, value string) {
	key := http.CanonicalHeaderKey(name)
	switch h := resp.headerMap(); {
	case key == contentTypeKey:
		resp.SetHeader(key, value)
	case h != nil:
		h[key] = append(h[key], value)
	default:
		resp.fields() // errorHeaders come first
		resp.push(key, value)
	}
}

// DelHeader removes a header with all its values.
func (resp *Response) DelHeader(name string) {
	key := http.CanonicalHeaderKey(name)
	if h := resp.headerMap(); h != nil {
		delete(h, key)
		return
	}
	if key == contentTypeKey {
		resp.common = noType
		return
	}
	resp.deleteFrom(0, key)
}

// ContentType returns the Content-Type with its parameters; "" without one.
func (resp *Response) ContentType() string {
	if h := resp.headerMap(); h != nil {
		return h.Get(contentTypeKey)
	}
	switch resp.common {
	case noType:
		return ""
	case otherType:
		return resp.extras.contentType
	}
	return commonTypes[resp.common][0]
}

// SetContentType sets the Content-Type, with its parameters.
func (resp *Response) SetContentType(mediaType string) {
	if h := resp.headerMap(); h != nil {
		h[contentTypeKey] = []string{mediaType}
		return
	}
	switch mediaType {
	case "":
		resp.common = noType
	case typeText:
		resp.common = commonText
	case typeHTML:
		resp.common = commonHTML
	case typeJSON:
		resp.common = commonJSON
	case typeProblem:
		resp.common = commonProblem
	case typeBinary:
		resp.common = commonBinary
	default:
		resp.common, resp.more().contentType = otherType, mediaType
	}
}

// AddVary adds the names of request headers to Vary, unless it contains them.
func (resp *Response) AddVary(names ...string) {
	if first := resp.Header("Vary"); header.WithVary(first, names) != first { // the usual line needs no list
		resp.SetHeader("Vary", header.WithVary(strings.Join(resp.values("Vary"), ", "), names))
	}
}

// SetLifetime lets caches keep the response for d: it sets Cache-Control to control, and Expires. If the
// status is 400 or more when the response is sent, both are left out: an error is not worth keeping.
func (resp *Response) SetLifetime(control string, d time.Duration) {
	resp.SetHeader("Cache-Control", control)
	resp.SetHeader("Expires", time.Now().Add(d).UTC().Format(http.TimeFormat))
	resp.more().lifetime = control
}

// SetCookie adds a cookie, in place of one with the same name, domain and path. A cookie that
// [http.Cookie.Valid] refuses is an error of Send.
func (resp *Response) SetCookie(c *http.Cookie) {
	if c == nil {
		resp.fail(errors.New("set cookie: the cookie is nil"))
		return
	}
	if err := c.Valid(); err != nil { // String would drop what is invalid, or send what browsers refuse
		resp.fail(fmt.Errorf("set cookie %q: %w", c.Name, err))
		return
	}
	text := c.String()
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

// headerMap returns the map if Headers was called, else nil.
func (resp *Response) headerMap() http.Header {
	if resp.extras == nil {
		return nil
	}
	return resp.extras.header
}

func (resp *Response) values(key string) []string {
	if h := resp.headerMap(); h != nil {
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

// fields returns the headers other than the Content-Type, unless there is a map.
func (resp *Response) fields() []field {
	if resp.errorHeaders {
		resp.errorHeaders = false
		for i := range errorHeaders {
			resp.push(errorHeaders[i].key, errorHeaders[i].value[0])
		}
	}
	if resp.extras == nil {
		return nil
	}
	return resp.extras.fields
}

func (resp *Response) push(key, value string) {
	x := resp.more()
	if x.fields == nil {
		x.fields = x.room[:0]
	}
	x.fields = append(x.fields, field{key, [1]string{value}})
}

// deleteFrom removes the fields of key from index from on, keeping the order.
func (resp *Response) deleteFrom(from int, key string) {
	fields := resp.fields()
	if from < len(fields) {
		kept := slices.DeleteFunc(fields[from:], func(f field) bool { return f.key == key })
		resp.extras.fields = fields[:from+len(kept)]
	}
}
