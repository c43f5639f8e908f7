package static

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/mastaba-go/mastaba/views/assets"
	"github.com/mastaba-go/mastaba/views/web"
)

// FileOptions describe the response of [File] and [Content]. The zero value is a file that the
// browser shows, with the type that its name has.
type FileOptions struct {
	// ContentType replaces the type that the name of the file has.
	ContentType string
	// Attachment makes the browser save the file rather than show it.
	Attachment bool
	// Filename is the name to save it under; "" is the name of the file, for an attachment. Any
	// text is valid: folders in it are dropped, and names that are not ASCII are encoded (RFC
	// 8187).
	Filename string
	// ETag is the entity tag, with its quotes: `"v1"`. Without it, [File] makes one from the time
	// and size of the file, and [Content] sends none.
	ETag string
	// CacheControl is the header; "" sends no such header.
	CacheControl string
}

// File returns the file of a name as the response of a view, with the conditions and ranges of RFC
// 9110: 304 if the client has it already, 206 for a part, and the errors 412 and 416. If fsys has
// no regular file of this name, the error is a 404.
//
// Apart from fs.ValidPath, the name is not checked: the view decides which files a client may read.
// The file is open until the response is sent or closed.
func File(r *web.Request, fsys fs.FS, name string, o FileOptions) (*web.Response, error) {
	const attempts = 3
	var err error
	for range attempts {
		var place assets.Place
		place, err = folder{fsys}.find(name)
		switch {
		case err == nil && place.IsDir():
			return nil, notFound()
		case err != nil:
			return nil, public(err)
		}
		var resp *web.Response
		if resp, err = respondFile(r, name, place, stampOf(place), o); !errors.Is(err, errChanged) {
			return resp, public(err)
		}
	}
	return nil, err
}

func respondFile(r *web.Request, name string, place assets.Place, at stamp, o FileOptions) (*web.Response, error) {
	tag := o.ETag
	if tag == "" && !at.fixed() {
		tag = fmt.Sprintf(`"%x-%x"`, at.modified.UnixNano(), at.size)
		if !at.settled(time.Now()) {
			tag = "W/" + tag // two changes may have the same time (RFC 9110 8.8.2.2)
		}
	}
	d := documentOf(name, o)
	d.setModified(at.modified)
	d.reps = []representation{{etag: tag, size: at.size, open: opener(place, at)}}
	return d.respond(r, o.CacheControl)
}

// Content is [File] for content from elsewhere: a blob of a database, or a file that the view has
// opened itself. name gives the type, and modified is the time of the last change; the zero time is
// unknown. The size is found by seeking to the end. Content owns c: if c is an io.Closer, it is
// closed after sending, or at once if nothing of it is sent.
func Content(r *web.Request, c io.ReadSeeker, name string, modified time.Time, o FileOptions) (*web.Response, error) {
	owned := withCloser(c)
	size, err := owned.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = owned.Seek(0, io.SeekStart)
	}
	if err != nil {
		_ = owned.Close()
		return nil, fmt.Errorf("content %q: %w", name, err)
	}
	d := documentOf(name, o)
	d.setModified(modified)
	taken := false
	d.reps = []representation{{etag: o.ETag, size: size, open: func() (content, error) {
		taken = true
		return owned, nil
	}}}
	resp, err := d.respond(r, o.CacheControl)
	if !taken {
		_ = owned.Close()
	}
	return resp, err
}

func documentOf(name string, o FileOptions) *document {
	d := &document{contentType: o.ContentType}
	if d.contentType == "" {
		d.contentType = typeOf(name)
	}
	switch {
	case o.Attachment && o.Filename == "":
		d.disposition = Disposition("attachment", name)
	case o.Attachment:
		d.disposition = Disposition("attachment", o.Filename)
	case o.Filename != "":
		d.disposition = Disposition("inline", o.Filename)
	}
	return d
}

func withCloser(c io.ReadSeeker) content {
	if closer, ok := c.(content); ok {
		return closer
	}
	return openContent{c}
}

// openContent is content that needs no Close.
type openContent struct{ io.ReadSeeker }

func (openContent) Close() error { return nil }
