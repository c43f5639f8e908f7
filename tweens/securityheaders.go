package tweens

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// SecurityHeadersOptions are the options of SecurityHeaders. The zero value is strict: pages load
// scripts, styles and images only from their own origin, without inline scripts and styles, and no
// other site can frame them.
type SecurityHeadersOptions struct {
	// CSP is the Content-Security-Policy, without frame-ancestors. Nil means DefaultCSP; an empty
	// policy sends only frame-ancestors.
	CSP CSP
	// ReportOnly is a second policy, which browsers report on but do not enforce
	// (Content-Security-Policy-Report-Only): to try one before it counts. Nil means none.
	ReportOnly CSP
	// Reporting are the endpoints that report-to refers to (Reporting-Endpoints): their names and
	// https URLs.
	Reporting map[string]string
	// FrameAncestors are the sources whose pages may frame those of the application: 'self' or
	// origins such as https://portal.example.com. They become frame-ancestors of the policy, and
	// X-Frame-Options where that can say it. Nil means nobody.
	FrameAncestors []string
	// ReferrerPolicy is what links to elsewhere reveal. "" means "same-origin": nothing. Mind that
	// "no-referrer" makes browsers send "Origin: null" with forms, which CSRF checks refuse.
	ReferrerPolicy string
	// Permissions is the Permissions-Policy. Nil means DefaultPermissions, an empty policy none.
	Permissions PermissionsPolicy
	// HSTS is how long browsers use only https for the host, from each response on
	// (Strict-Transport-Security). 0 means 365 days, a negative value leaves the header out. It is
	// sent over TLS alone, as trusted proxies give the scheme, and never for localhost, whose other
	// ports it would bind too. Only a response over TLS makes a browser forget it.
	HSTS time.Duration
	// HSTSSubdomains includes all subdomains of the host, now and in future.
	HSTSSubdomains bool
	// HSTSPreload asks for a place in the lists that browsers are shipped with. It needs
	// HSTSSubdomains and at least 365 days.
	HSTSPreload bool
	// OpenerPolicy is the Cross-Origin-Opener-Policy. "" means "same-origin": windows of other
	// origins that open a page, or that it opens, get no reference to it. A login in a popup of
	// another site needs "same-origin-allow-popups".
	OpenerPolicy string
	// ResourcePolicy is the Cross-Origin-Resource-Policy. "" means "same-origin": other origins
	// cannot embed images, scripts and the like. It does not restrict what CORS allows.
	ResourcePolicy string
	// Without leaves out headers, by their names, which other code sets.
	Without []string
}

// SecurityHeaders sets the headers by which browsers protect the users of an application:
// Content-Security-Policy, X-Frame-Options, X-Content-Type-Options (nosniff), Referrer-Policy,
// Permissions-Policy, Strict-Transport-Security, Cross-Origin-Opener-Policy and
// Cross-Origin-Resource-Policy. They are on every response of the application: also on one that is
// made after this tween for an error or a panic, by whatever handles it.
//
// If a view or an inner tween sets one of these headers itself, that one stays, even if it is
// empty: a page can have a policy of its own, and X-Frame-Options is left out if that has
// frame-ancestors. To give it one, put another SecurityHeaders around the view (views.Around), or
// set the header. Only nosniff and Strict-Transport-Security, which concern the whole application,
// replace those of the response. A response to an error has the headers of the outer tween.
//
// If the policy contains Nonce, each request has a nonce of its own: see CSPNonce. A 304 leaves
// such a policy out, since the page in the client's cache has the nonce of another response, whose
// policy is in the cache too.
//
// Place it outside all tweens that may respond themselves, its place by default if it is added
// after them. Invalid options are errors of the configuration.
func SecurityHeaders(o SecurityHeadersOptions) Factory {
	s, err := newSecurityHeaders(o)
	return New(func(next web.Handler, _ *registry.Registry) (web.Handler, error) {
		if err != nil {
			return nil, err
		}
		return onEvery(next, s.decorate), nil
	}).Named(callText("SecurityHeaders", o))
}

// securityHeaders holds the options in the form that requests need.
type securityHeaders struct {
	fixed   []securityHeader // the same for every response, unless it has its own
	csp     []cspHeader      // those with a nonce
	nosniff bool
	hsts    string // "" for none
}

type securityHeader struct{ name, value string }

// cspHeader is a policy with a nonce, which goes between its parts.
type cspHeader struct {
	name  string
	parts []string
}

