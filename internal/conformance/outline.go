package conformance

import (
	"maps"
	"slices"
	"strings"
)

// outline is the plain reading of an application's directives from which the
// rules take our exact answers: which views there are, which of them fits a
// request, and what is answered if none does. It knows applications without
// routes, and says so where it does not know enough.
type outline struct {
	tree     *Tree
	views    []*declared
	derivers bool
	security bool
	added    []string // kinds of predicates in the order of adding
	guarded  bool     // a default permission
	bare     bool     // an explicit list of tweens without the one that answers errors
	eventful bool     // tweens, subscribers or callbacks may change the answer
}

// declared is a view in force.
type declared struct {
	Directive
	path []string // of the includes that lead to it
}

// outlineOf reads the directives of a case whose configuration is sound.
func outlineOf(c *Case) *outline {
	o := &outline{tree: c.App.Trees["main"]}
	if list := c.App.Settings.Tweens; len(list) > 0 {
		o.bare = !slices.ContainsFunc(list, func(e TweenEntry) bool { return e.Name == "EXCVIEW" })
		o.eventful = slices.ContainsFunc(list, func(e TweenEntry) bool { return e.Behavior.interferes() })
	}
	var round []*declared
	included := map[string]bool{}
	var read func(ds []Directive, path []string)
	read = func(ds []Directive, path []string) {
		for _, d := range ds {
			o.eventful = o.eventful || d.Do == "add_tween" && d.Behavior.interferes() || d.Raise != "" || raises(d.Adds) || raises(d.Behavior.Adds)
			switch d.Do {
			case "add_view", "add_exception_view", "add_notfound_view", "add_forbidden_view":
				round = append(round, &declared{d, path})
			case "include":
				if !included[d.Name] {
					included[d.Name] = true
					read(d.Directives, append(slices.Clip(path), d.Name))
				}
			case "route_prefix_context":
				read(d.Directives, path)
			case "action":
				read(d.Then, path)
			case "commit":
				o.settle(round)
				round, included = nil, map[string]bool{}
			case "security":
				o.security = true
			case "set_default_permission":
				o.guarded = true
			case "set_root_factory":
				o.tree = c.App.Trees[d.Tree]
			case "add_view_predicate":
				o.added = append(o.added, d.Name)
			case "add_view_deriver":
				o.derivers = true
			}
		}
	}
	read(c.App.Directives, nil)
	o.settle(round)
	return o
}

// interferes tells whether a tween does more than to look on.
func (b Behavior) interferes() bool {
	return b.Raise != "" || b.RaiseHTTP.Name != "" || b.Answer != 0 || b.RaiseAfter != "" || b.Catch != "" || raises(b.Adds)
}

func raises(callbacks []Callback) bool {
	return slices.ContainsFunc(callbacks, func(c Callback) bool { return c.Raise != "" || raises(c.Adds) })
}

// settle ends a round: of the views of one identity the one nearest to the
// application holds, and takes the place of one from an earlier round.
func (o *outline) settle(round []*declared) {
	nearest := map[string]*declared{}
	for _, v := range round {
		if other := nearest[v.identity()]; other == nil || slices.Compare(v.path, other.path) < 0 {
			nearest[v.identity()] = v
		}
	}
	for _, v := range round {
		if nearest[v.identity()] != v {
			continue
		}
		at := slices.IndexFunc(o.views, func(old *declared) bool { return old.identity() == v.identity() })
		if at >= 0 {
			o.views[at] = v
		} else {
			o.views = append(o.views, v)
		}
	}
}

// identity is what no two views share.
func (v *declared) identity() string {
	parts := []string{v.Context, v.Name, v.RouteName}
	if class := v.errorClass(); class != "" {
		parts[0] = class
	}
	for _, p := range v.Predicates {
		parts = append(parts, p.identity())
	}
	return strings.Join(parts, "\x00")
}

// answer is what comes out by the outline.
type answer struct {
	walk   walk
	status int
	view   *declared // that answered; nil for a plain answer
	failed string    // the error that it answers, "" for a resource
	raised string    // the error that nothing answered
	allow  []string  // methods, of 405 and of OPTIONS
	fits   bool      // some view fitted
	sure   bool

	unacceptable bool // nothing but the Accept header kept views from answering
}

// answer works out what a request gets.
func (o *outline) answer(q *Request) answer {
	a := o.find(q)
	a.sure = a.sure && !o.eventful
	return a
}

