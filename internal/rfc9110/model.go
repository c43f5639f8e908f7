package rfc9110

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Resource is what a URL serves.
type Resource struct {
	Body         string
	Type         string
	ETag         string    // of the plain bytes; "" for none
	Modified     time.Time // the zero time for none
	CacheControl string

	// Unconditional resources ignore preconditions and ranges, as views do that only set headers.
	Unconditional bool
	// Codings are those that the server may use, the preferred one first; nil without compression.
	// A strong tag of a coded body is the plain one with "-gzip" before its last quote.
	Codings []string
	// Coded means that the body may be compressed: it is long enough, of the right type, and
	// nothing forbids it.
	Coded bool
	// Smallest means that the server sends the first of Codings that the client accepts, whatever
	// their weights, unless a weight is 0: of compressed files, the smallest.
	Smallest bool
	// Lenient is for http.ServeContent behind the framework: it responds with 416 to a unit of
	// ranges that it does not know, reads some invalid ranges, and of several suffixes sends the
	// longest.
	Lenient bool
}

// Request is a method and headers.
type Request struct {
	Method string
	Header http.Header
}

func (q Request) String() string {
	var b strings.Builder
	b.WriteString(q.Method)
	for _, name := range headerNames {
		for _, value := range q.Header[name] {
			fmt.Fprintf(&b, "\n\t%s: %s", name, value)
		}
	}
	return b.String()
}

// Response is what a server responds.
type Response struct {
	Status int
	Header http.Header
	Body   []byte // as it was sent
	Plain  string // the body without its Content-Encoding
}

// Check returns an error that names everything that is wrong with a response to q.
func (o Resource) Check(q Request, a Response) error {
	c := &check{Resource: o, q: q, a: a, accept: readAccept(q.Header["Accept-Encoding"])}
	c.run()
	return errors.Join(c.errs...)
}

// check is one response under judgement.
type check struct {
	Resource
	q      Request
	a      Response
	accept accept
	errs   []error
}

func (c *check) fail(format string, args ...any) {
	c.errs = append(c.errs, fmt.Errorf(format, args...))
}

func (c *check) get(name string) string { return c.a.Header.Get(name) }

func (c *check) run() {
	if length := c.get("Content-Length"); length != "" && c.q.Method == "GET" && c.a.Status != 304 && length != strconv.Itoa(len(c.a.Body)) {
		c.fail("Content-Length %s of %d bytes (8.6)", length, len(c.a.Body))
	}
	if c.Unconditional {
		c.whole()
		return
	}
	switch c.preconditions() {
	case 412:
		c.status(412)
		return
	case 304:
		c.notModified()
		return
	}
	if c.q.Method != "GET" || len(c.q.Header["Range"]) == 0 || !c.ifRange() { // 14.2, 13.1.5
		c.whole()
		return
	}
	c.ranges(c.q.Header.Get("Range"))
}

func (c *check) status(allowed ...int) bool {
	if !slices.Contains(allowed, c.a.Status) {
		c.fail("status %d, want %v", c.a.Status, allowed)
		return false
	}
	return true
}

// vary checks that a response which a cache may keep says what it depends on (12.5.5, 15.3.7,
// 15.4.5).
func (c *check) vary() {
	named := false
	for _, line := range c.a.Header["Vary"] {
		for name := range strings.SplitSeq(line, ",") {
			named = named || strings.EqualFold(strings.TrimSpace(name), "Accept-Encoding")
		}
	}
	if c.Coded && !named {
		c.fail("status %d: Vary %q does not name Accept-Encoding", c.a.Status, c.a.Header["Vary"])
	}
	if !c.Coded && named && c.a.Status == 200 {
		c.fail("Vary names Accept-Encoding although nothing depends on it")
	}
}

