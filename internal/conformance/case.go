package conformance

import (
	"fmt"
	"maps"
	"strings"

	"github.com/mastaba-go/mastaba/framework"
)

// noPolicy is the deviation of cases in which a view requires a permission and there is no policy.
// With framework.NoPolicy the result must be Pyramid's.
const noPolicy = "a permission without a policy is a configuration error"

// Verdict is the result of a case.
type Verdict struct {
	Problems []string // differences from what is expected
	Rules    []string // deviations that apply, once for each request
	Vain     []string // deviations that apply although our result equals Pyramid's
}

// Play builds the application of a case and sends its requests, one after the other.
func (c *Case) Play() (v Verdict) {
	if c.App.Static != nil || c.App.Packages != nil {
		var err error
		if c.disk, err = newDisk(&c.App); err != nil {
			return v.problem("%v", err)
		}
		defer c.removeDisk()
	}
	b, app, failure := newApplication(c, nil)
	if failure != nil && strings.Contains(failure.Error(), "the application has no security policy") {
		v.Rules = append(v.Rules, noPolicy)
		b, app, failure = newApplication(c, framework.NoPolicy{})
	}
	if absent := c.absentRenderers(); failure != nil && absent != nil && strings.Contains(failure.Error(), "no renderer ") {
		v.Rules = append(v.Rules, noRenderer)
		b, app, failure = newApplication(c, framework.NoPolicy{}, absent...)
	}
	if b.err != nil {
		return v.problem("%v", b.err)
	}
	got, err := b.outcome(app, failure, c.Expect)
	if err != nil {
		return v.problem("configuration: %v", err)
	}
	want := maps.Clone(c.Expect)
	v = c.wantConflicts(want, v)
	if d := Differences(want, got); d != "" {
		v = v.problem("configuration: %s", d)
	}
	if app == nil {
		if failure != nil && len(v.Problems) > 0 {
			v = v.problem("the configuration failed: %v", failure)
		}
		return v
	}
	switch {
	case c.Suite == "render":
		return c.playRender(app, v)
	case c.Suite == "i18n":
		return c.playTranslations(app, v)
	case c.disk != nil:
		return c.playFiles(b, app, v)
	}
	outline := outlineOf(c)
	if order, ok := c.Expect["order"]; ok && text(order) != text(outline.tweens) {
		v = v.problem("order of tweens: the outline has %s, Pyramid has %s", text(outline.tweens), text(order))
	}
	client := c.visitor()
	for i := range c.Requests {
		q := &c.Requests[i]
		q.visitor, q.policy = client, b.policy
		x := &exchange{Request: q}
		x.rehearsal, x.ours = outline.rehearse(q)
		v = x.judge(app, v, fmt.Sprintf("request %d, %s %s", i+1, q.Method, q.Path))
	}
	for i := range c.Checks {
		check := &c.Checks[i]
		if check.Check != "" {
			v = check.accessCheck.judge(c, check.Expect, v, fmt.Sprintf("check %d, %s of %s at %s", i+1, check.Check, check.Permission, check.Path))
			continue
		}
		v = check.judge(app, outline, v, fmt.Sprintf("check %d, %s %s%s", i+1, check.Call, check.Route, check.Resource))
	}
	return v
}

func (v Verdict) problem(format string, args ...any) Verdict {
	v.Problems = append(v.Problems, fmt.Sprintf(format, args...))
	return v
}

// Rules returns the names of the deviations.
func Rules() []string {
	names := []string{noPolicy, noRenderer, allPhases, ownRule, noneText}
	for _, r := range rules {
		names = append(names, r.name)
	}
	for _, r := range fileRules {
		names = append(names, r.name)
	}
	for _, r := range renderRules {
		names = append(names, r.name)
	}
	return names
}
