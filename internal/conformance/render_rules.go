package conformance

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/framework"
)

// noRenderer is the deviation of cases with a view whose renderer does not exist. With renderers of
// these names that only fail, the results must be Pyramid's.
const noRenderer = "an unknown renderer is a configuration error"

// absentRenderers returns the names of renderers that views use and that do not exist.
func (c *Case) absentRenderers() (absent []string) {
	known := []string{"json", "string", ""}
	c.any(func(d Directive) bool {
		if d.Do == "add_renderer" {
			known = append(known, d.Name)
		}
		return false
	})
	c.any(func(d Directive) bool {
		if d.Renderer == nil {
			return false
		}
		key := *d.Renderer
		if ext := path.Ext(key); ext != "" {
			key = ext
		}
		if !slices.Contains(known, key) && !slices.Contains(absent, *d.Renderer) {
			absent = append(absent, *d.Renderer)
		}
		return false
	})
	return absent
}

// renderExchange is a request or a check of the suite render.
type renderExchange struct {
	c     *Case
	q     *Request // nil for a check
	check *Check   // nil for a request
}

// renderRule is a deliberate deviation: amend changes Pyramid's result into ours, and reports
// whether it applies.
type renderRule struct {
	name  string
	amend func(x *renderExchange, want Expect) bool
}

var renderRules = []renderRule{
	{"outside of a request no subscriber is notified", amendOutside},
	{"outside of a request there is a text, not a response", amendOutsideResponse},
	{"a content type that the view set stays", amendType},
	{"what a renderer gives is the whole body", amendNothing},
	{"the longest extension in the name of a renderer counts", amendExtension},
	{"a renderer of a later round is for the views that follow it", amendRound},
	{"an error view begins with the status of the error", amendErrorStatus},
	{"the response of a wrapper has its own type, and the status and headers of what it wraps", amendWrapper},
	{"a lifetime gives way to the view's own Cache-Control, and errors have none", amendCache},
}

// view returns the view that the result names.
func (x *renderExchange) view(want Expect) Directive {
	tag, _ := want["view"].(string)
	return x.tagged(tag, want["error"] != nil, "")
}

// tagged returns the view of a tag: preferably one for errors, and one of that name.
func (x *renderExchange) tagged(tag string, failed bool, name string) (found Directive) {
	best := -1
	x.c.any(func(d Directive) bool {
		if d.View != tag || tag == "" || !strings.HasSuffix(d.Do, "_view") {
			return false
		}
		fits := 0
		if failed == (d.errorClass() != "") {
			fits++
		}
		if name != "" && d.Name == name {
			fits += 2
		}
		if fits > best {
			best, found = fits, d
		}
		return false
	})
	return found
}

func amendOutside(x *renderExchange, want Expect) bool {
	if x.check == nil || x.check.Request != nil {
		return false
	}
	shown, ok := want["json"].(map[string]any)
	if globals, _ := shown["globals"].(map[string]any); !ok || len(globals) == 0 {
		return false
	}
	shown = maps.Clone(shown)
	shown["globals"] = map[string]any{}
	want["json"] = shown
	return true
}

func amendOutsideResponse(x *renderExchange, want Expect) bool {
	if x.check == nil || x.check.Request != nil || x.check.Call != "render_to_response" || want["error"] != nil {
		return false
	}
	plain := map[string]string{
		"content_type": `"text/html"`, "charset": `"UTF-8"`, "cookies": `[]`, "cache": `{"control":[],"expires_in":null}`,
	}
	for name, value := range want { // those of a response with nothing but a body
		headers, ok := value.(map[string]any)
		for _, values := range headers {
			ok = ok && values == nil
		}
		if text(value) == plain[name] || name == "headers" && ok {
			delete(want, name)
		}
	}
	return true
}

// builtin reports whether the response is that of a renderer of ours, by its type.
func builtin(want Expect) bool {
	t, _ := want["content_type"].(string)
	return t == "application/json" || t == "application/javascript" || t == "text/plain"
}

func amendType(x *renderExchange, want Expect) bool {
	d := x.view(want)
	set := d.Behavior.rendered.Response
	if set == nil || d.Behavior.Own != nil || !builtin(want) || adapted(x.c, want) {
		return false
	}
	given, _, _ := strings.Cut(set.ContentType, ";")
	if given != "text/html" && (given != "" || set.Charset == nil) {
		return false
	}
	want["content_type"], want["charset"] = "text/html", "UTF-8"
	if set.Charset != nil {
		want["charset"] = nil
		if name := strings.Trim(string(set.Charset), `"`); name != "null" {
			want["charset"] = name
		}
	}
	return true
}

