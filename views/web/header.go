package web

import (
	"fmt"
	"net/http"
	"strings"
)

// Most responses have few headers. They are kept as pairs, since a map of
// slices costs more than everything else about a small answer together, and
// become an http.Header when somebody asks for one. The Content-Type has a
// field of its own.

const inlinePairs = 2

type pair struct{ key, value string } // key is canonical

const contentTypeKey = "Content-Type"

// Header returns the first value of a header; "" without one.
func (resp *Response) Header(name string) string {
	key := http.CanonicalHeaderKey(name)
	if key == contentTypeKey {
		return resp.ContentType()
	}
	if h := resp.asked(); h != nil {
		return h.Get(key)
	}
	for i := range resp.pairCount() {
		if p := resp.pair(i); p.key == key {
			return p.value
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
	h := make(http.Header, resp.pairCount()+1)
	for i := range resp.pairCount() {
		p := resp.pair(i)
		h[p.key] = append(h[p.key], p.value)
	}
	if resp.contentType != "" {
		h[contentTypeKey] = []string{resp.contentType}
	}
	resp.pairs, resp.used, resp.contentType = [inlinePairs]pair{}, 0, ""
	rare := resp.beyond()
	rare.pairs, rare.header = nil, h
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
	for i := range resp.pairCount() {
		if p := resp.pair(i); p.key == key {
			p.value = value
			resp.deleteFrom(i+1, key)
			return
		}
	}
	resp.push(pair{key, value})
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
		resp.push(pair{key, value})
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
		resp.contentType = ""
		return
	}
	resp.deleteFrom(0, key)
}

// ContentType returns the Content-Type with its parameters; "" without one.
func (resp *Response) ContentType() string {
	if h := resp.asked(); h != nil {
		return h.Get(contentTypeKey)
	}
	return resp.contentType
}

// SetContentType sets the Content-Type, with its parameters.
func (resp *Response) SetContentType(mediaType string) {
	if h := resp.asked(); h != nil {
		h[contentTypeKey] = []string{mediaType}
		return
	}
	resp.contentType = mediaType
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
	for i := range resp.pairCount() {
		if p := resp.pair(i); p.key == key {
			all = append(all, p.value)
		}
	}
	return all
}

func (resp *Response) pairCount() int {
	if resp.rare == nil {
		return int(resp.used)
	}
	return int(resp.used) + len(resp.rare.pairs)
}

func (resp *Response) pair(i int) *pair {
	if i < inlinePairs {
		return &resp.pairs[i]
	}
	return &resp.rare.pairs[i-inlinePairs]
}

func (resp *Response) push(p pair) {
	if resp.used < inlinePairs {
		resp.pairs[resp.used] = p
		resp.used++
		return
	}
	rare := resp.beyond()
	rare.pairs = append(rare.pairs, p)
}

// deleteFrom removes the pairs of key at from and beyond, keeping the order.
func (resp *Response) deleteFrom(from int, key string) {
	n, kept := resp.pairCount(), from
	for i := from; i < n; i++ {
		if p := *resp.pair(i); p.key != key {
			*resp.pair(kept) = p
			kept++
		}
	}
	for i := kept; i < n; i++ {
		*resp.pair(i) = pair{}
	}
	resp.used = uint8(min(kept, inlinePairs))
	if resp.rare != nil {
		resp.rare.pairs = resp.rare.pairs[:max(0, kept-inlinePairs)]
	}
}
