package main

import (
	"cmp"
	"fmt"
	"mime"
	"net/http"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views/web"
)

// sandboxed is for what a browser might run: a page or an image with scripts in
// it gets no scripts, no origin and nothing from anywhere else, so that it
// cannot read the other files in the name of who looks at it.
const sandboxed = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'; form-action 'none'; base-uri 'none'"

// raw sends the file itself. http.ServeContent answers ranges and conditions;
// ?download offers it to be kept.
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
	response.SetHeader("Etag", fmt.Sprintf(`"%x-%x"`, info.ModTime().UnixNano(), info.Size()))
	response.SetHeader("Cache-Control", "no-cache") // kept, but asked about each time
	if f.kind.Type != typePDF {                     // browsers show a PDF in a sandbox of their own, and in ours not at all
		response.SetHeader("Content-Security-Policy", sandboxed)
	}
	disposition := "inline"
	if parameters.Has("download") {
		disposition = "attachment"
	}
	response.SetHeader("Content-Disposition", cmp.Or(mime.FormatMediaType(disposition, map[string]string{"filename": f.name()}), disposition))
	response.SetHandler(http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		http.ServeContent(w, hr, "", info.ModTime(), file)
	}))
	return response, nil
}
