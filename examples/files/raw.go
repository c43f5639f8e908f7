package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"time"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views/static"
	"github.com/mastaba-go/mastaba/views/web"
)

// sandboxed is the policy for raw files, which may be pages or images with scripts. They get no
// scripts, no origin and nothing from elsewhere, so they cannot read other files with the rights of
// the user that opens them.
const sandboxed = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'; form-action 'none'; base-uri 'none'"

// raw sends the file itself; with ?download the browser saves it.
func raw(r *framework.Request, f *File) (*framework.Response, error) {
	parameters, err := r.Parameters()
	if err != nil {
		return nil, err
	}
	file, info, err := f.open()
	if err != nil {
		return nil, err
	}
	o := static.FileOptions{
		ContentType: f.mediaType(), Filename: f.name(), Attachment: parameters.Has("download"),
		CacheControl: "no-cache", // clients keep it, but revalidate each time
	}
	response, err := f.content(r, file, info, o)
	if err != nil {
		return nil, err
	}
	if f.kind.Type != typePDF { // browsers have their own sandbox for PDF, and do not show it in ours
		response.SetHeader("Content-Security-Policy", sandboxed)
	}
	return response, nil
}

// content returns the file as a response. It takes the file over.
func (f *File) content(r *framework.Request, file *os.File, info fs.FileInfo, o static.FileOptions) (*framework.Response, error) {
	tag := fmt.Sprintf(`"%x-%x"`, info.ModTime().UnixNano(), info.Size())
	if info.Size() > smallFile {
		o.ETag = tag
		return static.Content(r, file, f.name(), info.ModTime(), o)
	}
	// Files that the system generates on reading (/proc, /sys) report a wrong size.
	text, err := io.ReadAll(io.LimitReader(file, smallFile+1))
	if err == nil && len(text) > smallFile {
		return generated(text, file, o), nil
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, f.site.withStatus(err)
	}
	var modified time.Time
	if int64(len(text)) == info.Size() { // otherwise the time means nothing either
		o.ETag, modified = tag, info.ModTime()
	}
	return static.Content(r, bytes.NewReader(text), f.name(), modified, o)
}

// generated returns a file of unknown size as a response, of which text was read already. It has no
// ranges.
func generated(text []byte, file *os.File, o static.FileOptions) *framework.Response {
	response := web.Respond(http.StatusOK)
	response.SetContentType(o.ContentType)
	response.SetHeader("Cache-Control", o.CacheControl)
	kind := "inline"
	if o.Attachment {
		kind = "attachment"
	}
	response.SetHeader("Content-Disposition", static.Disposition(kind, o.Filename))
	response.SetReader(struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(text), file), file}, -1)
	return response
}

// smallFile is the most that is read before it is sent.
const smallFile = 64 << 10
