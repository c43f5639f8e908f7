package framework

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/framework/explain"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

func (x *explainer) notef(format string, args ...any) {
	x.out.Notes = append(x.out.Notes, fmt.Sprintf(format, args...))
}

// surroundings lists the tweens and the derivers, which are not run.
func (x *explainer) surroundings() {
	reg := x.app.web.Registry
	names := tweens.Names(reg)
	inside := false
	x.out.Tweens = make([]explain.Tween, len(names))
	for i, name := range names {
		inside = inside || name == tweens.ExcView
		x.out.Tweens[i] = explain.Tween{Name: name, Outside: !inside}
		if name != tweens.ExcView { // its source is where the configuration began
			x.out.Tweens[i].Source = sourceOf(reg, "tweens", name)
			x.out.Tweens[i].MayAnswer = mayAnswer(reg, name)
		}
	}
	if inside {
		web.Drive(x.request).SetErrorsHandled()
	} else {
		x.notef("the tween EXCVIEW is not in use: no error view runs, and errors get default responses")
	}

	derivers, err := views.Derivers(reg)
	if err != nil {
		x.notef("%v", err)
	}
	x.out.Derivers = make([]explain.Deriver, len(derivers))
	for i, name := range derivers {
		x.out.Derivers[i] = explain.Deriver{Name: name, Source: sourceOf(reg, "view derivers", name)}
	}
}

// passing are the tweens of this module that always call the next handler.
var passing = []string{"tweens.RequestID(", "tweens.AccessLog(", "tweens.Compress(", "tweens.SecurityHeaders(", "tweens.Observe(", "oteltween.Observe(", "promtween.Observe("}

// mayAnswer reports whether a tween may respond without calling the next handler.
func mayAnswer(reg *registry.Registry, name string) bool {
	declared, _ := reg.Introspect().Get("tweens", name)
	factory, _ := declared.Field("factory")
	text, _ := factory.(string)
	return !slices.ContainsFunc(passing, func(call string) bool { return strings.HasPrefix(text, call) })
}

// derivers lists the derivers around a view, with its options.
func (x *explainer) derivers(view *views.Info) {
	layers := view.Layers()
	x.out.Derivers = make([]explain.Deriver, len(layers))
	for i, layer := range layers {
		d := explain.Deriver{Name: layer.Deriver, Source: sourceOf(view.Registry, "view derivers", layer.Deriver)}
		for _, o := range layer.Options {
			d.Options = append(d.Options, o.String())
		}
		x.out.Derivers[i] = d
	}
}

// sourceOf returns where something was registered, "" if it is built in.
func sourceOf(reg *registry.Registry, category, name string) string {
	declared, ok := reg.Introspect().Get(category, name)
	if !ok {
		return ""
	}
	return declared.Source.String()
}

// forwarding are the headers that the framework reads from trusted proxies only.
var forwarding = []string{
	"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Forwarded-Proto",
	web.RequestIDHeader, web.VirtualRootHeader,
}

// notes adds what is easy to overlook; hr is the request as Explain received it.
func (x *explainer) notes(hr *http.Request) {
	r := x.request
	var claimed []string
	for _, name := range forwarding {
		if values := hr.Header[name]; len(values) > 0 {
			claimed = append(claimed, fmt.Sprintf("%s: %s", name, strings.Join(values, ", ")))
		}
	}
	switch {
	case len(claimed) == 0:
	case r.FromTrustedProxy():
		x.notef("headers used, since %s is a trusted proxy: %s", r.RemoteAddr, strings.Join(claimed, "; "))
	default:
		x.notef("headers ignored, since %q is not a trusted proxy (see framework.Options.TrustedProxies): %s", r.RemoteAddr, strings.Join(claimed, "; "))
	}

	if allowed := allowedHosts(r.Registry()); allowed != nil && !allowed.Allows(r.Scheme(), r.Authority()) {
		x.notef("the application does not respond to the host %q (see framework.Options.AllowedHosts): served, the request is a 400", r.Authority())
	}
	if r.Method != hr.Method || r.URL.RequestURI() != hr.URL.RequestURI() {
		x.notef("a subscriber, a predicate or the root factory changed the request to %s %s", r.Method, hideInQuery(r.URL.RequestURI()))
	}
	if m := r.Match(); m != nil && slices.ContainsFunc(x.out.Routes, func(rt explain.Route) bool { return rt.Shadowed }) {
		x.notef("the route %q hides later ones that also match this path", m.Route)
	}
	for _, d := range x.out.Derivers {
		if d.Source != "" && (d.Name == views.SecuredView || d.Name == views.CSRFView) {
			x.notef("the deriver %s was replaced (%s): its decision is not predicted", d.Name, d.Source)
		}
	}
}
