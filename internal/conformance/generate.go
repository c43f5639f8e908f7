package conformance

import (
	"fmt"

	"github.com/mastaba-go/mastaba/framework"
)

// pyramid is how Pyramid generates URLs: all its habits together.
var pyramid = reading{whole: true, climb: true, loose: true, textual: true, stray: true}

// judge generates the URL of a check and compares it with the outline's. With Pyramid's habits, the
// outline must generate the recorded URL.
func (c *Check) judge(app *framework.App, o *outline, v Verdict, at string) Verdict {
	theirs := result(o.url(c, pyramid))
	if d := Differences(c.Expect, theirs); d != "" {
		return v.problem("%s: the outline with Pyramid's habits: %s", at, d)
	}
	ours := result(o.url(c, reading{}))
	applied := c.rules(o, theirs, ours)
	got, err := c.play(app)
	if err != nil {
		return v.problem("%s: %v", at, err)
	}
	if d := Differences(Expect(ours), got); d != "" {
		v = v.problem("%s: %s (rules: %q)", at, d, applied)
	}
	v.Rules = append(v.Rules, applied...)
	if Differences(c.Expect, got) == "" {
		v.Vain = append(v.Vain, applied...)
	}
	return v
}

// result reports a URL, or the error instead of one, with the fields of the cases.
func result(url, failed string) Report {
	if failed != "" {
		return Report{"error": failed}
	}
	return Report{"url": url}
}

// rules returns the names of the rules by which our URL differs from Pyramid's: those whose habit
// alone changes the URL, otherwise all rules about URLs.
func (c *Check) rules(o *outline, theirs, ours Report) []string {
	if text(theirs) == text(ours) {
		return nil
	}
	var alone, all []string
	for _, r := range rules {
		if r.habit == (reading{}) {
			continue
		}
		all = append(all, r.name)
		if text(result(o.url(c, r.habit))) != text(ours) {
			alone = append(alone, r.name)
		}
	}
	if alone != nil {
		return alone
	}
	return all
}

// play sends the request of the check and returns the URL generated while it was handled.
func (c *Check) play(app *framework.App) (Report, error) {
	p := &play{check: c}
	hr, err := c.Request.request(p)
	if err != nil {
		return nil, err
	}
	if _, err := app.Do(hr); err != nil && p.check != nil {
		return nil, fmt.Errorf("the request ended before the URL was generated: %w", err)
	}
	if p.urlErr != nil {
		failed, err := urlError(p.urlErr)
		return result("", failed), err
	}
	return result(p.url, ""), nil
}
