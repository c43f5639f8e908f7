package views

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/internal/redirect"
	"github.com/mastaba-go/mastaba/views/web"
)

// AppendSlash is an option for AddNotFound. If the path with a trailing slash matches the pattern
// of a route, whatever its predicates, the response is a redirect there; otherwise the view is
// called. A route with a star, such as "/static/*path", counts only if it does not match the path
// as it is. The redirect keeps the query, and with the default status 307 also the method and the
// body. statuses may be one other status, such as http.StatusPermanentRedirect.
func AppendSlash(statuses ...int) Option {
	status := http.StatusTemporaryRedirect
	if len(statuses) > 0 {
		status = statuses[0]
	}
	o := option{kind: kindAppendSlash, text: fmt.Sprintf("append_slash=%d", status), value: status}
	if len(statuses) > 1 || !slices.Contains(redirect.Statuses, status) {
		o.err = fmt.Errorf("views.AppendSlash(%v): invalid redirect: want one of %v", statuses, redirect.Statuses)
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
	status, _ := o.value.(int)
	return redirect.To(r, status, path)
}
