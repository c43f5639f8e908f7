package conditional

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// Options are the options of [Check]. The zero value is for responses that depend on the resource
// alone.
type Options struct {
	// By returns what else the response depends on, such as the user or the language. It is called
	// for each request, and becomes part of the tag as a hash.
	By func(r *web.Request) (string, error)
	// Weak says that two responses of one version may differ in their bytes, as pages with a CSRF
	// token do. The tag then serves If-None-Match only: If-Match and ranges need strong tags
	// (RFC 9110, 8.8.3.2).
	Weak bool
	// Require refuses requests with an unsafe method (others than GET, HEAD, OPTIONS and TRACE)
	// that have neither If-Match nor an If-Unmodified-Since that counts: with 428 (RFC 6585,
	// section 3). A date that is invalid, or for a resource whose time is unknown, does not count.
	Require bool
}

// DeriverName is the name of the deriver that checks, for views.Under and views.Over.
const DeriverName = "conditional_view"

const option = "conditional"

// check is the value of the option.
type check struct{ Options }

// String describes the options, for listings.
func (c check) String() string {
	words := []string{}
	if c.By != nil {
		words = append(words, "by "+registry.FuncName(c.By))
	}
	if c.Weak {
		words = append(words, "weak")
	}
	if c.Require {
		words = append(words, "required")
	}
	return cmp.Or(strings.Join(words, ", "), "by version")
}

// GoString is String, as options print their values.
func (c check) GoString() string { return c.String() }

var (
	_ fmt.Stringer   = check{}
	_ fmt.GoStringer = check{}
)

// Check is an option for views: it compares the conditions of a request with the state of the
// resource ([Versioned], [Dated], [For]) before the view is called.
//
// For GET and HEAD, If-None-Match and If-Modified-Since give a 304. The response of the view gets
// ETag and Last-Modified, unless it has them already or has a status other than 200. For all
// methods, If-Match and If-Unmodified-Since give a 412, and for unsafe methods so does
// If-None-Match. If the state is unknown, If-Match with a list of tags is a 412 too.
//
// Views of one resource that differ only in Accept have different tags; If-Match takes any of them.
// In an application with translations (package views/i18n) so do the languages, and a time alone
// gives no 304, since it may be that of a page in another language: a resource that knows only a
// time gets a weak tag made of it. So the language is chosen before the view runs.
//
// A resource type that can have no state, an error view, and a view with views.Wrapper, whose
// response is not what is sent, are configuration errors.
//
// The check costs a call of Version or Modified, and two allocations; with translations also the
// choice of the language, which other views make when they translate for the first time.
func Check(o Options) views.Option { return views.Value(option, check{o}) }

// Register adds the deriver that checks. The Configurator of package framework has called it.
func Register(c registry.Recorder) {
	views.AddDeriver(c, DeriverName, derive, views.Options(option), views.Under(views.HTTPCachedView), views.Over(views.DecoratedView))
}

func derive(next views.Callable, info *views.Info) (views.Callable, error) {
	o, ok, err := views.ValueOf[check](info, option)
	if err != nil || !ok {
		return next, err
	}
	known := statesOf(info.Registry)
	switch _, wrapped, _ := views.ValueOf[string](info, "wrapper"); {
	case info.ErrorOnly:
		return nil, errors.New("conditional.Check: an error view has no version: remove it")
	case wrapped:
		return nil, errors.New("conditional.Check: the response of a view with views.Wrapper is not what is sent: remove one of the two")
	case !known.mayHave(info.Resource):
		return nil, registry.Missing(fmt.Errorf("conditional.Check: %s has no version: add a method Version(context.Context) (string, error) "+
			"or Modified(context.Context) (time.Time, error), or give it a state with conditional.For", info.Resource),
			registry.Ref{Category: "resource states", ID: info.Resource})
	}
	v := &view{Options: o.Options, states: known, next: next, variant: variantOf(info)}
	_, v.translated = registry.Lookup[web.Localizers](info.Registry)
	return v.call, nil
}

// variantOf returns what distinguishes the representation of a view from the others of the
// resource.
func variantOf(info *views.Info) string {
	for _, p := range info.Predicates {
		if p.Kind() == "accept" && !p.Negated() {
			return p.String()
		}
	}
	return ""
}

// view is a view with a check.
type view struct {
	Options
	states  states
	next    views.Callable
	variant string // "" if there is one representation

	translated bool // the application has translations
}

func (v *view) call(r *web.Request, res traversal.Resource) (any, error) {
	state, err := v.states.of(r.Context(), res)
	if err != nil {
		return nil, err
	}
	stateKey.Set(r, state)
	now, err := v.current(r, state)
	if err != nil {
		return nil, err
	}
	if v.Require && !isSafe(r.Method) && !now.guards(r.Header) {
		return nil, web.Status(http.StatusPreconditionRequired, "send If-Match with the ETag of the version that you change")
	}
	switch now.evaluate(cmp.Or(r.Method, http.MethodGet), r.Header) {
	case failed:
		return nil, web.PreconditionFailed("the resource is not in the state that the request expects")
	case notModified:
		resp := r.Empty(http.StatusNotModified)
		now.describe(resp)
		return resp, nil
	}
	value, err := v.next(r, res)
	if resp, ok := value.(*web.Response); ok && err == nil && resp != nil && resp.Status() == http.StatusOK && isRead(r.Method) {
		now.describe(resp)
	}
	return value, err
}

// current returns the representation that the view would send.
func (v *view) current(r *web.Request, state State) (current, error) {
	now := current{weak: v.Weak, modified: state.Modified.Truncate(time.Second)}
	variant := v.variant
	if v.By != nil {
		by, err := v.By(r)
		if err != nil {
			return current{}, err
		}
		variant += "\x00" + by
	}
	if v.By != nil && isSafe(r.Method) {
		now.modified = time.Time{} // a time says nothing about the rest, such as whose page it is
	}
	version := state.Version
	if v.translated && isSafe(r.Method) { // writes compare the version alone
		variant += "\x00language " + r.Localizer().Locale()
		now.tagOnly = true
		if version == "" && !now.modified.IsZero() {
			version, now.weak = strconv.FormatInt(now.modified.Unix(), 10), true
		}
	}
	if version != "" {
		now.tag = token(version)
		if variant != "" {
			now.tag += "-" + digest(variant)
		}
	}
	return now, nil
}

// describe sets the headers of the response.
func (c current) describe(resp *web.Response) {
	if c.tag != "" && resp.Header("ETag") == "" {
		tag := `"` + c.tag + `"`
		if c.weak {
			tag = "W/" + tag
		}
		resp.SetHeader("ETag", tag)
	}
	if !c.modified.IsZero() && resp.Header("Last-Modified") == "" {
		resp.SetHeader("Last-Modified", c.modified.UTC().Format(http.TimeFormat))
	}
}

func isRead(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == ""
}

func isSafe(method string) bool {
	return isRead(method) || slices.Contains([]string{http.MethodOptions, http.MethodTrace}, method)
}
