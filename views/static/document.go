package static

import (
	"bytes"
	"io"
	"net/http"
	"time"

	"github.com/mastaba-go/mastaba/views/web"
)

// content is an open file.
type content interface {
	io.ReadSeeker
	io.Closer
}

// inMemory is content that is bytes.
type inMemory struct{ *bytes.Reader }

func (inMemory) Close() error { return nil }

// representation is the bytes of a document as they are, or compressed.
type representation struct {
	coding string // "" for the bytes as they are
	etag   string // "" for none
	size   int64
	body   []byte // nil if it must be opened
	open   func() (content, error)
}

// document is what a URL serves: one or more representations of the same thing. It is immutable
// once it is made.
type document struct {
	contentType  string
	modified     time.Time // in whole seconds; zero if unknown
	lastModified string    // as a header
	disposition  string
	reps         []representation // the preferred one first
	vary         bool             // the choice depends on Accept-Encoding
}

// setModified sets the time of the last change. One in the future is not sent, for no response was
// made later than now (RFC 9110 8.8.2.1).
func (d *document) setModified(t time.Time) {
	if t.IsZero() || t.Unix() <= 0 || t.After(time.Now()) {
		return
	}
	d.modified = t.Truncate(time.Second)
	d.lastModified = d.modified.UTC().Format(http.TimeFormat)
}

// plain returns the representation without a coding, nil if there is none.
func (d *document) plain() *representation {
	for i := range d.reps {
		if d.reps[i].coding == "" {
			return &d.reps[i]
		}
	}
	return nil
}

// choose returns the representation to send: the first one that the client accepts. A client that
// sends no Accept-Encoding gets the bytes as they are. One that accepts none of them, although the
// bytes as they are exist, gets these (RFC 9110 12.4.1); nil if there is nothing for it.
func (d *document) choose(a *accepted) *representation {
	if a.given {
		for i := range d.reps {
			if a.admits(d.reps[i].coding) {
				return &d.reps[i]
			}
		}
	}
	return d.plain()
}

// respond responds to a request for the document: with the whole, parts of it, or 304. A
// precondition that fails is 412 and a range that cannot be satisfied is 416, as errors. control is
// the Cache-Control, "" for none.
//
// A range is one of the bytes as they are, whatever the client accepts: then a part that it has
// stays useful whatever is sent next.
func (d *document) respond(r *web.Request, control string) (*web.Response, error) {
	h := r.Header
	var a accepted
	if len(d.reps) > 1 || d.reps[0].coding != "" {
		a = readAccepted(h["Accept-Encoding"])
	}
	rep := d.choose(&a)
	if rep == nil {
		return nil, notFound().WithHeader("Vary", "Accept-Encoding") // another client gets the file
	}
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	if conditional(h) && reads {
		all, acceptable := d.tags(rep, &a)
		switch o, tag := evaluate(h, d.modified, all, acceptable); o {
		case failed:
			return nil, web.PreconditionFailed("The file has changed.")
		case notModified:
			resp := r.Empty(http.StatusNotModified)
			d.describe(resp, tag, control)
			return resp, nil
		}
	}
	if plain := d.plain(); plain != nil && len(h["Range"]) > 0 && r.Method == http.MethodGet && ifRange(h, plain.etag, d.modified) {
		spans, err := readRange(h["Range"][0], plain.size)
		if err != nil {
			return nil, err
		}
		if spans != nil {
			return d.partial(r, plain, control, spans)
		}
	}
	return d.whole(r, rep, control)
}

// conditional reports whether the request has preconditions.
func conditional(h http.Header) bool {
	return len(h["If-None-Match"]) > 0 || len(h["If-Modified-Since"]) > 0 || len(h["If-Match"]) > 0 || len(h["If-Unmodified-Since"]) > 0
}

// tags returns the tags of all representations, and of those that the client accepts, that of rep
// first.
func (d *document) tags(rep *representation, a *accepted) (all, acceptable tags) {
	all[0], acceptable[0] = rep.etag, rep.etag
	n, m := 1, 1
	for i := range d.reps {
		if other := &d.reps[i]; other.coding != rep.coding {
			all[n] = other.etag
			n++
			if other.coding == "" || a.admits(other.coding) {
				acceptable[m] = other.etag
				m++
			}
		}
	}
	return all, acceptable
}

// describe sets the headers that a 200, 206 and 304 have in common.
func (d *document) describe(resp *web.Response, etag, control string) {
	if etag != "" {
		resp.SetHeader("Etag", etag)
	}
	if d.lastModified != "" {
		resp.SetHeader("Last-Modified", d.lastModified)
	}
	if control != "" {
		resp.SetHeader("Cache-Control", control)
	}
	if d.vary {
		resp.AddVary("Accept-Encoding")
	}
}

func (d *document) whole(r *web.Request, rep *representation, control string) (*web.Response, error) {
	var resp *web.Response
	if rep.body != nil {
		resp = r.Bytes(d.contentType, rep.body)
	} else if file, err := rep.open(); err != nil {
		return nil, err
	} else if rep.size == 0 {
		_ = file.Close() // nothing was read
		resp = r.Bytes(d.contentType, []byte{})
	} else {
		resp = r.Empty(http.StatusOK)
		resp.SetContentType(d.contentType)
		resp.SetReader(file, rep.size)
	}
	if rep.size == 0 { // otherwise a response to HEAD looks like one of unknown length
		resp.SetHeader("Content-Length", "0")
	}
	d.describe(resp, rep.etag, control)
	if rep.coding != "" {
		resp.SetHeader("Content-Encoding", rep.coding)
	} else {
		resp.SetHeader("Accept-Ranges", "bytes")
	}
	d.describeContent(resp)
	return resp, nil
}

// describeContent sets the headers of a 200 and a 206. A file may come from a user, so browsers
// must not take it for a script or a page if its type does not say so.
func (d *document) describeContent(resp *web.Response) {
	switch d.contentType {
	case "text/css; charset=utf-8", "text/javascript; charset=utf-8", "text/html; charset=utf-8":
	default:
		resp.SetHeader("X-Content-Type-Options", "nosniff")
	}
	if d.disposition != "" {
		resp.SetHeader("Content-Disposition", d.disposition)
	}
}

func (d *document) partial(r *web.Request, rep *representation, control string, spans []span) (*web.Response, error) {
	var file content = inMemory{}
	if rep.body != nil {
		file = inMemory{bytes.NewReader(rep.body)}
	} else {
		var err error
		if file, err = rep.open(); err != nil {
			return nil, err
		}
	}
	if _, forward := file.(*forward); forward && !ascending(spans) {
		_ = file.Close()
		return d.whole(r, rep, control)
	}
	resp := r.Empty(http.StatusPartialContent)
	if err := sendRanges(resp, file, d.contentType, spans, rep.size); err != nil {
		_ = file.Close()
		return nil, err
	}
	d.describe(resp, rep.etag, control)
	resp.SetHeader("Accept-Ranges", "bytes")
	d.describeContent(resp)
	return resp, nil
}

// coded returns the tag of the bytes in a coding: a strong one with the coding before its last
// quote. A weak one stays as it is, for it promises no equal bytes.
func coded(tag, coding string) string {
	if coding == "" || len(tag) < 2 || tag[0] != '"' {
		return tag
	}
	return tag[:len(tag)-1] + "-" + coding + `"`
}

func notFound() *web.HTTPError { return web.NotFound("There is no such file.") }
