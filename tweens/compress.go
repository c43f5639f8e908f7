package tweens

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// CompressOptions are the options of Compress. The zero value suits most applications.
type CompressOptions struct {
	// MinSize is the shortest body to compress, where the length is known. 0 means 1024 bytes, a
	// negative number any length.
	MinSize int
	// Types are the content types to compress: "application/json", "text/*", "+json". Nil means the
	// common types of text and data, and of fonts and images that are not compressed. Event streams
	// (text/event-stream) are only compressed if they are named.
	Types []string
	// DisableZstd leaves only gzip.
	DisableZstd bool
	// Skip excludes requests from compression.
	Skip func(r *web.Request) bool
}

// Compress compresses the bodies of responses with zstd or gzip, whichever the client prefers.
//
//   - It leaves alone bodies that are short, encoded already, parts (Range), of a type that does
//     not become smaller, or marked no-transform; and those that turn out no smaller.
//   - A body of bytes is compressed at once, and its length is known. Readers and streams are
//     compressed as they are sent, and a Flush passes through, so that a page may be sent piece by
//     piece. What an http.Handler writes is treated likewise, once its headers or its length
//     decide.
//   - Of equally preferred codings it takes zstd. A client that refuses the plain bytes
//     (identity;q=0, or *;q=0) gets them anyway if it accepts none of these codings, or where a
//     body is left alone: RFC 9110 12.4.1 leaves the choice between that and a 406, which helps no
//     client. Of an Accept-Encoding the first 100 elements count.
//   - Vary names Accept-Encoding wherever it decides. A strong ETag gets a suffix ("v1-gzip"),
//     because the bytes differ; when a client sends it back in If-None-Match or If-Match, the
//     application sees its own tag as well; in If-None-Match only for codings that the request
//     accepts, since a cache would serve the others too. Digests of the plain bytes
//     (Content-Digest, Repr-Digest, Digest, Content-MD5) are removed.
//   - A response to HEAD has the headers of GET, except for the length.
//
// Place it outside ExcView, so that error pages are compressed too, and inside AccessLog and
// Observe, which then count what was sent. If a page has a secret and also repeats what the client
// sent, the compressed length reveals the secret (BREACH): exclude such pages with Skip, or with
// no-transform in their Cache-Control.
func Compress(o CompressOptions) Factory {
	return New(func(next web.Handler, _ *registry.Registry) (web.Handler, error) {
		c := newCompression(o)
		return func(r *web.Request) (*web.Response, error) {
			if o.Skip != nil && o.Skip(r) {
				return next(r)
			}
			d := decision{compression: c, acceptEncoding: r.Header["Accept-Encoding"]}
			d.addPlainTags(r)
			resp, err := next(r)
			if err == nil && resp != nil {
				d.apply(r, resp)
			}
			return resp, err
		}, nil
	}).Named(callText("Compress", o)).WithErr(o.check())
}

// compression holds the options in the form that requests need.
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

// check returns what is wrong with the options.
func (o CompressOptions) check() error {
	var errs []error
	for _, t := range o.Types {
		if t != strings.ToLower(t) || !strings.HasPrefix(t, "+") && strings.Count(t, "/") != 1 {
			errs = append(errs, fmt.Errorf(`compress: invalid type %q: want something like "application/json", "text/*" or "+json", in lower case`, t))
		}
	}
	return errors.Join(errs...)
}

func newCompression(o CompressOptions) *compression {
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
	c.pools = map[string]*sync.Pool{
		"gzip": {New: func() any { return &lent{encoder: gzip.NewWriter(io.Discard)} }},
		"zstd": {New: func() any {
			// One goroutine suffices for a response. Browsers accept windows of up to 8 MiB, but
			// each encoder in use holds one in memory.
			e, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(256<<10),
				zstd.WithLowerEncoderMem(true), zstd.WithZeroFrames(true))
			if err != nil { // no option is out of range
				panic(err)
			}
			return &lent{encoder: e}
		}},
	}
	return c
}

// lent is an encoder of a pool.
type lent struct {
	encoder
	to target
}

// target is what an encoder writes to.
type target struct {
	w      io.Writer
	failed bool // or panicked
}

func (t *target) Write(p []byte) (int, error) {
	before := t.failed
	t.failed = true
	n, err := t.w.Write(p)
	t.failed = before || err != nil
	return n, err
}

// acquire returns an encoder that writes to w. It must be released when its response is done,
// whatever happens.
func (c *compression) acquire(coding string, w io.Writer) *lent {
	e := c.pools[coding].Get().(*lent)
	e.to = target{w: w}
	e.Reset(&e.to)
	return e
}

// release puts an encoder back, unless a write has failed: HTTP/2 may still read from the memory of
// such a write after it has returned, and must not find another response there.
func (c *compression) release(coding string, e *lent) {
	if e.to.failed {
		return
	}
	e.to = target{w: io.Discard}
	e.Reset(&e.to)
	c.pools[coding].Put(e)
}

// decision is what Compress knows about one request.
type decision struct {
	*compression
	acceptEncoding []string
	accepted       accepted // acceptEncoding, once read is set
	read           bool
	has            []string // the original If-None-Match, if that had coded tags
}

// accepts reads the Accept-Encoding when it is first needed.
func (d *decision) accepts() *accepted {
	if !d.read {
		d.accepted, d.read = readAccepted(d.acceptEncoding, d.codings), true
	}
	return &d.accepted
}

