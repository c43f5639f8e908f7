package tweens

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// CompressOptions are the choices of Compress. The zero value is good for most.
type CompressOptions struct {
	// MinSize is the length from which a body is worth it, where the length is known. 0 means 1024 bytes, less: any.
	MinSize int
	// Types are the content types to compress: "application/json", "text/*", "+json". Nil: the usual ones of text, data and
	// uncompressed fonts and images. Streams of events (text/event-stream) are only compressed if they are named.
	Types []string
	// DisableZstd leaves gzip alone.
	DisableZstd bool
	// Skip keeps requests out.
	Skip func(r *web.Request) bool
}

// Compress compresses the bodies of responses by zstd or gzip, whichever the client likes better.
//
//   - Left alone are bodies that are short, encoded already, parts (Range), of a type that does not get smaller, or marked
//     no-transform; and all that gets no smaller.
//   - Bytes are compressed at once and keep a length. Readers and streams are compressed as they are sent; a Flush comes
//     through, so that a page may be sent piece by piece. What an http.Handler writes is treated the same once it shows what
//     it is.
//   - Vary names Accept-Encoding wherever it decides. A strong ETag gets a suffix ("v1-gzip"), for the bytes are others; when
//     it comes back in If-None-Match or If-Match the application finds the tag that it made beside it.
//   - HEAD is answered with the headers of GET, but for the length.
//
// Place it outside of ExcView, so that pages of errors are compressed too, and inside of AccessLog and Observe, which then
// count what was sent. A secret in a page that also repeats what the client sent can be guessed from the compressed length
// (BREACH): keep such pages out by Skip, or by no-transform in their Cache-Control.
func Compress(o CompressOptions) Factory {
	return New(func(next web.Handler, _ *registry.Registry) (web.Handler, error) {
		c, err := newCompression(o)
		if err != nil {
			return nil, err
		}
		return func(r *web.Request) (*web.Response, error) {
			if o.Skip != nil && o.Skip(r) {
				return next(r)
			}
			has := c.understand(r)
			resp, err := next(r)
			if err == nil && resp != nil {
				c.apply(r, resp, has)
			}
			return resp, err
		}, nil
	}).Named(callText("Compress", o))
}

// compression is what Compress makes of the options.
type compression struct {
	minSize int64
	types   []string
	codings []string
	pools   map[string]*sync.Pool // of encoders, by coding
}

// encoder is what the writers of both codings have in common.
type encoder interface {
	io.WriteCloser
	Flush() error
	Reset(w io.Writer)
}

var (
	_ encoder = (*gzip.Writer)(nil)
	_ encoder = (*zstd.Encoder)(nil)
)

func newCompression(o CompressOptions) (*compression, error) {
	c := &compression{minSize: 1024, types: compressible, codings: codings[:]}
	if o.MinSize != 0 {
		c.minSize = int64(max(o.MinSize, 1))
	}
	if o.DisableZstd {
		c.codings = codings[1:]
	}
	if o.Types != nil {
		c.types = o.Types
	}
	for _, t := range c.types {
		if t != strings.ToLower(t) || !strings.HasPrefix(t, "+") && strings.Count(t, "/") != 1 {
			return nil, fmt.Errorf(`compress: type %q: write "application/json", "text/*" or "+json", in lower case`, t)
		}
	}
	c.pools = map[string]*sync.Pool{
		"gzip": {New: func() any { return gzip.NewWriter(io.Discard) }},
		"zstd": {New: func() any {
			// One goroutine is enough for a response; browsers take windows of up to 8 MiB, and each encoder in use holds one.
			e, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(256<<10),
				zstd.WithLowerEncoderMem(true), zstd.WithZeroFrames(true))
			if err != nil { // no option is out of bounds
				panic(err)
			}
			return e
		}},
	}
	return c, nil
}

// borrow is an encoder that writes to w; it is given back when its response is done, for better or worse.
func (c *compression) borrow(coding string, w io.Writer) encoder {
	e := c.pools[coding].Get().(encoder)
	e.Reset(w)
	return e
}

func (c *compression) giveBack(coding string, e encoder) {
	e.Reset(io.Discard)
	c.pools[coding].Put(e)
}

// understand makes the tags known that the client has of compressed bodies. It returns what If-None-Match was, if so.
func (c *compression) understand(r *web.Request) (has []string) {
	for _, name := range [...]string{"If-Match", "If-None-Match"} {
		list := r.Header[name]
		if len(list) == 0 {
			continue
		}
		if all := unsuffixed(list); all != nil {
			r.Header[name] = all
			if name == "If-None-Match" {
				has = list
			}
		}
	}
	return has
}

