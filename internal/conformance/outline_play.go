package conformance

import (
	"maps"
	"slices"
	"strings"
)

// rehearsal is one request played by the outline: in the order that the framework promises, without
// the framework.
type rehearsal struct {
	*outline
	q    *Request
	walk walk

	matched    bool // a route matched
	found      bool // traversal ended
	trace      []string
	onResponse []Callback
	onFinished []Callback

	mismatch string // the error of a request without a matching view, if it is not a plain 404
	unsure   bool   // the outline cannot predict the result
}

// reply is a response, or an error on its way out.
type reply struct {
	status int
	report Report // of the view or tween that made it; nil for a default response
	header Report // location and allow
	raised string // the name of an error, instead of a response
}

// rehearse plays a request.
func (o *outline) rehearse(q *Request) (*rehearsal, Report) {
	r := &rehearsal{outline: o, q: q, unsure: o.suite == "csrf_session" || o.suite == "render", walk: o.walk(q, o.match(q, reading{}), reading{})}
	got := r.tween(0)
	if got.raised == "" {
		if raised := r.call(&r.onResponse); raised != "" {
			got = reply{raised: raised}
		} else if raised := r.notify("NewResponse"); raised != "" {
			got = reply{raised: raised}
		}
	}
	if raised := r.call(&r.onFinished); raised != "" {
		got = reply{raised: raised}
	}
	return r, r.result(got)
}

// result returns what a case would record of the reply.
func (r *rehearsal) result(a reply) Report {
	all := Report{"status": a.status, "view": nil, "trace": r.trace}
	if a.raised != "" {
		all["status"], all["raised"] = 500, a.raised
	} else {
		maps.Copy(all, a.report)
		maps.Copy(all, a.header)
	}
	if r.found {
		all["traversal"] = r.walk.found()
	}
	return all
}

func (r *rehearsal) mark(mark string) { r.trace = append(r.trace, mark) }

func (r *rehearsal) add(callbacks []Callback) {
	for _, c := range callbacks {
		if c.Response != "" {
			r.onResponse = append(r.onResponse, c)
		}
		if c.Finished != "" {
			r.onFinished = append(r.onFinished, c)
		}
	}
}

// call runs the callbacks of one kind, including those added meanwhile, until one raises.
func (r *rehearsal) call(callbacks *[]Callback) (raised string) {
	for len(*callbacks) > 0 {
		c := (*callbacks)[0]
		*callbacks = (*callbacks)[1:]
		r.mark(c.Response + c.Finished)
		r.add(c.Adds)
		if c.Raise != "" {
			return c.Raise
		}
	}
	return ""
}

// notify runs the subscribers of an event until one raises.
func (r *rehearsal) notify(event string) (raised string) {
	for _, s := range r.subscribers {
		if s.Event != event {
			continue
		}
		r.mark(s.Mark)
		r.add(s.Adds)
		if s.Raise != "" {
			return s.Raise
		}
	}
	return ""
}

// tween runs the tweens from the n-th inward, then the router.
func (r *rehearsal) tween(n int) reply {
	if n == len(r.tweens) {
		return r.route()
	}
	name := r.tweens[n]
	if name == "EXCVIEW" {
		got := r.tween(n + 1)
		if got.raised != "" {
			got = r.handleError(got)
		}
		return got
	}
	b := r.behaviors[name]
	r.mark(name)
	r.add(b.Adds)
	switch {
	case b.Raise != "":
		return reply{raised: b.Raise}
	case b.RaiseHTTP.Name != "":
		return r.raiseHTTP(b.RaiseHTTP)
	case b.Answer != 0:
		return reply{status: b.Answer, report: Report{"view": name}}
	}
	got := r.tween(n + 1)
	switch {
	case got.raised != "" && b.Catch != "" && belongs(got.raised, b.Catch):
		r.mark(name + ":caught")
		return reply{status: 500, report: Report{"view": name, "error": got.raised}}
	case got.raised != "":
	case b.RaiseAfter != "":
		return reply{raised: b.RaiseAfter}
	case b.After:
		r.mark(name + ":after")
	}
	return got
}

// belongs reports whether an error belongs to a class.
func belongs(name, class string) bool {
	list, _ := classes(name)
	return class == "Exception" || slices.Contains(list, class)
}

