// Package ended makes the *http.Request of a request that must not be used anymore.
package ended

import (
	"context"
	"io"
	"net/http"
	"net/url"
)

// Text describes the use of a request after its end. route and view may be "".
func Text(method, path, route, view string) string {
	text := "request used after its end: " + method + " " + path
	if route != "" {
		text += ", route \"" + route + "\""
	}
	if view != "" {
		text += ", handled by " + view
	}
	return text + ": the application recycles requests, so whatever keeps one calls its method Keep first"
}

// Request returns a request whose fields hold the text of err, whose context is cancelled with it,
// and whose body cannot be read because of it.
func Request(err error) *http.Request {
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(err)
	text := err.Error()
	hr := &http.Request{
		Method: text, URL: &url.URL{Path: text}, Host: text, RequestURI: text, RemoteAddr: text,
		Header: http.Header{"User-Agent": {text}, "Referer": {text}}, Body: body{err},
	}
	return hr.WithContext(ctx)
}

type body struct{ err error }

var _ io.ReadCloser = body{}

func (b body) Read([]byte) (int, error) { return 0, b.err }

func (b body) Close() error { return nil }