func amendNothing(x *renderExchange, want Expect) bool {
	d := x.view(want)
	if d.Renderer == nil || d.Behavior.rendered.Response == nil || d.Behavior.rendered.Response.Text == nil {
		return false
	}
	if !x.c.any(func(other Directive) bool {
		return other.Do == "add_renderer" && other.Name == *d.Renderer && other.Kind == "nothing"
	}) {
		return false
	}
	want["body"] = ""
	return true
}

func amendExtension(x *renderExchange, want Expect) bool {
	shown, ok := want["json"].(map[string]any)
	name, _ := shown["renderer"].(string)
	was, _ := shown["type"].(string)
	if !ok || !strings.HasPrefix(was, ".") {
		return false
	}
	best := ""
	var by Directive
	base := path.Base(name)
	x.c.any(func(d Directive) bool {
		if d.Do == "add_renderer" && len(d.Name) > len(best) && (d.Name == name || strings.HasPrefix(d.Name, ".") && strings.HasSuffix(base, d.Name)) {
			best, by = d.Name, d
		}
		return false
	})
	if best == was || best == "" {
		return false
	}
	shown = maps.Clone(shown)
	if shown["type"], shown["label"] = best, nil; by.Label != "" {
		shown["label"] = by.Label
	}
	want["json"] = shown
	return true
}

// amendRound finds the renderer that was registered when the view was.
func amendRound(x *renderExchange, want Expect) bool {
	shown, ok := want["json"].(map[string]any)
	key, _ := shown["type"].(string)
	if !ok || shown["view"] == nil {
		return false
	}
	type placed struct {
		d           Directive
		round, deep int
	}
	var all []placed
	round, of := 0, -1
	var read func(ds []Directive, deep int)
	read = func(ds []Directive, deep int) {
		for _, d := range ds {
			switch {
			case d.Do == "commit":
				round++
			case d.Do == "include":
				read(d.Directives, deep+1)
			case d.Do == "add_renderer" && d.Name == key:
				all = append(all, placed{d, round, deep})
			case d.View == shown["view"]:
				of = round
			}
		}
	}
	read(x.c.App.Directives, 0)
	var best *placed
	for i := range all {
		p := &all[i]
		if p.round <= of && (best == nil || p.round > best.round || p.round == best.round && p.deep < best.deep) {
			best = p
		}
	}
	if best == nil {
		return false
	}
	var label any
	if best.d.Label != "" {
		label = best.d.Label
	}
	if text(label) == text(shown["label"]) {
		return false
	}
	shown = maps.Clone(shown)
	shown["label"] = label
	want["json"] = shown
	return true
}

// adapted reports whether a response adapter made the response.
func adapted(c *Case, want Expect) bool {
	body, _ := want["body"].(string)
	return c.any(func(d Directive) bool {
		return d.Do == "add_response_adapter" && strings.HasPrefix(body, d.Label+":")
	})
}

// chain returns the views that made the response, the innermost first: those of the trace that wrap
// one another.
func (x *renderExchange) chain(want Expect) (chain []Directive) {
	var tags []string
	trace, _ := want["trace"].([]any)
	for _, mark := range trace {
		if tag, ok := strings.CutPrefix(fmt.Sprint(mark), "view:"); ok {
			tags = append(tags, tag)
		}
	}
	for i, tag := range tags {
		wrapper := ""
		if n := len(chain); n > 0 {
			wrapper = chain[n-1].Wrapper
		}
		failed := want["error"] != nil && (i == len(tags)-1 || i > 0) // the first may be the one that failed
		at := x.tagged(tag, failed && wrapper == "", wrapper)
		if wrapper == "" || wrapper != at.Name {
			chain = nil
		}
		chain = append(chain, at)
	}
	return chain
}