// route is the router: it goes from the path to the view.
func (r *rehearsal) route() reply {
	if raised := r.notify("NewRequest"); raised != "" {
		return reply{raised: raised}
	}
	if r.walk.raised == "URLDecodeError" {
		return reply{raised: r.walk.raised}
	}
	r.matched = r.walk.match != nil
	if raised := r.notify("BeforeTraversal"); raised != "" {
		return reply{raised: raised}
	}
	if r.walk.raised != "" {
		return reply{raised: r.walk.raised}
	}
	r.found = true
	if raised := r.notify("ContextFound"); raised != "" {
		return reply{raised: raised}
	}
	groups := r.lookup(&r.walk)
	for _, group := range groups {
		if view := r.pick(group, r.q, &r.walk); view != nil {
			return r.view(view, "")
		}
	}
	name, allow := r.outline.mismatch(groups, r.q, &r.walk)
	if name == "HTTPNotFound" {
		return reply{raised: name}
	}
	r.mismatch = name
	header := Report{}
	if allow != nil {
		header["allow"] = strings.Join(allow, ", ")
	}
	if allow != nil && r.q.Method == "OPTIONS" {
		return reply{status: 204, header: header}
	}
	return reply{raised: name, header: header}
}

// view calls a view, for the resource or for an error.
func (r *rehearsal) view(v *declared, failed string) reply {
	outside, inside := r.deriversAround(v)
	r.trace = append(r.trace, outside...)
	if permission := r.required(v, failed != ""); permission != "" && !r.permits(r.q, &r.walk, permission) {
		return reply{raised: "HTTPForbidden"}
	}
	r.trace = append(r.trace, inside...)
	if to := r.slashed(v); to != "" {
		return reply{status: v.AppendSlash.status(), header: Report{"location": to}}
	}
	if v.View == "" { // the default response
		_, status := classes(failed)
		return reply{status: status}
	}
	b := v.Behavior
	r.mark("view:" + v.View)
	r.add(b.Adds)
	got := reply{status: 200, report: r.report(v.View, failed)}
	switch {
	case b.Raise != "":
		return reply{raised: b.Raise}
	case b.RaiseHTTP.Name != "":
		return r.raiseHTTP(b.RaiseHTTP)
	case b.Returns != "":
		return reply{raised: "ValueError"}
	case b.ReturnHTTP.Name != "":
		got.status = httpClasses[b.ReturnHTTP.Name].low
		got.header = r.raiseHTTP(b.ReturnHTTP).header
	case b.Status != 0:
		got.status = b.Status
	}
	return got
}

// report returns the report of a view.
func (r *rehearsal) report(tag, failed string) Report {
	report := Report{"view": tag, "error": failed, "view_name": "", "subpath": []string{}, "matched_route": nil, "matchdict": nil}
	if r.matched {
		report["matched_route"], report["matchdict"] = r.walk.match.Name, r.walk.match.dict()
	}
	if r.found {
		report["view_name"], report["subpath"] = r.walk.viewName(), r.walk.subpath()
	}
	if failed == "" {
		delete(report, "error")
		report["context"], report["context_class"] = r.walk.path(r.walk.depth()), r.walk.class(r.walk.depth())
	}
	return report
}

func (r *rehearsal) raiseHTTP(h HTTPError) reply {
	got := reply{raised: h.Name}
	if h.Location != "" {
		to, err := r.q.resolve(h.Location)
		r.unsure = r.unsure || err != nil
		got.header = Report{"location": to}
	}
	return got
}

// handleError is the tween EXCVIEW: it calls the view for the error, those of the matched route
// first; otherwise an error with a status gives its default response, and any other error goes to
// the view for all errors.
func (r *rehearsal) handleError(failed reply) reply {
	list, status := classes(failed.raised)
	var groups [][]*declared
	if r.matched {
		for _, class := range append(slices.Clone(list), "Exception") {
			groups = append(groups, r.errorViews(r.walk.match.Name, class))
		}
	}
	if status == 0 {
		list = append(list, "Exception")
	}
	for _, class := range list {
		groups = append(groups, r.errorViews("", class))
	}
	place := walk{} // an error has no place in the tree: only the lineage counts
	if r.found {
		place = r.walk
		place.ofError = true
	} else if r.matched {
		place.match = r.walk.match
	}
	for _, group := range groups {
		view := r.pick(group, r.q, &place)
		if view == nil {
			continue
		}
		got := r.view(view, failed.raised)
		if view.View == "" && got.header == nil { // the default response has the headers of the error
			got.header = failed.header
		}
		if got.raised == "HTTPNotFound" { // the first error takes precedence
			return failed
		}
		return got
	}
	if status != 0 {
		return reply{status: status, header: failed.header}
	}
	return failed
}
