package main

import (
	"errors"
	"net/http"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views/web"
)

// errorPage is what error.html shows.
type errorPage struct {
	Status        int
	Title, Detail string
	Path          string
	Nearest       string // URL of the last folder or file on the way that exists
	ID            string // by which the log knows the request
}

// showHTTPError is the page of every error with a status, from a missing file
// to a wrong method.
func showHTTPError(r *framework.Request, err error) (*errorPage, error) {
	status, _ := web.StatusOf(err)
	page := newErrorPage(r, status)
	if answer, ok := errors.AsType[*web.HTTPError](err); ok && status < 500 {
		page.Detail = answer.Detail()
		if allow := answer.Header("Allow"); allow != "" {
			r.Response().SetHeader("Allow", allow)
		}
	}
	if missing := r.ViewName(); status == http.StatusNotFound && missing != "" && !r.Node().IsZero() {
		page.Detail = "There is nothing called “" + missing + "” in " + r.Resource().(Entry).at().name() + "."
	}
	return page, nil
}

// showError is the page of all other errors, which are ours: the client learns
// by which id the log knows it, and nothing else.
func showError(r *framework.Request, err error) (*errorPage, error) {
	r.Log().Error().Err(err).Str("path", r.URL.Path).Msg("request failed")
	page := newErrorPage(r, http.StatusInternalServerError)
	page.Detail, page.ID = "Something went wrong here. The log of the server knows more.", r.ID()
	return page, nil
}

func newErrorPage(r *framework.Request, status int) *errorPage {
	r.Response().SetStatus(status)
	page := &errorPage{Status: status, Title: http.StatusText(status), Path: r.URL.Path}
	if !r.Node().IsZero() {
		page.Nearest, _ = r.ResourcePath(r.Node()) // only a link
	}
	return page
}
