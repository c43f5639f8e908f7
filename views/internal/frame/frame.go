// Package frame gives the response of a wrapper what the one that it wraps has.
package frame

import (
	"net/http"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

// ofBody are headers that describe a body, besides those that begin with Content-.
var ofBody = []string{"Etag", "Last-Modified", "Accept-Ranges", "Transfer-Encoding", "Trailer"}

// Fill adds to outer what inner has: its status, unless outer has one other than 200, its headers
// that do not describe its body and that outer does not have, and its cookies.
func Fill(outer, inner *web.Response) {
	if outer == inner {
		return
	}
	failed := outer.Status() >= 400 && inner.Status() < 400
	if outer.Status() == http.StatusOK {
		outer.SetStatus(inner.Status())
	}
	headers := inner.Headers()
	cached := outer.Header("Cache-Control") != "" || failed // then the lifetime is that of outer alone
	for name, values := range headers {
		switch {
		case strings.HasPrefix(name, "Content-") && !strings.HasPrefix(name, "Content-Security-Policy"),
			slices.Contains(ofBody, name), cached && (name == "Cache-Control" || name == "Expires"):
		case name == "Set-Cookie":
			addCookies(outer, values)
		case name == "Vary":
			for _, list := range values {
				outer.AddVary(strings.Split(list, ",")...)
			}
		case len(outer.HeaderValues(name)) == 0:
			for _, value := range values {
				outer.AddHeader(name, value)
			}
		}
	}
}

// addCookies adds the cookies that outer does not set.
func addCookies(outer *web.Response, lines []string) {
	name := func(line string) string {
		before, _, _ := strings.Cut(line, "=")
		return before
	}
	own := outer.HeaderValues("Set-Cookie")
	for _, line := range lines {
		if !slices.ContainsFunc(own, func(set string) bool { return name(set) == name(line) }) {
			outer.AddHeader("Set-Cookie", line)
		}
	}
}