// The names of the headers, in the order in which they are sent.
const (
	headerCSP           = "Content-Security-Policy"
	headerCSPReportOnly = "Content-Security-Policy-Report-Only"
	headerReporting     = "Reporting-Endpoints"
	headerFrame         = "X-Frame-Options"
	headerNosniff       = "X-Content-Type-Options"
	headerReferrer      = "Referrer-Policy"
	headerPermissions   = "Permissions-Policy"
	headerHSTS          = "Strict-Transport-Security"
	headerOpener        = "Cross-Origin-Opener-Policy"
	headerResource      = "Cross-Origin-Resource-Policy"
)

var securityHeaderNames = []string{
	headerCSP, headerCSPReportOnly, headerReporting, headerFrame, headerNosniff,
	headerReferrer, headerPermissions, headerHSTS, headerOpener, headerResource,
}

// oneYear is the shortest time that preload lists accept, and the default.
const oneYear = 365 * 24 * time.Hour

// decorate sets the headers of a response. It has the signature of a response callback.
func (s *securityHeaders) decorate(r *web.Request, resp *web.Response) error {
	framed := strings.Contains(resp.Header(headerCSP), "frame-ancestors")
	for _, h := range s.fixed {
		if !has(resp, h.name) && (!framed || h.name != headerFrame) {
			resp.SetHeader(h.name, h.value)
		}
	}
	if len(s.csp) > 0 && resp.Status() != http.StatusNotModified {
		for _, h := range s.csp {
			if !has(resp, h.name) {
				resp.SetHeader(h.name, strings.Join(h.parts, CSPNonce(r)))
			}
		}
	}
	if s.nosniff {
		resp.SetHeader(headerNosniff, "nosniff")
	}
	if s.hsts != "" && r.Scheme() == "https" && !isLocalhost(r.Authority()) {
		resp.SetHeader(headerHSTS, s.hsts)
	}
	return nil
}

// has reports whether a response has a header, which may be empty.
func has(resp *web.Response, name string) bool {
	return resp.Header(name) != "" || len(resp.HeaderValues(name)) > 0 // the first costs no copy
}

// isLocalhost reports whether a host is localhost, on any port.
func isLocalhost(authority string) bool {
	name, _, _ := strings.Cut(authority, ":")
	return name == "localhost" || strings.HasSuffix(name, ".localhost")
}

func newSecurityHeaders(o SecurityHeadersOptions) (*securityHeaders, error) {
	s := new(securityHeaders)
	b := &securityHeadersBuilder{SecurityHeadersOptions: o, to: s}
	b.policies()
	b.choice(headerReferrer, "ReferrerPolicy", o.ReferrerPolicy, "same-origin", referrerPolicies)
	b.permissions()
	b.strictTransport()
	b.choice(headerOpener, "OpenerPolicy", o.OpenerPolicy, "same-origin",
		[]string{"same-origin", "same-origin-allow-popups", "noopener-allow-popups", "unsafe-none"})
	b.choice(headerResource, "ResourcePolicy", o.ResourcePolicy, "same-origin", []string{"same-origin", "same-site", "cross-origin"})
	s.nosniff = true
	b.without()
	return s, errors.Join(b.errs...)
}

var referrerPolicies = []string{
	"no-referrer", "no-referrer-when-downgrade", "origin", "origin-when-cross-origin", "same-origin",
	"strict-origin", "strict-origin-when-cross-origin", "unsafe-url",
}

// securityHeadersBuilder checks the options.
type securityHeadersBuilder struct {
	SecurityHeadersOptions
	to   *securityHeaders
	errs []error
}

func (b *securityHeadersBuilder) fail(format string, args ...any) {
	b.errs = append(b.errs, fmt.Errorf("security headers: "+format, args...))
}

func (b *securityHeadersBuilder) set(name, value string) {
	b.to.fixed = append(b.to.fixed, securityHeader{name, value})
}

// policies sets the two policies, and what belongs to them.
func (b *securityHeadersBuilder) policies() {
	if b.CSP == nil {
		b.CSP = DefaultCSP()
	}
	ancestors := b.FrameAncestors
	if ancestors == nil {
		ancestors = []string{"'none'"}
	}
	for _, field := range []struct {
		name   string
		policy CSP
	}{{"CSP", b.CSP}, {"ReportOnly", b.ReportOnly}} {
		if _, ok := field.policy["frame-ancestors"]; ok {
			b.fail("%s: frame-ancestors: set FrameAncestors, which also sets X-Frame-Options", field.name)
		}
	}
	policy := maps.Clone(b.CSP)
	policy["frame-ancestors"] = ancestors
	b.policy(headerCSP, "CSP", policy)
	if len(b.ReportOnly) > 0 {
		b.policy(headerCSPReportOnly, "ReportOnly", b.ReportOnly)
	}
	switch {
	case slices.Equal(ancestors, []string{"'none'"}):
		b.set(headerFrame, "DENY")
	case slices.Equal(ancestors, []string{"'self'"}):
		b.set(headerFrame, "SAMEORIGIN")
	}
	b.reporting()
}