// addPlainTags adds the application's own entity tags to the coded ones that the client has. In
// If-None-Match it leaves out those of codings that this request does not accept: a 304 would let a
// shared cache serve them. If-Match asks only whether the resource has changed, whatever the
// coding.
func (d *decision) addPlainTags(r *web.Request) {
	if list := r.Header["If-Match"]; len(list) > 0 {
		if all := withPlainTags(list, func(coding int) bool { return slices.Contains(d.codings, codings[coding]) }); all != nil {
			r.Header["If-Match"] = all
		}
	}
	if list := r.Header["If-None-Match"]; len(list) > 0 {
		if all := withPlainTags(list, func(coding int) bool { return d.accepts().weights[coding] > 0 }); all != nil {
			r.Header["If-None-Match"] = all
			d.has = list
		}
	}
}

// eligible reports whether a response with this status and these headers may be compressed for some
// client.
func (c *compression) eligible(status int, h headers) bool {
	switch {
	case status < 200, status == http.StatusNoContent, status == http.StatusResetContent, status == http.StatusPartialContent,
		status == http.StatusNotModified:
		return false
	case h.get("Content-Encoding") != "", h.get("Content-Range") != "", forbidsTransform(h):
		return false
	}
	return typeMatches(h.get("Content-Type"), c.types)
}

// choose returns the coding for an eligible response, or "", and sets Vary.
func (d *decision) choose(r *web.Request, h headers) string {
	h.vary()
	if len(r.Header["Range"]) > 0 && r.Method == http.MethodGet { // a range counts the plain bytes; only GET has ranges
		return ""
	}
	return d.accepts().coding
}

// varyPart sets Vary on a 206 or 416 if Compress may decide about the 200, which must have the same
// Vary (RFC 9110 15.3.7). The type of the 200 is unknown for several parts and for a 416.
func (c *compression) varyPart(status int, h headers) {
	switch status {
	case http.StatusPartialContent:
		contentType := h.get("Content-Type")
		if !typeMatches(contentType, c.types) && !typeMatches(contentType, []string{"multipart/byteranges"}) {
			return
		}
	case http.StatusRequestedRangeNotSatisfiable:
	default:
		return
	}
	if _, total, ok := strings.Cut(h.get("Content-Range"), "/"); ok {
		if size, err := strconv.ParseInt(total, 10, 64); err == nil && size < c.minSize {
			return
		}
	}
	if h.get("Content-Encoding") == "" && !forbidsTransform(h) {
		h.vary()
	}
}

// apply compresses a response, or arranges for it to be compressed as it is sent.
func (d *decision) apply(r *web.Request, resp *web.Response) {
	h := responseHeaders{resp}
	size := sizeForGet(r, resp)
	if resp.Status() == http.StatusNotModified {
		d.setNotModified(h)
		return
	}
	if resp.Pending() && size < 0 {
		if handler, ok := takeHandler(resp); ok {
			resp.SetHandler(&compressedHandler{*d, r, handler})
			return
		}
	}
	d.varyPart(resp.Status(), h)
	if size >= 0 && size < d.minSize || !d.eligible(resp.Status(), h) {
		return
	}
	coding := d.choose(r, h)
	if coding == "" {
		return
	}
	if !resp.Pending() {
		d.compressBytes(r, resp, coding)
		return
	}
	declared := declaredSize(resp)
	setEncoding(h, coding)
	switch body := resp.TakeBody().(type) {
	case io.Reader:
		resp.SetReader(&compressedReader{c: d.compression, coding: coding, source: body, size: declared}, -1)
	case func(web.StreamWriter) error:
		resp.SetStream(func(w web.StreamWriter) error { return d.stream(w, coding, declared, body) })
	}
}

// declaredSize returns the length that a pending body must have; -1 if it may have any.
func declaredSize(resp *web.Response) int64 {
	if size := resp.Size(); size >= 0 {
		return size
	}
	if size, err := strconv.ParseInt(resp.Header("Content-Length"), 10, 64); err == nil {
		return max(size, -1)
	}
	return -1
}

// incomplete returns the error of a body that is shorter than declared.
func incomplete(got, size int64) error {
	if got >= size {
		return nil
	}
	return fmt.Errorf("compress: body ended after %d of %d bytes: %w", got, size, io.ErrUnexpectedEOF)
}

// sizeForGet returns the length of the body, -1 if it is unknown. For a response to HEAD without a
// body it is the length that the response declares for GET.
func sizeForGet(r *web.Request, resp *web.Response) int64 {
	size := resp.Size()
	if size != 0 || r.Method != http.MethodHead {
		return size
	}
	if declared, err := strconv.ParseInt(resp.Header("Content-Length"), 10, 64); err == nil {
		return declared
	}
	if body, _ := resp.Body(); body == nil {
		return -1
	}
	return size
}

// takeHandler takes the handler out of a response, if its body is one.
func takeHandler(resp *web.Response) (http.Handler, bool) {
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

// compressBytes compresses a body of bytes if that makes it smaller.
func (c *compression) compressBytes(r *web.Request, resp *web.Response, coding string) {
	body, _ := resp.TakeBody().([]byte)
	if r.Method == http.MethodHead && len(body) == 0 { // as left by middleware
		setEncoding(responseHeaders{resp}, coding)
		return
	}
	if out, ok := c.encode(body, coding); ok {
		if r.Method != http.MethodHead {
			resp.SetBytes(out)
		}
		setEncoding(responseHeaders{resp}, coding)
	} else {
		resp.SetBytes(bytes.Clone(body)) // it may be the memory of a string, which must not be written to
	}
}

// encode returns a body in a coding, if that is smaller.
func (c *compression) encode(body []byte, coding string) ([]byte, bool) {
	var out bytes.Buffer
	out.Grow(len(body)/3 + 64)
	e := c.acquire(coding, &out)
	defer c.release(coding, e)
	if _, err := e.Write(body); err != nil {
		return nil, false
	}
	if err := e.Close(); err != nil {
		return nil, false
	}
	return out.Bytes(), out.Len() < len(body)
}
