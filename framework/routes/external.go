package routes

import (
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

// external is the host of a route whose URLs lead to another server.
type external struct {
	scheme string // "" for the scheme of the request
	host   string // with its port
}

// String is what precedes the path: "https://example.com".
func (e *external) String() string {
	if e.scheme == "" {
		return "//" + e.host
	}
	return e.scheme + "://" + e.host
}

// url returns what precedes the path in a URL. The scheme is the given one, or that of the
// pattern, or that of the request, whichever is not "" first.
func (e *external) url(r *web.Request, scheme string) string {
	if scheme == "" {
		scheme = e.scheme
	}
	if scheme == "" {
		scheme = r.Scheme()
	}
	return scheme + "://" + e.host
}

// cutHost splits a pattern that names a host, "//host/path" or "scheme://host/path". It reports
// whether the pattern does.
func cutHost(pattern string) (*external, string, bool) {
	scheme, rest, ok := strings.Cut(pattern, "//")
	if !ok {
		return nil, "", false
	}
	if scheme != "" {
		if scheme, ok = strings.CutSuffix(scheme, ":"); !ok || !isScheme(scheme) {
			return nil, "", false
		}
	}
	host, path := rest, ""
	if at := strings.IndexByte(rest, '/'); at >= 0 {
		host, path = rest[:at], rest[at:]
	}
	if host == "" {
		return nil, "", false
	}
	return &external{scheme: strings.ToLower(scheme), host: host}, path, true
}

func isScheme(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		if !('a' <= c && c <= 'z') && (i == 0 || !strings.ContainsRune("0123456789+-.", rune(s[i]))) {
			return false
		}
	}
	return s != ""
}