func (o *outline) find(q *Request) answer {
	a := answer{walk: q.walk(o.tree, reading{})}
	switch {
	case a.walk.raised == "URLDecodeError":
		o.failed(&a, q, 400, "URLDecodeError")
		return a
	case a.walk.raised != "":
		return a
	}
	groups := o.groups(&a.walk)
	for _, group := range groups {
		if view, sure := o.pick(group, q, &a.walk); view != nil || !sure {
			a.fits = true
			a.view, a.sure = view, sure && !o.asks(view)
			a.status = view.status(&a)
			return a
		}
	}
	status := 404
	for _, view := range slices.Concat(groups...) {
		switch failing := o.failing(view.Predicates, q, &a.walk); {
		case slices.Equal(failing, []string{"request_method"}):
			status = 405
			for _, p := range view.Predicates {
				if p.Kind == "request_method" {
					a.allow = append(a.allow, p.allowed()...)
				}
			}
		case status == 404 && slices.Equal(failing, []string{"accept"}):
			status = 406
		}
	}
	if status == 405 {
		a.allow = append(a.allow, "OPTIONS")
		slices.Sort(a.allow)
		a.allow = slices.Compact(a.allow)
		if q.Method == "OPTIONS" {
			a.status, a.sure = 204, true
			return a
		}
	}
	a.unacceptable = status == 406
	o.failed(&a, q, status, httpName(status))
	return a
}

// groups are the views of the walk's name in the order of the lookup.
func (o *outline) groups(w *walk) [][]*declared {
	var groups [][]*declared
	for _, class := range append(slices.Clone(lookupOrder[w.class(w.depth())]), "") {
		var group []*declared
		for _, v := range o.views {
			if v.errorClass() == "" && v.Context == class && v.Name == w.viewName() && v.RouteName == "" {
				group = append(group, v)
			}
		}
		groups = append(groups, group)
	}
	return groups
}

// pick gives the view of a group that answers. It is not sure where the
// client's preference among several offers decides.
func (o *outline) pick(group []*declared, q *Request, w *walk) (view *declared, sure bool) {
	var fitting []*declared
	offers := 0
	for _, v := range group {
		if len(o.failing(v.Predicates, q, w)) > 0 {
			continue
		}
		fitting = append(fitting, v)
		if slices.ContainsFunc(v.Predicates, func(p Predicate) bool { return p.Kind == "accept" }) {
			offers++
		}
	}
	if len(fitting) == 0 {
		return nil, true
	}
	slices.SortStableFunc(fitting, func(a, b *declared) int { return o.weight(a) - o.weight(b) })
	return fitting[0], len(fitting) == 1 || offers == 0
}

// weight is Pyramid's order inside a group: smaller is asked first.
func (o *outline) weight(v *declared) int {
	score := 0
	for _, p := range v.Predicates {
		at := slices.Index(builtinKinds, p.Kind)
		switch {
		case at < 0:
			at = 13 + slices.Index(o.added, p.Kind)
		case at >= 7: // the seventh place is kept for the kind of request
			at++
		}
		score += 1 << (at + 1)
	}
	return (1<<30 - score) / (len(v.Predicates) + 1)
}

// asks tells whether a view may ask for a permission.
func (o *outline) asks(v *declared) bool {
	return o.security && (v.Permission != "" || o.guarded) && v.Permission != "NO_PERMISSION_REQUIRED"
}

// status is that of the view's answer; it is not sure what raising comes to.
func (v *declared) status(a *answer) int {
	b := v.Behavior
	if b.Raise != "" || b.RaiseHTTP.Name != "" || b.Returns != "" {
		a.sure = false
	}
	switch {
	case v.View == "":
		return a.status
	case b.ReturnHTTP.Name != "":
		return httpClasses[b.ReturnHTTP.Name].low
	case b.Status != 0:
		return b.Status
	}
	return 200
}

// failed answers an error with a status: by the view for its name, then by
// those for ranges of statuses, the narrower first, then plainly.
func (o *outline) failed(a *answer, q *Request, status int, name string) {
	a.status, a.sure = status, true
	if o.bare {
		a.status, a.raised = 500, name
		return
	}
	classes := []string{}
	if name != httpName(status) {
		classes = append(classes, name)
	}
	ranges := slices.DeleteFunc(slices.Collect(maps.Keys(httpClasses)), func(name string) bool {
		return status < httpClasses[name].low || httpClasses[name].high < status
	})
	slices.SortFunc(ranges, func(a, b string) int {
		return (httpClasses[a].high - httpClasses[a].low) - (httpClasses[b].high - httpClasses[b].low)
	})
	for _, class := range append(classes, ranges...) {
		var group []*declared
		for _, v := range o.views {
			if v.errorClass() == class && v.RouteName == "" {
				group = append(group, v)
			}
		}
		if view, sure := o.pick(group, q, &a.walk); view != nil {
			a.sure = sure && !o.asks(view)
			a.failed = name
			a.status = view.status(a)
			if view.View != "" {
				a.view = view
			}
			return
		}
	}
}
