package conformance

import (
	"errors"
	"maps"
	"reflect"
	"strings"

	"github.com/mastaba-go/mastaba/framework"
)

// exchange is a request of a case, with what the outline says of it.
type exchange struct {
	*Request
	rehearsal *rehearsal
	ours      Report // the outline's answer
}

// rule is one of the architecture's deliberate deviations, as far as a request
// of a case can show it. It recognises a request by what it is; our exact
// answer is the outline's, which knows all of them.
type rule struct {
	name    string
	applies func(x *exchange) bool // nil: to no request
	// habit is Pyramid's way of making URLs from which the rule departs; it speaks
	// where that makes another URL.
	habit reading
	// amend turns what Pyramid answered into what we answer; nil: the outline
	// answers altogether.
	amend func(x *exchange, want Expect)
}

// rules are applied one after another; of one request, several may speak.
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
		applies: func(x *exchange) bool { // and not, with "//name" in front, to another host
			return x.redirects() && x.ScriptName == "" && strings.HasPrefix(x.Path, "//")
		},
		habit: reading{loose: true},
	},
	{
		name:  "the virtual root is cut by whole names",
		habit: reading{textual: true},
	},
}

// leadsElsewhere tells whether the path means another route or place, read in one
// of Pyramid's ways; or read in both, where the other alone makes no difference.
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

// redirects tells whether the answer is to append a slash.
func (x *exchange) redirects() bool { return x.ours["view"] == nil && x.ours["location"] != nil }

var errUnsure = errors.New("the outline cannot tell what the answer is")

// want gives what a request must be answered: what Pyramid did, unless rules
// speak, whose names come with it.
func (x *exchange) want() (want Expect, spoke []string, err error) {
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
			spoke = append(spoke, r.name)
		}
	}
	return want, spoke, nil
}

// fields are what the cases of a suite record of a report.
var fields = map[string][]string{
	"traversal": {},
	"views":     {"context", "context_class", "view_name", "subpath"},
	"routes":    {"context", "view_name", "subpath", "matched_route", "matchdict", "error"},
	"tweens":    {"error"},
	"config":    {"matched_route", "matchdict"},
	"errors":    {"error", "context", "matched_route"},
	"events":    {"error"},
}

// recorded is the outline's answer as the case would have recorded it.
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

// judge makes one request, and holds its answer against what it must be.
func (x *exchange) judge(app *framework.App, v Verdict, at string) Verdict {
	want, spoke, err := x.want()
	if err != nil {
		return v.problem("%s: %v", at, err)
	}
	got, err := x.Play(app)
	if err != nil {
		return v.problem("%s: %v", at, err)
	}
	if d := Differences(want, got); d != "" {
		v = v.problem("%s: %s (rules: %q)", at, d, spoke)
	}
	switch {
	case len(spoke) > 0:
		v.Rules = append(v.Rules, spoke...)
		if Differences(x.Expect, got) == "" {
			v.Vain = append(v.Vain, spoke...)
		}
	case !x.rehearsal.unsure:
		// The outline is held against Pyramid where no rule speaks.
		if said := normal(map[string]any(x.recorded())); !reflect.DeepEqual(said, normal(map[string]any(want))) {
			v = v.problem("%s: the outline says %s, Pyramid says %s", at, text(said), text(want))
		}
	}
	return v
}
