package conformance

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// outline is a plain reading of an application's directives: what is in force after overrides by
// includes and later rounds. It predicts the response to a request (outline_play.go). It does not
// know sessions.
type outline struct {
	suite       string
	trees       map[string]*Tree
	tree        string
	routes      []*route // in the order of matching, including those that never match
	views       []*declared
	subscribers []Directive
	tweens      []string // in use, outermost first
	behaviors   map[string]Behavior
	derivers    []string       // outermost first
	since       map[string]int // the round in which each deriver was added first
	kinds       []string       // of custom predicates, in the order of adding
	server      ranking        // the server's order of media types
	security    bool
	permission  string
}

// declared is a directive with its include path, the prefix of its routes, and its round.
type declared struct {
	Directive
	path   []string
	prefix string
	round  int
}

// outlineOf reads the directives of a case whose configuration is valid.
func outlineOf(c *Case) *outline {
	o := &outline{suite: c.Suite, trees: c.App.Trees, tree: "main", behaviors: map[string]Behavior{}, since: map[string]int{}}
	o.server = ranking{outermost: "first", innermost: "last"}
	for _, mediaType := range serverOrder {
		o.server.add(mediaType, nil, []string{"last"})
	}
	tweens := &ranking{outermost: "INGRESS", innermost: "MAIN"}
	tweens.add("EXCVIEW", []string{"INGRESS"}, nil)

	var round []*declared
	rounds := 0
	included := map[string]bool{}
	var read func(ds []Directive, path []string, prefix string)
	read = func(ds []Directive, path []string, prefix string) {
		for _, d := range ds {
			switch d.Do {
			case "include":
				if !included[d.Name] {
					included[d.Name] = true
					read(d.Directives, append(slices.Clip(path), d.Name), join(prefix, d.RoutePrefix))
				}
			case "route_prefix_context":
				read(d.Directives, path, join(prefix, d.RoutePrefix))
			case "action":
				read(d.Then, path, prefix)
			case "commit":
				o.settle(round, tweens)
				round, included = nil, map[string]bool{}
				rounds++
			default:
				round = append(round, &declared{d, path, prefix, rounds})
			}
		}
	}
	read(c.App.Directives, nil, "")
	o.settle(round, tweens)

	o.tweens = tweens.sorted()
	if list := c.App.Settings.Tweens; len(list) > 0 {
		o.tweens = nil
		for _, entry := range list {
			o.tweens = append(o.tweens, entry.Name)
			o.behaviors[entry.Name] = entry.Behavior
		}
	}
	if names, ok := c.Expect["derivers"].([]any); ok {
		for _, name := range names {
			o.derivers = append(o.derivers, name.(string))
		}
	}
	return o
}

// settle ends a round: of the directives with one identity the one nearest to the application wins,
// and replaces those of earlier rounds.
func (o *outline) settle(round []*declared, tweens *ranking) {
	nearest := map[string]*declared{}
	for _, d := range round {
		id := d.identity()
		if other := nearest[id]; other == nil || slices.Compare(d.path, other.path) < 0 {
			nearest[id] = d
		}
	}
	for _, d := range round {
		if id := d.identity(); id != "" && nearest[id] != d {
			continue
		}
		switch d.Do {
		case "add_view", "add_exception_view", "add_notfound_view", "add_forbidden_view":
			o.addView(d)
		case "add_route":
			o.addRoute(d)
		case "add_tween":
			under := d.Under
			if under == nil && d.Over == nil {
				under = Names{"INGRESS"}
			}
			tweens.add(d.Name, under, d.Over)
			o.behaviors[d.Name] = d.Behavior
		case "add_view_deriver":
			if _, known := o.since[d.Name]; !known {
				o.since[d.Name] = d.round
			}
		case "add_subscriber":
			o.subscribers = append(o.subscribers, d.Directive)
		case "add_view_predicate":
			o.kinds = append(o.kinds, d.Name)
		case "add_accept_view_order":
			before := d.WeighsMoreThan
			if before == nil && d.WeighsLessThan == nil {
				before = Names{"last"}
			}
			o.server.add(d.Value, d.WeighsLessThan, before)
		case "security":
			o.security = true
		case "set_default_permission":
			o.permission = d.Permission
		case "set_root_factory":
			o.tree = d.Tree
		}
	}
}