// layer is the response of one view of a chain.
func (d Directive) layer(x *renderExchange, innermost bool, failed any, adapted bool) *changes {
	all := new(changes)
	switch {
	case d.Behavior.Own != nil:
		all.add(d.Behavior.Own)
	case adapted || d.Behavior.Render != nil && d.Behavior.Render.Call == "render_to_response":
	default:
		if d.errorClass() != "" && failed != nil && d.rendersValue() {
			all.Status = errorStatus(fmt.Sprint(failed))
		}
		for _, early := range x.early(innermost && failed == nil) {
			all.add(early)
		}
		all.add(d.Behavior.rendered.Response)
	}
	for _, one := range slices.Backward(d.Decorator) {
		all.add(one.Response)
	}
	return all
}

// early returns what subscribers do to the response before the view.
func (x *renderExchange) early(count bool) (list []*changes) {
	x.c.any(func(d Directive) bool {
		if count && d.Do == "add_subscriber" && d.Event != "BeforeRender" && d.Event != "NewResponse" && d.rendering.Response != nil {
			list = append(list, d.rendering.Response)
		}
		return false
	})
	return list
}

// add applies further changes.
func (c *changes) add(more *changes) {
	if more == nil {
		return
	}
	if more.Status != 0 {
		c.Status = more.Status
	}
	c.Headers = append(slices.Clone(c.Headers), more.Headers...)
	c.Cookies = append(slices.Clone(c.Cookies), more.Cookies...)
	if more.ContentType != "" {
		c.ContentType, c.Charset = more.ContentType, nil
	}
	if more.Charset != nil {
		c.Charset = more.Charset
	}
	if more.CacheControl != nil {
		c.CacheControl = more.CacheControl
	}
}

// errorStatus returns the status of the response to an error.
func errorStatus(name string) int {
	if _, status := classes(name); status != 0 {
		return status
	}
	return 500
}

// rendersValue reports whether the view's own renderer makes the response of its value.
func (d Directive) rendersValue() bool {
	b := d.Behavior
	return b.Own == nil && b.Returns == "" && b.ReturnHTTP.Name == "" && b.Raise == "" &&
		(b.Value != nil || b.Render != nil && b.Render.Call == "render")
}

func amendErrorStatus(x *renderExchange, want Expect) bool {
	chain := x.chain(want)
	if want["error"] == nil || want["raised"] != nil || len(chain) != 1 || want["status"] != 200.0 {
		return false
	}
	d := chain[0]
	if d.errorClass() == "" || !d.rendersValue() || adapted(x.c, want) {
		return false
	}
	if set := d.Behavior.rendered.Response; set != nil && set.Status != 0 {
		return false
	}
	for _, one := range d.Decorator {
		if one.Response != nil && one.Response.Status != 0 {
			return false
		}
	}
	want["status"] = errorStatus(fmt.Sprint(want["error"]))
	return true
}

func amendWrapper(x *renderExchange, want Expect) bool {
	chain := x.chain(want)
	if len(chain) < 2 || want["raised"] != nil || x.view(want).View != chain[len(chain)-1].View {
		return false
	}
	before := text(want)
	status := 200
	headers := map[string]any{}
	var cookies []any
	known := map[string]bool{}
	for i := len(chain) - 1; i >= 0; i-- {
		var failed any
		if i == 0 {
			failed = want["error"]
		}
		l := chain[i].layer(x, i == 0, failed, i == len(chain)-1 && adapted(x.c, want))
		if status == 200 && l.Status != 0 {
			status = l.Status
		}
		own := map[string]any{}
		for _, h := range l.Headers {
			own[h[0]] = []string{h[1]}
		}
		for name, value := range own {
			if headers[name] == nil {
				headers[name] = value
			}
		}
		for _, k := range l.Cookies {
			if !known[k.Name] {
				known[k.Name] = true
				cookies = append(cookies, k.recorded())
			}
		}
	}
	outer := chain[len(chain)-1]
	want["status"] = status
	if all, ok := want["headers"].(map[string]any); ok {
		all = maps.Clone(all)
		for name := range all {
			all[name] = headers[name]
		}
		want["headers"] = all
	}
	if _, ok := want["cookies"]; ok {
		want["cookies"] = append([]any{}, cookies...)
	}
	inherits := slices.ContainsFunc(chain[:len(chain)-1], func(d Directive) bool { return d.rendersValue() })
	if outer.rendersValue() && inherits && !adapted(x.c, want) && want["content_type"] != nil {
		x.typeOf(outer, want)
	}
	return text(want) != before
}

