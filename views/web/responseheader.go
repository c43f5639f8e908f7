package web

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/mastaba-go/mastaba/views/web/internal/header"
)

// errorHeaders are the headers that Response.errorHeaders stands for.
var errorHeaders = header.Fields{{Key: "Vary", Value: [1]string{"Accept"}}, {Key: nosniffKey, Value: [1]string{"nosniff"}}}

const contentTypeKey = "Content-Type"

// commonType is a Content-Type that many responses have. It is kept apart from the other headers.
type commonType uint8

const (
	noType    commonType = iota // none, or in the map of headers
	otherType                   // in the list of headers
	commonText
	commonHTML
	commonJSON
	commonProblem
	commonBinary
)

// commonTypes are shared by all responses that have them. The slices are full, so that appending
// copies them.
var commonTypes = [...][]string{
	noType: {""}, otherType: nil, commonText: {typeText}, commonHTML: {typeHTML}, commonJSON: {typeJSON}, commonProblem: {typeProblem}, commonBinary: {typeBinary},
}

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
	if key == contentTypeKey && resp.common > otherType {
		return []string{resp.ContentType()}
	}
	return resp.headers().Values(key)
}

// Headers returns the headers as a map, which may be changed. It allocates the map; SetHeader and
// the other methods do not.
func (resp *Response) Headers() http.Header {
	h := resp.ownHeaders().Map()
	if resp.common > otherType {
		h[contentTypeKey] = []string{commonTypes[resp.common][0]}
	}
	resp.common = noType
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
		resp.common = noType
	}
	resp.headers().Del(key)
}

// ContentType returns the Content-Type with its parameters; "" without one.
func (resp *Response) ContentType() string {
	if resp.common == otherType || resp.extras != nil && resp.extras.headers.IsMap() {
		return resp.extras.headers.Get(contentTypeKey)
	}
	return commonTypes[resp.common][0]
}

// SetContentType sets the Content-Type, with its parameters.
func (resp *Response) SetContentType(mediaType string) {
	if resp.extras != nil && resp.extras.headers.IsMap() {
		resp.extras.headers.Put(contentTypeKey, mediaType)
		return
	}
	if resp.common == otherType {
		resp.extras.headers.Del(contentTypeKey)
	}
	resp.common = noType
	for t := commonText; t <= commonBinary; t++ {
		if commonTypes[t][0] == mediaType {
			resp.common = t
			return
		}
	}
	if mediaType != "" {
		resp.ownHeaders().Put(contentTypeKey, mediaType)
		resp.common = otherType
	}
}

// AddVary adds the names of request headers to Vary, unless it contains them.
func (resp *Response) AddVary(names ...string) {
	if first := resp.Header("Vary"); header.WithVary(first, names) != first { // with one line, this avoids a list
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
		for _, f := range errorHeaders {
			h.Add(f.Key, f.Value[0])
		}
	}
	return h
}
