package web

import (
	"net/http"
	"time"
)

// Header returns the first value of a header; "" without one.
func (resp *Response) Header(name string) string { return resp.reply.Header(name) }

// HeaderValues returns a copy of all values of a header, one for each line.
func (resp *Response) HeaderValues(name string) []string { return resp.reply.HeaderValues(name) }

// Headers returns the headers as a map, which may be changed. It allocates the map; SetHeader and
// the other methods do not.
func (resp *Response) Headers() http.Header { return resp.reply.Headers() }

// SetHeader sets a header, replacing all its values. An invalid name or value, such as one with a
// line break, is an error of Send.
func (resp *Response) SetHeader(name, value string) { resp.reply.SetHeader(name, value) }

// AddHeader adds a value to a header. Content-Type has only one value, so AddHeader sets it.
func (resp *Response) AddHeader(name, value string) { resp.reply.AddHeader(name, value) }

// DelHeader removes a header with all its values.
func (resp *Response) DelHeader(name string) { resp.reply.DelHeader(name) }

// ContentType returns the Content-Type with its parameters; "" without one.
func (resp *Response) ContentType() string { return resp.reply.ContentType() }

// SetContentType sets the Content-Type, with its parameters.
func (resp *Response) SetContentType(mediaType string) { resp.reply.SetContentType(mediaType) }

// AddVary adds the names of request headers to Vary, unless it contains them.
func (resp *Response) AddVary(names ...string) { resp.reply.AddVary(names...) }

// SetLifetime lets caches keep the response for d: it sets Cache-Control to control, and Expires.
// If the status is 400 or more when the response is sent, both are left out: an error is not worth
// keeping.
func (resp *Response) SetLifetime(control string, d time.Duration) {
	resp.reply.SetLifetime(control, d)
}

// KeepPrivate forbids shared caches to keep the response, whatever Cache-Control says now or when an
// http.Handler of the response sends it. It is for what concerns one client alone, such as the
// cookie of a session.
func (resp *Response) KeepPrivate() { resp.reply.KeepPrivate() }

// SetCookie adds a cookie, in place of one with the same name, domain and path. A cookie that
// [http.Cookie.Valid] refuses is an error of Send.
func (resp *Response) SetCookie(c *http.Cookie) { resp.reply.SetCookie(c) }
