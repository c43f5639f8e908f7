package reply

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/mastaba-go/mastaba/views/web/internal/header"
)

// NosniffKey keeps browsers from treating the text of an error, which may repeat what the client
// sent, as HTML.
const NosniffKey = "X-Content-Type-Options"

// errorFields are the headers of errors.
var errorFields = header.Fields{{Key: "Vary", Value: [1]string{"Accept"}}, {Key: NosniffKey, Value: [1]string{"nosniff"}}}

// errorVary and errorNosniff are their values. Like those of types they are full.
var errorVary, errorNosniff = []string{"Accept"}, []string{"nosniff"}

// AddErrorHeaders adds the headers of errors to a response without headers. It costs nothing until
// other headers are added.
func (resp *Response) AddErrorHeaders() { resp.errorHeaders = true }

const contentTypeKey = "Content-Type"

// Type is a Content-Type that many responses have. It is kept apart from the other headers.
type Type uint8

const (
	none  Type = iota // none, or in the map of headers
	other             // in the list of headers
	Text
	HTML
	JSON
	Problem
	Binary
)

// types are shared by all responses that have them. The slices are full, so that appending copies
// them.
var types = [...][]string{
	none: {""}, other: nil, Text: {"text/plain; charset=utf-8"}, HTML: {"text/html; charset=utf-8"},
	JSON: {"application/json"}, Problem: {"application/problem+json"}, Binary: {"application/octet-stream"},
}

// SetType sets a common Content-Type of a response without headers.
func (resp *Response) SetType(t Type) { resp.common = t }

// Header returns the first value of a header; "" without one.
func (resp *Response) Header(name string) string {
	key := header.Canonical(name)
	if key == contentTypeKey {
		return resp.ContentType()
	}
	return resp.headers().Get(key)
}

// HeaderValues returns a copy of all values of a header, one for each line.
func (resp *Response) HeaderValues(name string) []string {
	key := header.Canonical(name)
	if key == contentTypeKey && resp.common > other {
		return []string{resp.ContentType()}
	}
	return resp.headers().Values(key)
}

// Headers returns the headers as a map, which may be changed. It allocates the map; SetHeader and
// the other methods do not.
func (resp *Response) Headers() http.Header {
	h := resp.ownHeaders().Map()
	if resp.common > other {
		h[contentTypeKey] = []string{types[resp.common][0]}
	}
	resp.common = none
	return h
}

// SetHeader sets a header, replacing all its values. An invalid name or value, such as one with a
// line break, is an error of Send.
func (resp *Response) SetHeader(name, value string) {
	key := header.Canonical(name)
	if key == contentTypeKey {
		resp.SetContentType(value)
	} else {
		resp.ownHeaders().Put(key, value)
	}
}

// AddHeader adds a value to a header. Content-Type has only one value, so AddHeader sets it.
func (resp *Response) AddHeader(name, value string) {
	key := header.Canonical(name)
	if key == contentTypeKey {
		resp.SetContentType(value)
	} else {
		resp.ownHeaders().Add(key, value)
	}
}

// DelHeader removes a header with all its values.
func (resp *Response) DelHeader(name string) {
	key := header.Canonical(name)
	if key == contentTypeKey {
		resp.common = none
	}
	resp.headers().Del(key)
}

// ContentType returns the Content-Type with its parameters; "" without one.
func (resp *Response) ContentType() string {
	if resp.common == other || resp.extras != nil && resp.extras.headers.IsMap() {
		return resp.extras.headers.Get(contentTypeKey)
	}
	return types[resp.common][0]
}

// SetContentType sets the Content-Type, with its parameters.
func (resp *Response) SetContentType(mediaType string) {
	if resp.extras != nil && resp.extras.headers.IsMap() {
		resp.extras.headers.Put(contentTypeKey, mediaType)
		return
	}
	if resp.common == other {
		resp.extras.headers.Del(contentTypeKey)
	}
	resp.common = none
	for t := Text; t <= Binary; t++ {
		if types[t][0] == mediaType {
			resp.common = t
			return
		}
	}
	if mediaType != "" {
		resp.ownHeaders().Put(contentTypeKey, mediaType)
		resp.common = other
	}
}

// AddVary adds the names of request headers to Vary, unless it contains them.
func (resp *Response) AddVary(names ...string) {
	first := resp.Header("Vary")
	switch with := header.WithVary(first, names); {
	case with == first: // with one line, this avoids a list
	case resp.extras == nil: // nearly always: it has no other headers
		resp.SetHeader("Vary", with)
	default:
		resp.SetHeader("Vary", header.WithVary(strings.Join(resp.headers().Values("Vary"), ", "), names))
	}
}

// SetLifetime lets caches keep the response for d: it sets Cache-Control to control, and Expires.
// If the status is 400 or more when the response is sent, both are left out: an error is not worth
// keeping.
func (resp *Response) SetLifetime(control string, d time.Duration) {
	resp.SetHeader("Cache-Control", control)
	resp.SetHeader("Expires", time.Now().Add(d).UTC().Format(http.TimeFormat))
	resp.more().lifetime = control
}

// KeepPrivate forbids shared caches to keep the response.
func (resp *Response) KeepPrivate() {
	control := header.Private(resp.HeaderValues("Cache-Control"))
	x := resp.more()
	x.private = true
	if x.lifetime != "" && x.lifetime == resp.Header("Cache-Control") {
		x.lifetime = control
	}
	resp.SetHeader("Cache-Control", control)
	for _, name := range header.TargetedCacheControl {
		resp.DelHeader(name)
	}
}

// SetCookie adds a cookie, in place of one with the same name, domain and path. A cookie that
// [http.Cookie.Valid] refuses is an error of Send.
func (resp *Response) SetCookie(c *http.Cookie) {
	if c == nil {
		resp.Fail(errors.New("set cookie: the cookie is nil"))
		return
	}
	if err := c.Valid(); err != nil { // String would drop what is invalid, or send what browsers refuse
		resp.Fail(fmt.Errorf("set cookie %q: %w", c.Name, err))
		return
	}
	lines := header.WithCookie(resp.headers().Values("Set-Cookie"), c)
	resp.DelHeader("Set-Cookie")
	for _, line := range lines {
		resp.AddHeader("Set-Cookie", line)
	}
}

// headers returns the headers other than a common Content-Type, for reading; nil if there are none.
func (resp *Response) headers() *header.Set {
	if resp.errorHeaders {
		return resp.ownHeaders()
	}
	if resp.extras == nil {
		return nil
	}
	return &resp.extras.headers
}

// ownHeaders returns the headers other than a common Content-Type.
func (resp *Response) ownHeaders() *header.Set {
	h := &resp.more().headers
	if resp.errorHeaders {
		resp.errorHeaders = false
		for _, f := range errorFields {
			h.Add(f.Key, f.Value[0])
		}
	}
	return h
}
