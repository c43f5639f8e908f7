package views

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mastaba-go/mastaba/registry"
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
	o := option{kind: kindCache, text: text, value: caching{d.Truncate(time.Second), directives}}
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
	return option{kind: kindCache, text: "cache=no", value: caching{directives: []string{"no-store", "no-cache", "must-revalidate"}}}
}

// caching is the value of the option; zero keep forbids caching.
type caching struct {
	keep       time.Duration
	directives []string
}

func (c caching) cacheControl() string {
	age := "max-age=" + strconv.FormatInt(int64(c.keep/time.Second), 10)
	return strings.Join(append([]string{age}, c.directives...), ", ")
}

// httpCachedView sets the headers of the response.
func httpCachedView(next Callable, info *Info) (Callable, error) {
	cache, _, err := ValueOf[caching](info, kindCache)
	if err != nil {
		return nil, err
	}
	if off, err := registry.Setting(info.Registry.Settings(), settingPreventHTTPCache, false); err != nil || off {
		return next, err
	}
	control := cache.cacheControl()
	ofErrors := info.Resource != nil && info.Resource.Implements(errorType)
	return func(r *web.Request, res any) (any, error) {
		resp, err := respond(next, info, r, res)
		if err != nil {
			return nil, err
		}
		if resp.Header("Cache-Control") != "" {
			return resp, nil
		}
		switch status := resp.Status(); {
		case cache.keep == 0, ofErrors && (status == http.StatusNotFound || status == http.StatusGone):
			resp.SetHeader("Cache-Control", control)
			resp.SetHeader("Expires", time.Now().Add(cache.keep).UTC().Format(http.TimeFormat))
		case status < 400:
			resp.SetLifetime(control, cache.keep)
		}
		return resp, nil
	}, nil
}
