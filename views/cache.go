package views

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/internal/caching"
	"github.com/mastaba-go/mastaba/views/web"
)

// CacheFor lets clients cache the view's response for d. It sets Cache-Control to max-age and the
// directives, such as "public" or "immutable", and sets Expires. It leaves alone a response whose
// Cache-Control the view set, and an error (a status of 400 or more). But on an error view it also
// lets clients cache a 404 or 410.
//
// The setting "prevent_http_cache" disables it for the whole application.
func CacheFor(d time.Duration, directives ...string) Option {
	text := "cache=" + d.String()
	if len(directives) > 0 {
		text += "," + strings.Join(directives, ",")
	}
	o := option{kind: kindCache, text: text, value: caching.Lifetime{Keep: d.Truncate(time.Second), Directives: directives}}
	switch {
	case d < 0:
		o.err = fmt.Errorf("views.CacheFor(%v): negative duration: use views.NoCache() to forbid caching", d)
	case d < time.Second:
		o.err = fmt.Errorf("views.CacheFor(%v): want at least 1s: use views.NoCache() to forbid caching", d)
	case slices.Contains(directives, ""):
		o.err = fmt.Errorf("views.CacheFor(%v, %q): empty directive: want one such as \"public\"", d, directives)
	}
	return o
}

// NoCache forbids clients and proxies to cache the view's response.
func NoCache() Option {
	return option{kind: kindCache, text: "cache=no", value: caching.Lifetime{Directives: []string{"no-store", "no-cache", "must-revalidate"}}}
}

// httpCachedView sets the headers of the response.
func httpCachedView(next Callable, info *Info) (Callable, error) {
	cache, _, err := ValueOf[caching.Lifetime](info, kindCache)
	if err != nil {
		return nil, err
	}
	if off, err := registry.Setting(info.Registry.Settings(), settingPreventHTTPCache, false); err != nil || off {
		return next, err
	}
	control := cache.Control()
	ofErrors := info.Resource != nil && info.Resource.Implements(errorType)
	return func(r *web.Request, res any) (any, error) {
		resp, err := respond(next, info, r, res)
		if err != nil {
			return nil, err
		}
		cache.SetOn(resp, control, ofErrors)
		return resp, nil
	}, nil
}