// typeOf sets the type of what the renderer of a view gives.
func (x *renderExchange) typeOf(d Directive, want Expect) {
	if set := d.layer(x, false, nil, false); set.ContentType != "" || set.Charset != nil {
		return
	}
	kind := ""
	if d.Renderer != nil {
		kind = *d.Renderer
		x.c.any(func(other Directive) bool {
			if other.Do == "add_renderer" && other.Name == *d.Renderer {
				kind = other.Kind
			}
			return false
		})
	}
	switch kind {
	case "json":
		want["content_type"], want["charset"] = "application/json", nil
	case "string":
		want["content_type"], want["charset"] = "text/plain", "UTF-8"
	default:
		want["content_type"], want["charset"] = "text/html", "UTF-8"
	}
}

// recorded returns the cookie as the cases record it.
func (k cookie) recorded() map[string]any {
	one := map[string]any{"name": k.Name, "value": k.Value, "path": k.cookie().Path}
	if k.MaxAge != nil {
		one["max_age"] = *k.MaxAge
	}
	if k.Domain != "" {
		one["domain"] = k.Domain
	}
	if k.Secure {
		one["secure"] = true
	}
	if k.HTTPOnly {
		one["http_only"] = true
	}
	if k.SameSite != "" {
		one["same_site"] = strings.ToUpper(k.SameSite[:1]) + strings.ToLower(k.SameSite[1:])
	}
	return one
}

// amendCache works out the header fields about caches.
func amendCache(x *renderExchange, want Expect) bool {
	if _, ok := want["cache"].(map[string]any); !ok {
		return false
	}
	chain := x.chain(want)
	if len(chain) == 0 || x.view(want).View != chain[len(chain)-1].View {
		return false
	}
	control, expires := []string{}, any(nil)
	status, _ := number(want["status"]).(int)
	for i, d := range chain {
		l := d.layer(x, i == 0, want["error"], false)
		own, seconds, options := cacheControl(l.CacheControl), -1, []string(nil)
		if d.HTTPCache != nil && !x.c.App.Settings.PreventHTTPCache {
			seconds, options = d.cache()
		}
		isError := d.errorClass() != "" && want["error"] != nil
		fresh := own
		var until any
		switch {
		case len(own) > 0:
			if seconds < 0 {
				fresh = append(slices.Clone(own), options...)
			}
		case seconds == 0:
			fresh, until = append([]string{"max-age=0", "must-revalidate", "no-cache", "no-store"}, options...), 0
		case seconds > 0 && (status < 400 || isError && (status == 404 || status == 410)):
			fresh, until = append([]string{fmt.Sprintf("max-age=%d", seconds)}, options...), seconds
		case seconds < 0:
			fresh = options
		}
		if len(fresh) > 0 {
			control, expires = fresh, until
		}
	}
	slices.Sort(control)
	if control == nil {
		control = []string{}
	}
	ours := map[string]any{"control": control, "expires_in": expires}
	if text(normal(ours)) == text(normal(want["cache"])) {
		return false
	}
	want["cache"] = ours
	return true
}

// playRender plays the requests and checks of a case.
func (c *Case) playRender(app *framework.App, v Verdict) Verdict {
	for i := range c.Requests {
		q := &c.Requests[i]
		q.renders = true
		at := fmt.Sprintf("request %d, %s %s?%s", i+1, q.Method, q.Path, q.Query)
		got, err := q.Play(app)
		if err != nil {
			v = v.problem("%s: %v", at, err)
			continue
		}
		v = (&renderExchange{c: c, q: q}).compare(q.Expect, got, v, at)
	}
	for i := range c.Checks {
		check := &c.Checks[i]
		at := fmt.Sprintf("check %d, %s %s", i+1, check.Call, check.Renderer)
		got, err := check.render(app)
		if err != nil {
			v = v.problem("%s: %v", at, err)
			continue
		}
		v = (&renderExchange{c: c, check: check}).compare(check.Expect, got, v, at)
	}
	return v
}

func (x *renderExchange) compare(expect Expect, got Report, v Verdict, at string) Verdict {
	want := maps.Clone(expect)
	var applied []string
	for _, r := range renderRules {
		if r.amend(x, want) {
			applied = append(applied, r.name)
		}
	}
	if d := Differences(want, got); d != "" {
		v = v.problem("%s: %s (rules: %q)", at, d, applied)
	}
	if v.Rules = append(v.Rules, applied...); applied != nil && Differences(expect, got) == "" {
		v.Vain = append(v.Vain, applied...)
	}
	return v
}
