package header

import (
	"maps"
	"net/http"
	"strings"
)

// singletons are headers of which a response may have one value only. Two of them are an error for
// clients, or are resolved by each client in its own way.
var singletons = map[string]bool{
	"Access-Control-Allow-Credentials": true, "Access-Control-Allow-Origin": true, "Access-Control-Max-Age": true,
	"Age": true, "Content-Disposition": true, "Content-Length": true, "Content-Location": true, "Content-Md5": true,
	"Content-Range": true, "Content-Type": true, "Cross-Origin-Embedder-Policy": true, "Cross-Origin-Opener-Policy": true,
	"Cross-Origin-Resource-Policy": true, "Date": true, "Etag": true, "Expires": true, "Last-Modified": true,
	"Location": true, "Referrer-Policy": true, "Retry-After": true, "Server": true, "Strict-Transport-Security": true,
	"X-Content-Type-Options": true, "X-Frame-Options": true, "X-Request-Id": true,
}

// Unify makes h one set of headers after a handler has added its own to those of the response, as
// httputil.ReverseProxy does: the first value of a singleton stays, that of the outermost tween,
// and Vary becomes one line.
func Unify(h http.Header) {
	for key, values := range h {
		if len(values) < 2 {
			continue
		}
		if key == "Vary" {
			h[key] = []string{joinVary(values)}
		} else if singletons[key] {
			h[key] = values[:1:1]
		}
	}
}

// joinVary returns the lines of a Vary as one, without duplicates.
func joinVary(lines []string) string {
	all := ""
	for _, line := range lines {
		for name := range strings.SplitSeq(line, ",") {
			name = strings.TrimSpace(name)
			if name == "" || HasElement(all, name) {
				continue
			}
			if all != "" {
				all += ", "
			}
			all += name
		}
	}
	return all
}

// Restore makes h equal to before, its copy from before a handler that failed: the headers that the
// handler set do not belong to the response to its error.
func Restore(h, before http.Header) {
	clear(h)
	maps.Copy(h, before)
}
