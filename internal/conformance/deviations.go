package conformance

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// exchange is a request of a case, with what the outline says of it.
type exchange struct {
	suite string
	*Request
	outline *outline
	ours    answer
}

// rule is one of the architecture's deliberate deviations, as far as a request
// of a case can show it.
type rule struct {
	name string
	// applies recognises a request by what it is.
	applies func(x *exchange) bool
	// amend turns what Pyramid answered into what we answer.
	amend func(x *exchange, want Expect) error
}

// rules are applied one after another; of one request, several may speak.
var rules = []rule{
	{
		name: "%2F stays inside a name",
		applies: func(x *exchange) bool {
			return strings.Contains(strings.ToUpper(x.Path), "%2F") && x.leadsElsewhere(reading{whole: true})
		},
		amend: (*exchange).everything,
	},
	{
		name: ".. does not climb out of the virtual root",
		applies: func(x *exchange) bool {
			return x.ours.walk.virtual > 0 && x.leadsElsewhere(reading{climb: true})
		},
		amend: (*exchange).everything,
	},
	{
		name: "traversed is exact under a virtual root",
		applies: func(x *exchange) bool {
			w := &x.ours.walk
			return w.raised == "" && w.virtual > 0 && w.depth() < len(w.names)
		},
		amend: func(x *exchange, want Expect) error {
			if found, ok := want["traversal"].(map[string]any); ok {
				found = maps.Clone(found)
				found["traversed"] = x.ours.walk.found()["traversed"]
				want["traversal"] = found
			}
			return nil
		},
	},
	{
		name: "a path that is not UTF-8 is a bad request",
		applies: func(x *exchange) bool {
			return x.badPath() && (x.ours.view == nil || x.ours.view.errorClass() != "URLDecodeError")
		},
		amend: (*exchange).everything,
	},
	{
		name: "405 where only the method fails",
		applies: func(x *exchange) bool {
			return !x.ours.fits && x.ours.allow != nil && x.Method != "OPTIONS"
		},
		amend: (*exchange).everything,
	},
	{
		name: "406 where only the Accept header fails",
		applies: func(x *exchange) bool {
			return x.ours.unacceptable
		},
		amend: (*exchange).everything,
	},
	{
		name: "OPTIONS is answered from the views",
		applies: func(x *exchange) bool {
			return !x.ours.fits && x.ours.allow != nil && x.Method == "OPTIONS"
		},
		amend: (*exchange).everything,
	},
}

// leadsElsewhere tells whether the path means another place, read in one of
// Pyramid's ways.
func (x *exchange) leadsElsewhere(how reading) bool {
	return !reflect.DeepEqual(x.walk(x.outline.tree, how).names, x.ours.walk.names)
}

// Want gives what a request must answer: what Pyramid did, unless rules speak,
// whose names come with it.
func (x *exchange) Want() (want Expect, spoke []string, err error) {
	want = maps.Clone(x.Expect)
	for _, r := range rules {
		if !r.applies(x) {
			continue
		}
		before := maps.Clone(want)
		if err := r.amend(x, want); err != nil {
			return nil, nil, fmt.Errorf("rule %q: %w", r.name, err)
		}
		if !reflect.DeepEqual(normal(Report(before)), normal(Report(want))) {
			spoke = append(spoke, r.name)
		}
	}
	return want, spoke, nil
}

var errUnsure = errors.New("the outline does not know enough to say what we answer")

// everything replaces all that the expectation says by the outline's answer.
func (x *exchange) everything(want Expect) error {
	a := &x.ours
	if !a.sure {
		return errUnsure
	}
	if err := x.retrace(want); err != nil {
		return err
	}
	_, traversed := want["traversal"]
	_, routed := want["matched_route"]
	for name := range want {
		if name != "trace" {
			delete(want, name)
		}
	}
	want["status"], want["view"] = a.status, nil
	if a.walk.raised == "" && (traversed || x.suite == "traversal") {
		want["traversal"] = a.walk.found()
	}
	if a.raised != "" {
		want["raised"] = a.raised
		return nil
	}
	if a.allow != nil && a.view == nil {
		want["allow"] = strings.Join(a.allow, ", ")
	}
	if a.view == nil {
		return nil
	}
	want["view"] = a.view.View
	if routed {
		want["matched_route"] = nil
	}
	if a.failed != "" {
		want["error"] = a.failed
		return nil
	}
	w := &a.walk
	want["context"], want["context_class"] = w.path(w.depth()), w.class(w.depth())
	want["view_name"], want["subpath"] = w.viewName(), w.subpath()
	return nil
}

// retrace puts the mark of the view that answers here in the place of the one
// that answered there. It knows views without callbacks and derivers only.
func (x *exchange) retrace(want Expect) error {
	trace, ok := want["trace"].([]any)
	if !ok {
		return nil
	}
	there, _ := x.Expect["view"].(string)
	here := ""
	if x.ours.view != nil {
		here = x.ours.view.View
	}
	if there == here {
		return nil
	}
	at := slices.Index(trace, any("view:"+there))
	if there == "" || at < 0 || x.outline.derivers || x.outline.adds(there) || x.outline.adds(here) {
		return errUnsure
	}
	trace = slices.Delete(slices.Clone(trace), at, at+1)
	if here != "" {
		trace = slices.Insert(trace, at, any("view:"+here))
	}
	want["trace"] = trace
	return nil
}

// adds tells whether the view of that tag adds callbacks.
func (o *outline) adds(tag string) bool {
	return slices.ContainsFunc(o.views, func(v *declared) bool { return v.View == tag && v.Behavior.Adds != nil })
}

// outlineErrs holds the outline itself against what Pyramid answered, where no
// rule speaks.
func (x *exchange) outlineErrs() string {
	if !x.ours.sure {
		return ""
	}
	said := Expect{}
	if err := x.everything(said); err != nil {
		return err.Error()
	}
	recorded := Expect{}
	for name := range said {
		if value, ok := x.Expect[name]; ok {
			recorded[name] = value
		}
	}
	return Differences(recorded, Report(said))
}
