package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/mastaba-go/mastaba/framework"
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
	r.AddFinishedCallback(func(*framework.Request) error { return file.Close() }) // runs even if nothing is sent

	response := web.Respond(http.StatusOK)
	response.SetContentType(f.mediaType())
	response.SetHeader("Cache-Control", "no-cache") // clients keep it, but revalidate each time
	if f.kind.Type != typePDF {                     // browsers have their own sandbox for PDF, and do not show it in ours
		response.SetHeader("Content-Security-Policy", sandboxed)
	}
	disposition := "inline"
	if parameters.Has("download") {
		disposition = "attachment"
	}
	response.SetHeader("Content-Disposition", cmp.Or(mime.FormatMediaType(disposition, map[string]string{"filename": f.name()}), disposition))
	if info.Size() > smallFile {
		return sendContent(r, response, file, info.Size(), info)
	}
	// Files that the system generates on reading (/proc, /sys) report a wrong size.
	text, err := io.ReadAll(io.LimitReader(file, smallFile+1))
	if err != nil {
		return nil, f.site.withStatus(err)
	}
	if len(text) > smallFile {
		response.SetReader(io.MultiReader(bytes.NewReader(text), file), -1) // and no ranges
		return response, nil
	}
	return sendContent(r, response, bytes.NewReader(text), int64(len(text)), info)
}

// smallFile is the most that is read before it is sent.
const smallFile = 64 << 10

// sendContent uses http.ServeContent, for ranges and conditional requests. Where that would send a
// plain error text, sendContent returns an error, which has a page.
func sendContent(r *framework.Request, response *framework.Response, content io.ReadSeeker, size int64, info fs.FileInfo) (*framework.Response, error) {
	try := headOnly{header: http.Header{"Content-Type": nil}}
	// Of a file that the system generates, info has a wrong size and a time that means nothing.
	var modified time.Time
	if size == info.Size() {
		if modified = info.ModTime(); modified.After(time.Now()) {
			modified = time.Time{} // no response was made later than now (RFC 9110 8.8.2.1)
		}
		etag := fmt.Sprintf(`"%x-%x"`, info.ModTime().UnixNano(), size)
		try.header.Set("Etag", etag)
		response.SetHeader("Etag", etag)
	}
	conditions := conditionsOf(r, size)
	http.ServeContent(&try, &http.Request{Method: http.MethodHead, Header: conditions}, "", modified, content)
	switch {
	case try.status == http.StatusRequestedRangeNotSatisfiable:
		return nil, web.RangeNotSatisfiable(size).WithDetail(fmt.Sprintf("The file has %d bytes.", size))
	case try.status >= 400:
		return nil, web.Status(try.status, "")
	}
	response.SetHandler(http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		hr.Header = conditions
		http.ServeContent(w, hr, "", modified, content)
	}))
	return response, nil
}

// conditionsOf returns the headers of the request, without a Range that must be ignored: one in a
// unit other than bytes (RFC 9110 14.2), or one for an empty file, no part of which a Content-Range
// can describe (14.4).
func conditionsOf(r *framework.Request, size int64) http.Header {
	h := r.HTTP().Header
	unit, _, _ := strings.Cut(h.Get("Range"), "=")
	if unit == "" || unit == "bytes" && size > 0 {
		return h
	}
	h = h.Clone()
	h.Del("Range")
	return h
}

// headOnly is a response writer that keeps the status and headers and sends nothing.
type headOnly struct {
	header http.Header
	status int
}

var _ http.ResponseWriter = (*headOnly)(nil)

func (h *headOnly) Header() http.Header         { return h.header }
func (h *headOnly) WriteHeader(status int)      { h.status = status }
func (h *headOnly) Write(b []byte) (int, error) { return len(b), nil }