// misnamed reports whether a view has a name that we refuse and Pyramid accepts.
func (d Directive) misnamed() bool { return strings.HasPrefix(d.Name, "@@") }

// addView adds a view, or replaces one of an earlier round in its place.
func (o *outline) addView(v *declared) {
	if v.misnamed() {
		return
	}
	at := slices.IndexFunc(o.views, func(old *declared) bool { return old.identity() == v.identity() })
	if at >= 0 {
		o.views[at] = v
	} else {
		o.views = append(o.views, v)
	}
}

// identity returns what conflicting directives share; "" for a directive that never conflicts.
func (d *declared) identity() string {
	if d.Do == "add_subscriber" {
		return ""
	}
	if !strings.HasSuffix(d.Do, "_view") {
		return d.Do + " " + d.Name + d.For
	}
	claim := text(d.claim())
	for _, p := range d.Predicates {
		claim += p.identity()
	}
	return claim
}

// lookupOrder lists the types whose views a class has, most specific first. Views for any resource
// follow.
var lookupOrder = map[string][]string{
	"Folder":      {"Folder", "IContainer", "IResource"},
	"Root":        {"Root", "Folder", "IContainer", "IResource"},
	"Document":    {"Document", "IContent", "IResource"},
	"Image":       {"Image", "Document", "IContent", "IResource"},
	"Book":        {"Book", "IContent", "Folder", "IContainer", "IResource"},
	"DefaultRoot": {},
}

// errorOrder lists the same for the errors of the cases.
var errorOrder = map[string][]string{
	"AppError":       {"AppError"},
	"StorageError":   {"StorageError", "AppError"},
	"Timeout":        {"Timeout", "StorageError", "AppError"},
	"InputError":     {"InputError", "AppError"},
	"OtherError":     {"OtherError"},
	"ValueError":     {"ValueError"},
	"URLDecodeError": {"URLDecodeError"},
}

// classes returns the classes of an error, most specific first: its own, then ranges of statuses,
// narrower ones first. status is 0 if it has none.
func classes(name string) (list []string, status int) {
	list = slices.Clone(errorOrder[name])
	switch class, known := httpClasses[name]; {
	case known:
		status = class.low
	case name == "URLDecodeError":
		status = 400
	case name == "HTTP406":
		status = 406
	default:
		return list, 0
	}
	ranges := slices.DeleteFunc(slices.Collect(maps.Keys(httpClasses)), func(name string) bool {
		return status < httpClasses[name].low || httpClasses[name].high < status
	})
	slices.SortFunc(ranges, func(a, b string) int { return httpClasses[a].width() - httpClasses[b].width() })
	return append(list, ranges...), status
}

func (c httpClass) width() int { return c.high - c.low }

// lookup returns the groups of views for the end of the walk, in order: those of the matched route,
// then, if the route uses global views, those without a route.
func (o *outline) lookup(w *walk) [][]*declared {
	from := []string{""}
	if w.match != nil {
		from[0] = w.match.Name
		if w.match.UseGlobalViews {
			from = append(from, "")
		}
	}
	var groups [][]*declared
	for _, route := range from {
		for _, class := range append(slices.Clone(lookupOrder[w.class(w.depth())]), "") {
			groups = append(groups, o.group(route, func(v *declared) bool {
				return v.errorClass() == "" && v.Context == class && v.Name == w.viewName()
			}))
		}
	}
	return groups
}

// errorViews returns the group of views of a route, "" for none, for a class of errors.
func (o *outline) errorViews(route, class string) []*declared {
	return o.group(route, func(v *declared) bool { return v.errorClass() == class && v.Name == "" })
}

func (o *outline) group(route string, of func(*declared) bool) []*declared {
	return slices.DeleteFunc(slices.Clone(o.views), func(v *declared) bool { return v.RouteName != route || !of(v) })
}

