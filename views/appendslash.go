package views

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// slashRedirects are the statuses that AppendSlash accepts.
var slashRedirects = []int{
	http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
	http.StatusTemporaryRedirect, http.StatusPermanentRedirect,
}

// AppendSlash is an option for AddNotFound. If the path with a trailing slash matches the pattern
// of a route, whatever its predicates, the response is a redirect there; otherwise the view is
// called. A route with a star, such as "/static/*path", counts only if it does not match the path
// as it is. The redirect keeps the query, and with the default status 307 also the method and the
// body. redirect is another status, such as http.StatusPermanentRedirect.
func AppendSlash(redirect ...int) Option {
	status := http.StatusTemporaryRedirect
	if len(redirect) > 0 {
		status = redirect[0]
	}
	o := option{kind: kindAppendSlash, text: fmt.Sprintf("append_slash=%d", status), value: status}
	if len(redirect) > 1 || !slices.Contains(slashRedirects, status) {
		o.err = fmt.Errorf("views.AppendSlash(%v): invalid redirect: want one of %v", redirect, slashRedirects)
	}
	return o
}

// appendSlashView redirects if it can, before the view is called.
func appendSlashView(next Callable, info *Info) (Callable, error) {
	return func(r *web.Request, res traversal.Resource) (any, error) {
		if resp := slashed(r, info); resp != nil {
			return resp, nil
		}
		return next(r, res)
	}, nil
}

// slashed returns the redirect for a view with the option, nil if the path stays.
func slashed(r *web.Request, info *Info) *web.Response {
	o, ok := info.options.option(kindAppendSlash)
	if !ok {
		return nil
	}
	path := r.EscapedPath() + "/"
	table, ok := registry.Lookup[web.Routes](info.Registry)
	if !ok || strings.HasSuffix(path, "//") || !table.LacksSlash(r.EscapedPath()) {
		return nil
	}
	location, ok := sameHost(r.Prefix(), path)
	if !ok {
		return nil
	}
	if r.URL.RawQuery != "" {
		location += "?" + r.URL.RawQuery
	}
	status, _ := o.value.(int)
	return r.Redirect(status, location)
}

// sameHost rewrites a path so that clients stay on the same host: each segment is escaped anew, and
// the path never starts with two slashes, which a host would follow.
func sameHost(prefix, escaped string) (string, bool) {
	names := strings.Split(escaped, "/")
	for i, name := range names {
		plain, err := traversal.Unquote(name)
		if err != nil {
			return "", false
		}
		names[i] = traversal.Quote(plain)
	}
	path := prefix + strings.Join(names, "/")
	if strings.HasPrefix(path, "//") {
		path = "/." + path
	}
	return path, true
}
