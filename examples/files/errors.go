package main

import (
	"errors"
	"io/fs"
	"net/http"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views/web"
)

// errorPage is what error.html shows.
type errorPage struct {
	Status        int
	Title, Detail string
	Path          string
	Back          *crumb // nil: nowhere would be better
	ID            string // by which the log knows the request
}

// showHTTPError is the page of every error with a status, from a missing file
// to a wrong method. The response has the headers of the error already.
func showHTTPError(r *framework.Request, err error) (*errorPage, error) {
	status, _ := web.StatusOf(err)
	page := newErrorPage(r, status)
	if answer, ok := errors.AsType[web.StatusError](err); ok && status < 500 {
		switch answer := answer.(type) {
		case *web.HTTPError:
			page.Detail = answer.Detail()
		case *web.PathError:
			page.Path, page.Detail = r.URL.EscapedPath(), "This address cannot be read: "+answer.Reason+"."
		default:
			page.Detail = answer.Error()
		}
	}
	missing := r.ViewName()
	switch {
	case status == http.StatusNotFound && missing != "" && !r.Node().IsZero() && !errors.Is(err, fs.ErrNotExist): // else a view says more
		page.Detail = "There is nothing called “" + missing + "” in " + r.Resource().(Entry).at().name() + "."
	case status == http.StatusMethodNotAllowed:
		page.Detail = "This address takes " + r.Response().Header("Allow") + "."
	}
	return page, nil
}

// showError is the page of all other errors, which are ours: the client learns
// by which id the log knows it, and nothing else. The framework logs them.
func showError(r *framework.Request, _ error) (*errorPage, error) {
	page := newErrorPage(r, http.StatusInternalServerError)
	page.Detail = "Something went wrong here. The log of the server knows more."
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

// back is the nearest folder or file on the way that may answer: not what was
// asked for just now, and nothing that is closed or broken.
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
		return nil // it is only a link
	}
	return &c
}
