package canonical

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/internal/redirect"
	"github.com/mastaba-go/mastaba/views/web"
)

// Slash is how the address of a resource ends.
type Slash int

// The choices of [SetSlash].
const (
	WithSlash    Slash = 1 + iota // /a redirects to /a/, as the URLs of Pyramid end
	WithoutSlash                  // /a/ redirects to /a
)

var _ fmt.Stringer = Slash(0)

// String returns the address of a resource "a" in this form.
func (s Slash) String() string {
	switch s {
	case WithSlash:
		return "/a/"
	case WithoutSlash:
		return "/a"
	}
	return fmt.Sprintf("Slash(%d)", int(s))
}

// DeriverName is the name of the deriver that redirects, for views.Under and views.Over.
const DeriverName = "canonical_view"

// SetSlash redirects requests for the other form of a resource's address to this form, if it has a
// view. The status is 308 (RFC 9110, section 15.4.9), so the method and the body stay, and the
// query does too. The redirect comes before the permission check, so clients that may not see the
// resource get it too. With [WithoutSlash], generated URLs of resources end without a slash too,
// unless the resource generates its own (web.Linker, web.AddResourceURL).
//
// It does not affect views of routes, error views, and paths with a subpath.
func SetSlash(c registry.Recorder, slash Slash) {
	cfg := c.Directive()
	if slash != WithSlash && slash != WithoutSlash {
		cfg.Report(fmt.Errorf("canonical.SetSlash(%s): want canonical.WithSlash or canonical.WithoutSlash", slash))
		return
	}
	views.AddDeriver(cfg, DeriverName, deriver(slash), views.Under(views.AroundView), views.Over(views.SecuredView))
	if slash == WithoutSlash {
		web.AddResourceURL(cfg, func(_ *web.Request, _ any, p web.Place) (string, error) {
			return p.AppURL + strings.TrimSuffix(p.Path, "/"), nil
		})
	}
}

// deriver returns the deriver that redirects before the view is called.
func deriver(slash Slash) views.Deriver {
	return func(next views.Callable, info *views.Info) (views.Callable, error) {
		if info.Route != "" || info.ErrorOnly {
			return next, nil
		}
		return func(r *web.Request, res traversal.Resource) (any, error) {
			if resp := slash.redirect(r); resp != nil {
				return resp, nil
			}
			return next(r, res)
		}, nil
	}
}

// redirect returns the redirect to the canonical form of the path, nil if it has that form.
func (s Slash) redirect(r *web.Request) *web.Response {
	if web.Drive(r).Routed() != nil || web.Drive(r).Walked().Replaced() { // a part of another page
		return nil
	}
	path := r.EscapedPath()
	trimmed := strings.Trim(path, "/")
	if trimmed == "" || len(web.Drive(r).Walked().Rest()) > 0 {
		return nil
	}
	want := "/" + trimmed
	if s == WithSlash && r.ViewName() == "" {
		want += "/"
	}
	if want == path {
		return nil
	}
	return redirect.To(r, http.StatusPermanentRedirect, want)
}
