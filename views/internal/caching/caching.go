// Package caching says how long clients and proxies may keep the response of a view.
package caching

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/mastaba-go/mastaba/views/web"
)

// Lifetime is how long they may keep it; zero Keep forbids caching. Directives are further ones of
// Cache-Control.
type Lifetime struct {
	Keep       time.Duration
	Directives []string
}

// Control returns the Cache-Control.
func (l Lifetime) Control() string {
	age := "max-age=" + strconv.FormatInt(int64(l.Keep/time.Second), 10)
	return strings.Join(append([]string{age}, l.Directives...), ", ")
}

// SetOn sets the headers of a response, unless it has a Cache-Control. control is that of Control.
// An error is not worth keeping, except for a 404 or 410 of a view for errors.
func (l Lifetime) SetOn(resp *web.Response, control string, ofErrors bool) {
	if resp.Header("Cache-Control") != "" {
		return
	}
	switch status := resp.Status(); {
	case l.Keep == 0, ofErrors && (status == http.StatusNotFound || status == http.StatusGone):
		resp.SetHeader("Cache-Control", control)
		resp.SetHeader("Expires", time.Now().Add(l.Keep).UTC().Format(http.TimeFormat))
	case status < http.StatusBadRequest:
		resp.SetLifetime(control, l.Keep)
	}
}
