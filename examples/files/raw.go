package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"time"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views/web"
)

// sandboxed is for what a browser might run: a page or an image with scripts in
// it gets no scripts, no origin and nothing from anywhere else, so that it
// cannot read the other files in the name of who looks at it.
const sandboxed = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'; form-action 'none'; base-uri 'none'"

// raw sends the file itself; ?download offers it to be kept.
func raw(r *framework.Request, f *File) (*framework.Response, error) {
	parameters, err := r.Parameters()
	if err != nil {
		return nil, err
	}
	file, info, err := f.open()
	if err != nil {
		return nil, err
	}
	r.AddFinishedCallback(func(*framework.Request) error { return file.Close() }) // also if nothing is sent

	response := web.Respond(http.StatusOK)
	response.SetContentType(f.mediaType())
	response.SetHeader("Cache-Control", "no-cache") // kept, but asked about each time
	if f.kind.Type != typePDF {                     // browsers show a PDF in a sandbox of their own, and in ours not at all
		response.SetHeader("Content-Security-Policy", sandboxed)
	}
	disposition := "inline"
	if parameters.Has("download") {
		disposition = "attachment"
	}
	response.SetHeader("Content-Disposition", cmp.Or(mime.FormatMediaType(disposition, map[string]string{"filename": f.name()}), disposition))
	if size, err := file.Seek(0, io.SeekEnd); err == nil && size > 0 {
		if err := sendContent(r, response, file, size, info.ModTime()); err != nil {
			return nil, err
		}
		return response, nil
	}
	// It is empty, or the system makes it while it is read (/proc): no ranges then.
	body := bufio.NewReader(file)
	if _, err := body.Peek(1); err != nil && !errors.Is(err, io.EOF) {
		return nil, f.site.answer(err)
	}
	response.SetReader(body, -1)
	return response, nil
}

// sendContent has http.ServeContent answer, for ranges and conditions. What that
// would refuse with a bare text is an error instead, which has a page.
func sendContent(r *framework.Request, response *framework.Response, file *os.File, size int64, modified time.Time) error {
	etag := fmt.Sprintf(`"%x-%x"`, modified.UnixNano(), size)
	try := headOnly{header: http.Header{"Etag": {etag}, "Content-Type": nil}}
	http.ServeContent(&try, &http.Request{Method: http.MethodHead, Header: r.Header}, "", modified, io.NewSectionReader(file, 0, size))
	switch {
	case try.status == http.StatusRequestedRangeNotSatisfiable:
		return web.RangeNotSatisfiable(size).WithDetail(fmt.Sprintf("The file has %d bytes.", size))
	case try.status >= 400:
		return web.Status(try.status, "")
	}
	response.SetHeader("Etag", etag)
	response.SetHandler(http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		http.ServeContent(w, hr, "", modified, file)
	}))
	return nil
}

// headOnly is a response that is not sent.
type headOnly struct {
	header http.Header
	status int
}

var _ http.ResponseWriter = (*headOnly)(nil)

func (h *headOnly) Header() http.Header         { return h.header }
func (h *headOnly) WriteHeader(status int)      { h.status = status }
func (h *headOnly) Write(b []byte) (int, error) { return len(b), nil }