// policy sets one policy: as a fixed header, or in parts between which the nonce goes.
func (b *securityHeadersBuilder) policy(name, field string, policy CSP) {
	for _, err := range policy.check() {
		b.fail("%s: %w", field, err)
	}
	for _, endpoint := range policy["report-to"] {
		if _, ok := b.Reporting[endpoint]; !ok {
			b.fail("%s: report-to: Reporting has no endpoint %q", field, endpoint)
		}
	}
	parts := strings.Split(policy.String(), Nonce)
	if len(parts) == 1 {
		b.set(name, parts[0])
		return
	}
	for i := range parts {
		if i > 0 {
			parts[i] = "'" + parts[i]
		}
		if i < len(parts)-1 {
			parts[i] += "'nonce-"
		}
	}
	b.to.csp = append(b.to.csp, cspHeader{name, parts})
}

// reporting sets the endpoints of reports.
func (b *securityHeadersBuilder) reporting() {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(b.Reporting)) {
		target := b.Reporting[name]
		u, err := url.Parse(target)
		switch {
		case strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_-.*") != "" || name == "" || name[0] < 'a':
			b.fail("Reporting: invalid name %q: want lower-case letters, such as \"default\"", name)
		case err != nil || u.Scheme != "https" || u.Host == "" || strings.ContainsAny(target, "\"\\ ") || !isVisible(target):
			b.fail("Reporting: invalid URL %q of %q: want an https URL, since browsers report to no other", target, name)
		}
		list = append(list, name+`="`+target+`"`)
	}
	if list != nil {
		b.set(headerReporting, strings.Join(list, ", "))
	}
}

// choice sets a header with one of several values.
func (b *securityHeadersBuilder) choice(name, field, value, byDefault string, allowed []string) {
	if value == "" {
		value = byDefault
	}
	if !slices.Contains(allowed, value) {
		b.fail("%s: invalid value %q: want one of %s", field, value, strings.Join(allowed, ", "))
	}
	b.set(name, value)
}

func (b *securityHeadersBuilder) permissions() {
	policy := b.Permissions
	if policy == nil {
		policy = DefaultPermissions()
	}
	for _, err := range policy.check() {
		b.fail("Permissions: %w", err)
	}
	if len(policy) > 0 {
		b.set(headerPermissions, policy.String())
	}
}

func (b *securityHeadersBuilder) strictTransport() {
	age := b.HSTS
	if age == 0 {
		age = oneYear
	}
	switch {
	case age < 0 && (b.HSTSSubdomains || b.HSTSPreload):
		b.fail("HSTS is off, but HSTSSubdomains or HSTSPreload is set: leave them out")
	case age > 0 && age < time.Second:
		b.fail("HSTS of %v: want at least a second, or a negative value to leave the header out", age)
	case b.HSTSPreload && (!b.HSTSSubdomains || age < oneYear):
		b.fail("HSTSPreload needs HSTSSubdomains and at least %d days: preload lists refuse less", oneYear/(24*time.Hour))
	}
	if age < 0 {
		return
	}
	b.to.hsts = "max-age=" + strconv.FormatInt(int64(age/time.Second), 10)
	if b.HSTSSubdomains {
		b.to.hsts += "; includeSubDomains"
	}
	if b.HSTSPreload {
		b.to.hsts += "; preload"
	}
}

// without removes the headers that the options leave out.
func (b *securityHeadersBuilder) without() {
	for _, name := range b.Without {
		key := http.CanonicalHeaderKey(name)
		if !slices.Contains(securityHeaderNames, key) {
			b.fail("Without: %q is not a header of this tween: want one of %s", name, strings.Join(securityHeaderNames, ", "))
			continue
		}
		b.to.fixed = slices.DeleteFunc(b.to.fixed, func(h securityHeader) bool { return h.name == key })
		b.to.csp = slices.DeleteFunc(b.to.csp, func(h cspHeader) bool { return h.name == key })
		b.to.nosniff = b.to.nosniff && key != headerNosniff
		if key == headerHSTS {
			b.to.hsts = ""
		}
	}
}