// pick returns the view of a group that handles the request; nil if no predicates hold. Views with
// an Accept predicate come first, by preference.
func (o *outline) pick(group []*declared, q *Request, w *walk) *declared {
	var fitting []*declared
	var offers []string
	for _, v := range group {
		if offer := v.offer(); offer != "" && !slices.Contains(offers, offer) {
			offers = append(offers, offer)
		}
		if len(o.failing(v.Predicates, q, w)) == 0 {
			fitting = append(fitting, v)
		}
	}
	if len(fitting) == 0 {
		return nil
	}
	offers = append(q.preference(offers, o.server.sorted()), "")
	slices.SortStableFunc(fitting, func(a, b *declared) int {
		return cmp.Or(slices.Index(offers, a.offer())-slices.Index(offers, b.offer()), o.weight(a)-o.weight(b))
	})
	return fitting[0]
}

// offer returns the media type that a view offers, "" for none.
func (d *declared) offer() string {
	for _, p := range d.Predicates {
		if p.Kind == "accept" {
			return p.Values[0]
		}
	}
	return ""
}

// weight returns Pyramid's sort key inside a group: the view with the smallest is tried first.
func (o *outline) weight(v *declared) int {
	score := 0
	for _, p := range v.Predicates {
		at := slices.Index(builtinKinds, p.Kind)
		switch {
		case at < 0:
			at = 13 + slices.Index(o.kinds, p.Kind)
		case at >= 7: // Pyramid reserves the seventh place for request_type
			at++
		}
		score += 1 << (at + 1)
	}
	return (1<<30 - score) / (len(v.Predicates) + 1)
}

// mismatch returns the error of a request without a matching view, and the methods that would
// match. It looks at the views and at the routes that were tried before, where nothing failed but
// the method and the Accept header.
func (o *outline) mismatch(groups [][]*declared, q *Request, w *walk) (name string, allow []string) {
	var near, able int
	look := func(ps Predicates, views []*declared, w *walk) {
		failing := o.failing(ps, q, w)
		other := slices.DeleteFunc(slices.Clone(failing), func(kind string) bool { return kind == "request_method" || kind == "accept" })
		if len(failing) == 0 || len(other) > 0 {
			return
		}
		near++
		takes := func(method string) bool {
			return ps.allow(method) && (len(views) == 0 || slices.ContainsFunc(views, func(v *declared) bool { return v.Predicates.allow(method) }))
		}
		if takes(q.Method) {
			able++
		}
		for _, method := range append(ps.methods(views), "DELETE", "GET", "HEAD", "PATCH", "POST", "PUT") {
			if takes(method) {
				allow = append(allow, method)
			}
		}
	}
	for _, view := range slices.Concat(groups...) {
		look(view.Predicates, nil, w)
	}
	for _, m := range o.refused(q, w) {
		look(m.Predicates, o.behind(m.route), &walk{match: m})
	}
	switch {
	case near == 0:
		return "HTTPNotFound", nil
	case able > 0 && q.Method != "OPTIONS":
		return "HTTP406", nil
	}
	allow = append(allow, "OPTIONS")
	slices.Sort(allow)
	return "HTTPMethodNotAllowed", slices.Compact(allow)
}

// permits checks the access lists from the end of the walk up to the root.
func (o *outline) permits(q *Request, w *walk, permission string) bool {
	who := principals(o.user(q), q.header("X-Groups"))
	for depth := w.depth(); depth >= 0; depth-- {
		if w.nodes[depth] == nil || w.nodes[depth].ACL == nil {
			continue
		}
		for _, ace := range *w.nodes[depth].ACL {
			if slices.Contains(who, ace.Principal) && (ace.All || slices.Contains(ace.Permissions, permission)) {
				return ace.Allow
			}
		}
	}
	return false
}

// required returns the permission that a view requires, "" for none.
func (o *outline) required(v *declared, asError bool) string {
	switch {
	case !o.security || v.Permission == "NO_PERMISSION_REQUIRED":
		return ""
	case v.Permission == "" && !asError:
		return o.permission
	}
	return v.Permission
}

// deriversAround returns the case's own derivers around a view, outermost first: those outside
// secured_view, which run even if access is denied, and those inside. A deriver of a later round is
// not around the view.
func (o *outline) deriversAround(v *declared) (outside, inside []string) {
	at := max(slices.Index(o.derivers, "secured_view"), 0)
	around := func(names []string) []string {
		return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
			round, added := o.since[name]
			return !added || round > v.round
		})
	}
	return around(o.derivers[:at]), around(o.derivers[at:])
}
