package conformance

import (
	"errors"
	"maps"
	"reflect"
	"strings"

	"github.com/mastaba-go/mastaba/framework"
)

// exchange is a request of a case, with the outline's result.
type exchange struct {
	*Request
	rehearsal *rehearsal
	ours      Report     // the outline's result
	predicted *predicted // see session
}

// rule is a deliberate deviation from Pyramid that a request of a case can show. It recognizes a
// request by its content. The outline, which knows all deviations, has our exact result.
type rule struct {
	name    string
	applies func(x *exchange) bool // nil: to no request
	// habit is Pyramid's way of generating URLs that the rule replaces. The rule applies where the
	// habit gives another URL.
	habit reading
	// amend changes Pyramid's result into ours; nil takes the outline's result as a whole.
	amend func(x *exchange, want Expect)
}

// rules are applied in order; several may apply to one request.
var rules = []rule{
	{
		name: "%2F stays inside a name",
		applies: func(x *exchange) bool {
			return strings.Contains(strings.ToUpper(x.Path), "%2F") &&
				(x.redirects() || x.leadsElsewhere(reading{whole: true}, reading{climb: true}))
		},
		habit: reading{whole: true},
	},
	{
		name: "the virtual root is whole names, and .. does not climb out of it",
		applies: func(x *exchange) bool {
			return x.rehearsal.walk.virtual > 0 && x.leadsElsewhere(reading{climb: true}, reading{whole: true})
		},
	},
	{
		name: "traversed is exact under a virtual root",
		applies: func(x *exchange) bool {
			w := &x.rehearsal.walk
			return w.raised == "" && w.virtual > 0 && w.depth() < len(w.names)
		},
		amend: func(x *exchange, want Expect) {
			if found, ok := want["traversal"].(map[string]any); ok {
				found = maps.Clone(found)
				found["traversed"] = x.rehearsal.walk.found()["traversed"]
				want["traversal"] = found
			}
		},
	},
	{
		name:    "a path that is not UTF-8 is a bad request",
		applies: func(x *exchange) bool { return x.badPath() },
	},
	{
		name: "a view name does not begin with @@",
		applies: func(x *exchange) bool {
			w := &x.rehearsal.walk
			return w.raised == "" && strings.HasPrefix(w.viewName(), "@@")
		},
	},
	{
		name: "405 where only the method fails",
		applies: func(x *exchange) bool {
			return x.rehearsal.mismatch == "HTTPMethodNotAllowed" && x.Method != "OPTIONS"
		},
	},
	{
		name:    "406 where only the Accept header fails",
		applies: func(x *exchange) bool { return x.rehearsal.mismatch == "HTTP406" },
	},
	{
		name: "OPTIONS is answered from the views",
		applies: func(x *exchange) bool {
			return x.rehearsal.mismatch == "HTTPMethodNotAllowed" && x.Method == "OPTIONS"
		},
	},
	{
		name: "a generated URL leads back",
		applies: func(x *exchange) bool { // a redirect to "//name" would lead to another host
			return x.redirects() && x.ScriptName == "" && strings.HasPrefix(x.Path, "//")
		},
		habit: reading{loose: true},
	},
	{
		name:  "a URL that leads nowhere is an error",
		habit: reading{stray: true},
	},
	{
		name:  "the virtual root is cut by whole names",
		habit: reading{textual: true},
	},
	{
		name:    "nothing is left of a session that ended",
		applies: func(x *exchange) bool { return x.session().ended },
		amend:   (*exchange).amendSession,
	},
	{
		name:    "taking messages from an empty queue saves nothing",
		applies: func(x *exchange) bool { return x.session().popped },
		amend:   (*exchange).amendSession,
	},
}

// leadsElsewhere reports whether the path leads to another route or resource when read in one of
// Pyramid's ways, or in both ways where the other way alone makes no difference.
func (x *exchange) leadsElsewhere(way, other reading) bool {
	o := x.rehearsal.outline
	leads := func(how reading) string {
		m := o.match(x.Request, how)
		w := o.walk(x.Request, m, how)
		if m == nil {
			return text(w.names)
		}
		return text([]any{w.names, w.beyond, m.Name, m.dict()})
	}
	ours := leads(reading{})
	return leads(way) != ours || leads(reading{whole: true, climb: true}) != ours && leads(other) == ours
}

// redirects reports whether the response redirects to a path with a slash appended.
func (x *exchange) redirects() bool { return x.ours["view"] == nil && x.ours["location"] != nil }

var errUnsure = errors.New("the outline cannot predict the response")

// want returns the expected result of a request: Pyramid's, changed by the rules that apply, and
// the names of those rules.
func (x *exchange) want() (want Expect, applied []string, err error) {
	want = maps.Clone(x.Expect)
	for _, r := range rules {
		if r.applies == nil || !r.applies(x) {
			continue
		}
		before := maps.Clone(want)
		if r.amend != nil {
			r.amend(x, want)
		} else {
			if x.rehearsal.unsure {
				return nil, nil, errUnsure
			}
			want = x.recorded()
		}
		if !reflect.DeepEqual(normal(map[string]any(before)), normal(map[string]any(want))) {
			applied = append(applied, r.name)
		}
	}
	return want, applied, nil
}

// fields are the fields of a report that the cases of a suite record.
var fields = map[string][]string{
	"traversal": {},
	"views":     {"context", "context_class", "view_name", "subpath"},
	"routes":    {"context", "view_name", "subpath", "matched_route", "matchdict", "error"},
	"tweens":    {"error"},
	"config":    {"matched_route", "matchdict"},
	"errors":    {"error", "context", "matched_route"},
	"events":    {"error"},
	"acl":       {"context", "view_name", "error"},
}

// recorded returns the outline's result with the fields that the case records.
func (x *exchange) recorded() Expect {
	keep := append([]string{"status", "view", "raised", "location", "allow"}, fields[x.rehearsal.suite]...)
	if x.rehearsal.suite == "traversal" {
		keep = append(keep, "traversal")
	}
	if _, traced := x.Expect["trace"]; traced {
		keep = append(keep, "trace")
	}
	want := Expect{}
	for _, name := range keep {
		if value, ok := x.ours[name]; ok {
			want[name] = value
		}
	}
	return want
}

// judge sends one request and compares the result with the expected one.
func (x *exchange) judge(app *framework.App, v Verdict, at string) Verdict {
	want, applied, err := x.want()
	if err != nil {
		return v.problem("%s: %v", at, err)
	}
	got, err := x.Play(app)
	if err != nil {
		return v.problem("%s: %v", at, err)
	}
	if d := Differences(want, got); d != "" {
		v = v.problem("%s: %s (rules: %q)", at, d, applied)
	}
	switch {
	case len(applied) > 0:
		v.Rules = append(v.Rules, applied...)
		if Differences(x.Expect, got) == "" {
			v.Vain = append(v.Vain, applied...)
		}
	case !x.rehearsal.unsure:
		// Without a rule the outline must agree with Pyramid.
		if said := normal(map[string]any(x.recorded())); !reflect.DeepEqual(said, normal(map[string]any(want))) {
			v = v.problem("%s: the outline has %s, Pyramid has %s", at, text(said), text(want))
		}
	}
	return v
}
