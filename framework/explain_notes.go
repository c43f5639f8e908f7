package framework

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

func (x *explainer) notef(format string, args ...any) {
	x.out.Notes = append(x.out.Notes, fmt.Sprintf(format, args...))
}

// forwarding are the headers that count only from a trusted proxy.
var forwarding = []string{
	"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Forwarded-Proto",
	web.RequestIDHeader, web.VirtualRootHeader,
}

// note tells what is easily overlooked.
func (x *explainer) note(asked *http.Request) {
	r := x.request
	var claimed []string
	for _, name := range forwarding {
		if values := asked.Header[name]; len(values) > 0 {
			claimed = append(claimed, fmt.Sprintf("%s: %s", name, strings.Join(values, ", ")))
		}
	}
	switch {
	case len(claimed) == 0:
	case r.FromTrustedProxy():
		x.notef("believed, since %s is a trusted proxy: %s", r.RemoteAddr, strings.Join(claimed, "; "))
	default:
		x.notef("not believed, since %q is no trusted proxy (framework.Options.TrustedProxies): %s", r.RemoteAddr, strings.Join(claimed, "; "))
	}

	if r.Method != asked.Method || r.URL.RequestURI() != asked.URL.RequestURI() {
		x.notef("a subscriber, a predicate or the root factory changed the request to %s %s", r.Method, r.URL.RequestURI())
	}
	if m := r.Match(); m != nil && slices.ContainsFunc(x.out.Routes, func(rt ExplainedRoute) bool { return rt.Shadowed }) {
		x.notef("the route %q stands before others that take this path as well", m.Route)
	}
	for _, d := range x.out.Derivers {
		if d.Source != "" && (d.Name == views.SecuredView || d.Name == views.CSRFView) {
			x.notef("the deriver %s was replaced (%s): what it decides is not predicted", d.Name, d.Source)
		}
	}
}
