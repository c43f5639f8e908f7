// Package redirect redirects to another spelling of the path of a request.
package redirect

import (
	"net/http"
	"strings"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// Statuses are those of redirects.
var Statuses = []int{
	http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
	http.StatusTemporaryRedirect, http.StatusPermanentRedirect,
}

// To returns a redirect to an escaped path below the request's prefix, with the request's query;
// nil if the path is malformed.
func To(r *web.Request, status int, escaped string) *web.Response {
	location, ok := SameHost(r.Prefix(), escaped)
	if !ok {
		return nil
	}
	if r.URL.RawQuery != "" {
		location += "?" + r.URL.RawQuery
	}
	return r.Redirect(status, location)
}

// SameHost rewrites a path so that clients stay on the same host: each segment is escaped anew, and
// the path never starts with two slashes, which a host would follow.
func SameHost(prefix, escaped string) (path string, ok bool) {
	names := strings.Split(escaped, "/")
	for i, name := range names {
		plain, err := traversal.Unquote(name)
		if err != nil {
			return "", false
		}
		names[i] = traversal.Quote(plain)
	}
	path = prefix + strings.Join(names, "/")
	if strings.HasPrefix(path, "//") {
		path = "/." + path
	}
	return path, true
}
