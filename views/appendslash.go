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

// slashRedirects are the redirects that AppendSlash may answer with.
var slashRedirects = []int{
	http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
	http.StatusTemporaryRedirect, http.StatusPermanentRedirect,
}

// AppendSlash is an option of AddNotFound: where the path with a slash at its end
// matches the pattern of a route, the client is sent there, and the view answers
// only otherwise. Predicates of routes do not count. The query is kept, and with
// the default redirect, 307, the method and the body too; redirect names another
// one, such as http.StatusPermanentRedirect.
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

// appendSlashView looks for the slash before it calls the view.
func appendSlashView(next Callable, info *Info) (Callable, error) {
	return func(r *web.Request, res traversal.Resource) (any, error) {
		if resp := slashed(r, info); resp != nil {
			return resp, nil
		}
		return next(r, res)
	}, nil
}

// slashed is the redirect of a view with the option; nil if there is none to make.
func slashed(r *web.Request, info *Info) *web.Response {
	o, ok := info.options.option(kindAppendSlash)
	if !ok {
		return nil
	}
	path := r.EscapedPath() + "/"
	table, ok := registry.Lookup[web.Routes](info.Registry)
	if !ok || strings.HasSuffix(path, "//") || !table.MatchesPath(path) {
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

// sameHost writes a path so that a client takes it for one on the same host: every
// name escaped by our own rules, and no two slashes in front, behind which a host
// would be read.
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
