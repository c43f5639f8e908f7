package main

import (
	"errors"
	"io/fs"
	"net/http"
	"slices"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views/web"
)

// errorPage is the data of error.html.
type errorPage struct {
	Status        int
	Title, Detail string
	Path          string
	Back          *crumb // link to a page that works; nil if there is none
	ID            string // of the request, as in the log
}

// showHTTPError is the page of every error with a status, such as a missing file or a wrong method.
// The response already has the headers of the error.
func showHTTPError(r *framework.Request, err error) (*errorPage, error) {
	status, _ := web.StatusOf(err)
	page := newErrorPage(r, status)
	if known, ok := errors.AsType[web.StatusError](err); ok && status < 500 {
		switch known := known.(type) {
		case *web.HTTPError:
			page.Detail = known.Detail()
		case *web.PathError:
			page.Path, page.Detail = r.URL.EscapedPath(), "This address is malformed: "+known.Reason+"."
		default:
			page.Detail = known.Error()
		}
	}
	missing := r.ViewName()
	switch {
	case status == http.StatusNotFound && missing != "" && !r.Node().IsZero() && !errors.Is(err, fs.ErrNotExist): // otherwise the error of a view has a better text
		if len(r.Subpath()) > 0 && slices.Contains(viewNames, missing) {
			missing += "/" + r.Subpath()[0]
		}
		page.Detail = "There is no “" + missing + "” in " + r.Resource().(Entry).at().name() + "."
	case status == http.StatusMethodNotAllowed:
		page.Detail = "Allowed methods: " + r.Response().Header("Allow") + "."
	}
	return page, nil
}

// showError is the page of all other errors, which are internal. It shows only the id under which
// the framework has logged the error.
func showError(r *framework.Request, _ error) (*errorPage, error) {
	page := newErrorPage(r, http.StatusInternalServerError)
	page.Detail = "Something went wrong on the server. The server's log has the details."
	return page, nil
}

func newErrorPage(r *framework.Request, status int) *errorPage {
	r.Response().SetStatus(status)
	page := &errorPage{Status: status, Title: http.StatusText(status), Path: r.URL.Path, Back: back(r, status)}
	if status >= 500 {
		page.ID = r.ID()
	}
	return page
}

// back returns a link to the nearest folder or file on the path that probably works: not the page
// that just failed, and no resource that is forbidden or broken.
func back(r *framework.Request, status int) *crumb {
	node := r.Node()
	if node.IsZero() { // the walk failed
		if r.URL.Path == "/" || status == http.StatusMisdirectedRequest {
			return nil
		}
		return &crumb{URL: r.Prefix() + "/", Text: "the start"}
	}
	same := r.ViewName() == "" && r.URL.RawQuery == "" && (r.Method == http.MethodGet || r.Method == http.MethodHead)
	broken := status == http.StatusForbidden || status >= 500
	if same || broken {
		switch parent, _ := node.Parent(); {
		case node.Depth() > r.VirtualRoot().Depth():
			node = parent
		case r.ViewName() == "":
			return nil
		}
	}
	c, err := crumbOf(r, node)
	if err != nil {
		return nil // the page is fine without the link
	}
	return &c
}
