package security

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/mastaba-go/mastaba/views/web"
)

// NextParameter is the name of the query parameter in which [RedirectToLogin] says where the user
// wanted to go.
const NextParameter = "next"

// maxNext is the number of bytes that the place to go after the login may have.
const maxNext = 2048

// SafeNext returns a place on this site to send the client to, as after a login: next if it is one,
// and otherwise the root of the application. next comes from the client, so without this check
// somebody could send your users to a site that looks like yours (CWE-601).
//
//	return r.Redirect(http.StatusSeeOther, security.SafeNext(r, next)), nil
//
// next is a path with an optional query and fragment, "/wiki/Front?tab=2", or a URL with the scheme
// and authority of the application. The result has neither. Whatever browsers could read as another
// site is refused, such as "//evil.example", "/\evil.example", and names with control characters.
func SafeNext(r *web.Request, next string) string {
	if path, ok := strings.CutPrefix(next, r.Scheme()+"://"+r.Authority()); ok && path != "" {
		next = path
	}
	if isLocal(next) {
		return next
	}
	return r.Prefix() + "/"
}

// isLocal reports whether a relative reference is a path that leads to the same site.
func isLocal(next string) bool {
	if len(next) > maxNext || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || !utf8.ValidString(next) ||
		strings.ContainsFunc(next, func(c rune) bool { return c == '\\' || unicode.IsControl(c) || unicode.IsSpace(c) }) {
		return false
	}
	parsed, err := url.Parse(next)
	if err != nil || parsed.Scheme != "" || parsed.Host != "" || parsed.User != nil || !strings.HasPrefix(parsed.Path, "/") {
		return false
	}
	return !leadsAway(parsed.EscapedPath()) && !leadsAway(parsed.Path)
}

// leadsAway reports whether a path begins with "//" once its dot segments are resolved, so that the
// result, read as a reference, leads to another host.
func leadsAway(path string) bool {
	depth := 0
	segments := strings.Split(path[1:], "/")
	for i, segment := range segments {
		switch {
		case segment == "" && depth == 0 && i < len(segments)-1:
			return true
		case segment == "..":
			depth = max(depth-1, 0)
		case segment != ".":
			depth++
		}
	}
	return false
}

// RedirectToLogin returns a view for denied permissions that sends clients without a user to a
// login page, with where they wanted to go in the query parameter "next" (see [SafeNext]):
//
//	config.AddForbiddenView(views.Func(security.RedirectToLogin("/login")))
//
// login is a path of the application. Only GET and HEAD requests are redirected: the body of
// another one would be lost. Users who are logged in get the plain response to the error, a 403. So
// do clients that do not seem to be a person reading pages: those that prefer JSON to HTML, scripts
// of a page (the headers Sec-Fetch-Mode and X-Requested-With), and those that sent credentials in a
// header. If the policy challenges, anonymous clients get a 401 instead, and only clients that name
// text/html in Accept are redirected. The login page itself needs views.NoPermission: it is never
// redirected to itself, and if it is forbidden, the log says so once.
func RedirectToLogin(login string) func(r *web.Request) (*web.Response, error) {
	glue := "?"
	if strings.Contains(login, "?") {
		glue = "&"
	}
	if !strings.HasPrefix(login, "/") && !strings.Contains(login, "://") {
		login = "/" + login
	}
	page, _, _ := strings.Cut(login, "?")
	var forbidden sync.Once
	return func(r *web.Request) (*web.Response, error) {
		known, err := r.IsAuthenticated()
		if err != nil {
			return nil, err
		}
		itself := r.URL.EscapedPath() == page
		if itself && !known {
			forbidden.Do(func() {
				r.Log().Warn().Str("path", page).Msg("the login page itself is forbidden, so nobody can log in: " +
					"add its views with views.NoPermission()")
			})
		}
		var resp *web.Response
		if !known && !itself && (r.Method == http.MethodGet || r.Method == http.MethodHead) && readsPages(r) {
			resp = r.Redirect(http.StatusSeeOther, r.Prefix()+login+glue+url.Values{NextParameter: {here(r)}}.Encode())
			resp.DelHeader("WWW-Authenticate") // the response begins with the headers of the error
		} else if cause := r.Err(); cause != nil {
			resp, known = web.Drive(r).ErrorResponse(cause)
			if !known {
				return nil, cause
			}
		} else {
			resp = web.Forbidden("").Response(r)
		}
		resp.AddVary("Accept", "Authorization", "Sec-Fetch-Mode", "X-Requested-With")
		if resp.Header("Cache-Control") == "" {
			resp.SetHeader("Cache-Control", "no-store") // the answer is another one after the login
		}
		return resp, nil
	}
}

// here returns the path and query of a request as the client sees them.
func here(r *web.Request) string {
	next := r.Prefix() + r.URL.EscapedPath()
	if r.URL.RawQuery != "" {
		next += "?" + r.URL.RawQuery
	}
	if !isLocal(next) {
		return r.Prefix() + "/"
	}
	return next
}

// readsPages reports whether the client seems to be a browser that follows a link.
func readsPages(r *web.Request) bool {
	if mode := r.Request.Header.Get("Sec-Fetch-Mode"); mode != "" && mode != "navigate" {
		return false
	}
	if strings.EqualFold(r.Request.Header.Get("X-Requested-With"), "XMLHttpRequest") {
		return false
	}
	if len(r.Request.Header["Authorization"]) > 0 {
		return false
	}
	accept := r.Accept()
	if status, _ := web.StatusOf(r.Err()); status == http.StatusUnauthorized && !strings.Contains(r.Request.Header.Get("Accept"), "text/html") {
		return false
	}
	return accept.Quality("text/html") > 0 && accept.Quality("text/html") >= accept.Quality("application/json")
}