// validators checks the validators and the lifetime of a 200, 206 or 304.
func (c *check) validators(tags ...string) {
	if got := c.get("Etag"); !slices.Contains(tags, got) {
		c.fail("status %d: Etag %s, want %v", c.a.Status, got, tags)
	}
	modified := ""
	if !c.Modified.IsZero() {
		modified = c.Modified.UTC().Format(http.TimeFormat)
	}
	if got := c.get("Last-Modified"); got != modified && !(c.a.Status != 200 && got == "" && c.ETag != "") {
		c.fail("status %d: Last-Modified %q, want %q", c.a.Status, got, modified)
	}
	if got := c.get("Cache-Control"); got != c.CacheControl {
		c.fail("status %d: Cache-Control %q, want %q", c.a.Status, got, c.CacheControl)
	}
}

// whole checks that the response is a 200 with the whole body.
func (c *check) whole() {
	if !c.status(200) {
		return
	}
	c.vary()
	coding := c.coding()
	if len(c.q.Header["Range"]) > 0 && c.q.Method == "GET" && c.get("Content-Encoding") == "" {
		coding = "" // the server may treat all ranges alike
	}
	if got := c.get("Content-Encoding"); got != coding {
		c.fail("Content-Encoding %q, want %q (12.5.3)", got, coding)
		return
	}
	c.validators(codedTag(c.ETag, coding))
	if got := c.get("Content-Type"); got != c.Type {
		c.fail("Content-Type %q, want %q", got, c.Type)
	}
	if c.get("Content-Range") != "" {
		c.fail("Content-Range in a 200 (14.4)")
	}
	switch {
	case coding != "" && c.get("Accept-Ranges") != "":
		c.fail("Accept-Ranges although ranges count the plain bytes")
	case c.q.Method == "GET" && c.a.Plain != c.Body:
		c.fail("another body: %q", c.a.Plain)
	case c.q.Method == "HEAD" && coding == "" && c.get("Content-Length") != "" && c.get("Content-Length") != strconv.Itoa(len(c.Body)):
		c.fail("HEAD has Content-Length %s, GET %d (9.3.2)", c.get("Content-Length"), len(c.Body))
	}
}

// coding returns the coding that the client prefers (12.5.3). Between equals the server decides.
func (c *check) coding() string {
	if !c.Coded {
		return ""
	}
	best, most := "", 0.0
	for _, coding := range c.Codings {
		if c.Smallest && c.accept.weight(coding) > 0 {
			return coding
		}
		if q := c.accept.weight(coding); q > most {
			best, most = coding, q
		}
	}
	if identity, named := c.accept.named("identity"); named && identity > most {
		return ""
	}
	return best
}

// notModified checks that the response is a 304 (15.4.5, RFC 9111 4.3.4). Its tag must name a
// representation that the client listed and accepts, since caches serve it from then on.
func (c *check) notModified() {
	if !c.status(304) {
		return
	}
	c.vary()
	if len(c.a.Body) > 0 {
		c.fail("304 has a body")
	}
	c.validators(c.matchingTags()...)
}

// matchingTags returns the tags that a 304 may have.
func (c *check) matchingTags() []string {
	listed := readTags(c.q.Header["If-None-Match"])
	if len(c.q.Header["If-None-Match"]) == 0 || listed.any {
		all := []string{c.ETag}
		for _, coding := range c.Codings {
			if c.Coded && coding == c.coding() {
				all = append(all, codedTag(c.ETag, coding))
			}
		}
		return all
	}
	var tags []string
	for _, tag := range c.acceptableTags() {
		if listed.has(tag, weakly) {
			tags = append(tags, tag)
		}
	}
	return tags
}

// acceptableTags returns the tags of the representations that the request may be served.
func (c *check) acceptableTags() []string {
	tags := []string{c.ETag}
	for _, coding := range c.Codings {
		if c.accept.weight(coding) > 0 {
			tags = append(tags, codedTag(c.ETag, coding))
		}
	}
	return tags
}

// codedTag returns the tag of the body in a coding. A weak tag stays as it is: it promises no equal
// bytes (8.8.1).
func codedTag(tag, coding string) string {
	if coding == "" || !strings.HasPrefix(tag, `"`) {
		return tag
	}
	return strings.TrimSuffix(tag, `"`) + "-" + coding + `"`
}