// headers are those of a web.Response or an http.Header.
type headers interface {
	get(name string) string
	set(name, value string)
	del(name string)
	vary()
}

// candidate reports whether a response with this status and these headers might be compressed for some client.
func (c *compression) candidate(status int, h headers) bool {
	switch {
	case status < 200, status == http.StatusNoContent, status == http.StatusResetContent, status == http.StatusPartialContent,
		status == http.StatusNotModified:
		return false
	case h.get("Content-Encoding") != "", h.get("Content-Range") != "", strings.Contains(h.get("Cache-Control"), "no-transform"):
		return false
	}
	return typeMatches(h.get("Content-Type"), c.types)
}

// coding decides for a candidate, and says in Vary that it was decided.
func (c *compression) coding(r *web.Request, h headers) string {
	h.vary()
	if len(r.Header["Range"]) > 0 { // a range is one of the plain bytes
		return ""
	}
	return chooseCoding(r.Header["Accept-Encoding"], c.codings)
}

// mark makes the headers those of a compressed body.
func mark(h headers, coding string) {
	h.set("Content-Encoding", coding)
	h.del("Content-Length")
	h.del("Accept-Ranges")
	if tag := h.get("Etag"); tag != "" {
		h.set("Etag", suffixed(tag, coding))
	}
}

// apply compresses one response, or sees to it that it will be.
func (c *compression) apply(r *web.Request, resp *web.Response, has []string) {
	h := valueHeaders{resp}
	size := resp.Size()
	if resp.Status() == http.StatusNotModified {
		unchanged(h, has)
		return
	}
	if resp.Pending() && size < 0 {
		if handler, ok := c.takeHandler(resp); ok {
			resp.SetHandler(&compressedHandler{c, r, handler, has})
			return
		}
	}
	if size >= 0 && size < c.minSize || !c.candidate(resp.Status(), h) {
		return
	}
	coding := c.coding(r, h)
	if coding == "" {
		return
	}
	if !resp.Pending() {
		c.compressBytes(r, resp, coding)
		return
	}
	mark(h, coding)
	switch body := resp.TakeBody().(type) {
	case io.Reader:
		resp.SetReader(&compressedReader{c: c, coding: coding, source: body}, -1)
	case func(web.StreamWriter) error:
		resp.SetStream(func(w web.StreamWriter) error { return c.stream(w, coding, body) })
	}
}

// takeHandler takes the handler out of a response that has one.
func (c *compression) takeHandler(resp *web.Response) (http.Handler, bool) {
	switch body := resp.TakeBody().(type) {
	case http.HandlerFunc:
		return body, true
	case io.Reader:
		resp.SetReader(body, -1)
	case func(web.StreamWriter) error:
		resp.SetStream(body)
	}
	return nil, false
}

// unchanged makes the headers of a 304 those that the 200 had.
func unchanged(h headers, has []string) {
	h.vary()
	if tag := h.get("Etag"); tag != "" && has != nil {
		h.set("Etag", tagOf304(tag, has))
	}
}

// compressBytes compresses a body that is at hand, if it gets smaller.
func (c *compression) compressBytes(r *web.Request, resp *web.Response, coding string) {
	if r.Method == http.MethodHead {
		resp.TakeBody() // for its length is not that of the answer to GET
		mark(valueHeaders{resp}, coding)
		return
	}
	body, _ := resp.TakeBody().([]byte)
	if out, ok := c.encode(body, coding); ok {
		resp.SetBytes(out)
		mark(valueHeaders{resp}, coding)
	} else {
		resp.SetBytes(bytes.Clone(body)) // it may be the memory of a string, which nobody must write to
	}
}

// encode is a body in a coding, if that is smaller.
func (c *compression) encode(body []byte, coding string) ([]byte, bool) {
	var out bytes.Buffer
	out.Grow(len(body)/3 + 64)
	e := c.borrow(coding, &out)
	defer c.giveBack(coding, e)
	if _, err := e.Write(body); err != nil {
		return nil, false
	}
	if err := e.Close(); err != nil {
		return nil, false
	}
	return out.Bytes(), out.Len() < len(body)
}

// valueHeaders are the headers of a response that was not sent yet.
type valueHeaders struct{ resp *web.Response }

var _ headers = valueHeaders{}

func (h valueHeaders) get(name string) string { return h.resp.Header(name) }
func (h valueHeaders) set(name, value string) { h.resp.SetHeader(name, value) }
func (h valueHeaders) del(name string)        { h.resp.DelHeader(name) }
func (h valueHeaders) vary()                  { h.resp.AddVary("Accept-Encoding") }
