package conformance

import (
	"fmt"

	"github.com/mastaba-go/mastaba/framework"
)

// pyramid is how Pyramid makes URLs: all its habits together.
var pyramid = reading{whole: true, climb: true, loose: true, textual: true}

// judge makes the URL of a check, and holds it against what it must be. The outline
// says what that is; with Pyramid's habits it must say what was recorded.
func (c *Check) judge(app *framework.App, o *outline, v Verdict, at string) Verdict {
	theirs := answer(o.url(c, pyramid))
	if d := Differences(c.Expect, theirs); d != "" {
		return v.problem("%s: the outline in Pyramid's ways: %s", at, d)
	}
	ours := answer(o.url(c, reading{}))
	spoke := c.rules(o, theirs, ours)
	got, err := c.play(app)
	if err != nil {
		return v.problem("%s: %v", at, err)
	}
	if d := Differences(Expect(ours), got); d != "" {
		v = v.problem("%s: %s (rules: %q)", at, d, spoke)
	}
	v.Rules = append(v.Rules, spoke...)
	if Differences(c.Expect, got) == "" {
		v.Vain = append(v.Vain, spoke...)
	}
	return v
}

// answer is a URL, or what kept it from being made, in the words of the cases.
func answer(url, failed string) Report {
	if failed != "" {
		return Report{"error": failed}
	}
	return Report{"url": url}
}

// rules names the rules that make ours another URL than theirs: those whose habit
// alone does, else all that differ together.
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
		if text(answer(o.url(c, r.habit))) != text(ours) {
			alone = append(alone, r.name)
		}
	}
	if alone != nil {
		return alone
	}
	return all
}

// play has the application handle the request of the check, and the URL made
// meanwhile.
func (c *Check) play(app *framework.App) (Report, error) {
	p := &play{check: c}
	hr, err := c.Request.request(p)
	if err != nil {
		return nil, err
	}
	if _, err := app.Do(hr); err != nil && p.check != nil {
		return nil, fmt.Errorf("the request ended before the URL was made: %w", err)
	}
	if p.urlErr != nil {
		failed, err := urlError(p.urlErr)
		return answer("", failed), err
	}
	return answer(p.url, ""), nil
}
