package framework

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/mastaba-go/mastaba/framework/internal/hosts"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// SetAllowedHosts sets the hosts that the application responds to: see Options.AllowedHosts.
// Without any it responds to every host.
func (c *Configurator) SetAllowedHosts(patterns ...string) {
	config := c.Directive()
	list, err := hosts.Parse(patterns)
	if err != nil {
		config.Report(fmt.Errorf("allowed hosts: %w", err))
		return
	}
	if len(patterns) == 0 {
		list = nil
	}
	once(config, "allowed hosts", registry.Phase1, func(reg *registry.Registry) { registry.Provide(reg, list) },
		registry.Field{Name: "hosts", Value: slices.Clone(patterns)})
}

// Host returns the first host of Options.AllowedHosts that is not only a pattern, with its port if
// it has one: the host for requests that the program makes itself. It returns "" if there is none.
func (a *App) Host() string {
	if list := allowedHosts(a.web.Registry); list != nil {
		return list.First()
	}
	return ""
}

// allowedHosts returns the hosts that the application responds to, nil for all.
func allowedHosts(reg *registry.Registry) *hosts.List {
	list, _ := registry.Lookup[*hosts.List](reg)
	return list
}

// refusedHost is the 400 of a request for a foreign host.
var refusedHost = web.NewKey[*web.HTTPError]("refused host", nil)

// guardHosts stands outside all tweens. A request for a foreign host goes through them all the
// same, so that it is logged, counted and limited, and its response has the headers of every
// response; but it goes without its host, so that no URL is made of it, and the router refuses it
// (refuseForeignHosts). If a tween responds without the router, such as a cache, its response is
// dropped, unless that is an error too.
func guardHosts(allowed *hosts.List, next web.Handler) web.Handler {
	return func(r *web.Request) (*web.Response, error) {
		authority := r.Authority()
		if allowed.Allows(r.Scheme(), authority) {
			return next(r)
		}
		if _, nested := r.Context().Value(nesting{}).(int); nested { // the program's own request
			return next(r)
		}
		refusal := web.BadRequest("").WithMessage(web.Message{
			ID: "The application does not respond to the host ${host}.", Domain: "mastaba", Params: map[string]any{"host": fmt.Sprintf("%.100q", authority)},
		}).With(errForeignHost)
		refusedHost.Set(r, refusal)
		hideHost(r)
		resp, err := next(r)
		if err == nil && resp != nil && resp.Status() < http.StatusBadRequest {
			_ = resp.Close()
			return nil, refusal
		}
		return resp, err
	}
}

var errForeignHost = errors.New("the host is not among the allowed hosts (see framework.Options.AllowedHosts)")

// refuseForeignHosts stands around the router.
func refuseForeignHosts(router web.Handler) web.Handler {
	return func(r *web.Request) (*web.Response, error) {
		if refusal, ok := refusedHost.Peek(r); ok {
			return nil, refusal
		}
		return router(r)
	}
}

// hideHost removes the host from what a request says, in copies, since net/http owns the original.
// The address of the client and the scheme stay, as trusted proxies give them.
func hideHost(r *web.Request) {
	hr, u := *r.Request, *r.URL
	hr.Host, u.Host = "", ""
	hr.URL = &u
	if r.FromTrustedProxy() {
		client, scheme := r.ClientAddr(), r.Scheme()
		hr.Header = hr.Header.Clone()
		hr.Header.Del("Forwarded")
		hr.Header["X-Forwarded-Host"], hr.Header["X-Forwarded-Port"] = []string{""}, []string{""}
		hr.Header["X-Forwarded-For"], hr.Header["X-Forwarded-Proto"] = []string{client.String()}, []string{scheme}
	}
	r.Request = &hr
}
