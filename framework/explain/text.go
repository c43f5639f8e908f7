package explain

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// WriteText writes the explanation as plain text: the outcome first, then each stage.
func (e *Explanation) WriteText(w io.Writer) error {
	_, err := io.WriteString(w, e.String())
	return err
}

// String returns what WriteText writes.
func (e *Explanation) String() string {
	var t textWriter
	t.line(0, "%s %s", e.Method, e.Target)
	t.line(1, "%s", e.Outcome.Summary())
	if first := e.unless(); first != "" {
		t.line(1, "%s", first)
	}
	if e.Outcome.Cause != "" {
		t.line(1, "stopped at %s: %s", e.Outcome.At, e.Outcome.Cause)
	}
	if e.Outcome.Failure != "" {
		t.line(1, "error view failed: %s", e.Outcome.Failure)
	}
	if e.User != "" {
		t.line(1, "user: %q", e.User)
	}
	if len(e.Principals) > 0 {
		t.line(1, "principals: %s", strings.Join(e.Principals, ", "))
	}
	for _, note := range e.Notes {
		t.line(1, "note: %s", note)
	}
	t.tweens(e)
	t.routes(e.Routes)
	t.walk(e.Walk)
	t.views("views, in the order they are tried", e.Views)
	t.views("error views, in the order they are tried", e.Errors)
	if e.Outcome.By == ByView || len(e.Views) > 0 {
		t.derivers(e.Derivers)
	}
	return t.b.String()
}

// unless names the tweens that may respond before the predicted outcome, "" if none may.
func (e *Explanation) unless() string {
	var names []string
	for _, tween := range e.Tweens {
		if tween.MayAnswer {
			names = append(names, tween.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "unless a tween outside answers first: " + strings.Join(names, ", ")
}

// Summary returns the outcome in one line, such as "404 Not Found: default response of the
// framework".
func (o Outcome) Summary() string {
	status := strconv.Itoa(o.Status) + " " + http.StatusText(o.Status)
	switch {
	case o.Status == 0:
		return "connection closed without a response"
	case o.Location != "":
		status += " to " + o.Location
	case o.Allow != "":
		status += " (Allow: " + o.Allow + ")"
	}
	switch o.By {
	case ByView, ByErrorView:
		if !o.Certain {
			status += ", unless the view sets another status"
		}
		return status + ": " + o.View
	case ByApp:
		if o.Status < 500 {
			return status + ": no view handles the error"
		}
		return status + ": no view handles the error, it is logged"
	}
	return status + ": default response of the framework, no view runs"
}

// textWriter writes indented lines. The second and further lines of a text keep its indent.
type textWriter struct{ b bytes.Buffer }

func (t *textWriter) line(depth int, format string, args ...any) {
	indent := strings.Repeat("    ", depth)
	text := strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", "\n"+indent)
	t.b.WriteString(indent + text + "\n")
}

func (t *textWriter) heading(text string) { t.line(0, "\n%s", text) }

func (t *textWriter) tweens(e *Explanation) {
	if len(e.Tweens) == 0 {
		return
	}
	t.heading("tweens, outermost first (not run)")
	for _, tween := range e.Tweens {
		text := tween.Name + inParens(tween.Source)
		if note := e.tweenNote(tween); note != "" {
			text += ": " + note
		}
		t.line(1, "%s", text)
	}
}

// tweenNote returns whether a tween may respond itself and, for EXCVIEW, which calls the error
// views, what its position means for the other tweens; "" if there is nothing to say.
func (e *Explanation) tweenNote(tween Tween) string {
	if tween.MayAnswer {
		return "may answer first"
	}
	if tween.Outside || !e.Tweens[0].Outside || tween.Name != "EXCVIEW" {
		return ""
	}
	return "error views handle the errors of what is below, not of the tweens above"
}

func inParens(source string) string {
	if source == "" {
		return ""
	}
	return " (" + source + ")"
}

func (t *textWriter) routes(routes []Route) {
	if len(routes) == 0 {
		return
	}
	t.heading("routes, in matching order")
	listed, omitted := nearRoutes(routes)
	for _, rt := range listed {
		t.line(1, "%s %s%s: %s", rt.Name, rt.Pattern, inParens(rt.Source), rt.verdict())
	}
	if omitted > 0 {
		t.line(1, "and %d more whose patterns do not match the path", omitted)
	}
}

// maxFarRoutes limits how many routes are listed whose pattern does not match the path.
const maxFarRoutes = 30

// nearRoutes returns the routes to list, and the number of those that it omits.
func nearRoutes(routes []Route) (listed []Route, omitted int) {
	far := 0
	for _, rt := range routes {
		if !rt.Matched && !rt.Shadowed && rt.Params == nil {
			if far++; far > maxFarRoutes {
				omitted++
				continue
			}
		}
		listed = append(listed, rt)
	}
	return listed, omitted
}

func (rt Route) verdict() string {
	switch {
	case rt.Shadowed:
		return "not tried: its pattern also matches the path, but an earlier route matched first"
	case !rt.Matched:
		return rt.Failed
	case len(rt.Params) == 0:
		return "matched"
	}
	params := make([]string, len(rt.Params))
	for i, p := range rt.Params {
		params[i] = fmt.Sprintf("%s=%q", p.Name, p.Value)
	}
	return "matched with " + strings.Join(params, ", ")
}

func (t *textWriter) walk(w *Walk) {
	if w == nil {
		return
	}
	t.heading("traversal of " + w.Path)
	for _, line := range w.lines() {
		t.line(1, "%s", line)
	}
}

// lines describes the walk: its root, each step, and where it ended.
func (w *Walk) lines() []string {
	var lines []string
	switch {
	case w.Root == "":
	case w.Factory == "default":
		lines = append(lines, "root: "+w.Root+", since there is no root factory")
	default:
		lines = append(lines, fmt.Sprintf("root: %s, from the root factory of the %s", w.Root, w.Factory))
	}
	if w.VirtualRoot != "" {
		lines = append(lines, "virtual root: "+w.VirtualRoot)
	}
	for _, step := range w.Steps {
		lines = append(lines, step.String())
	}
	if w.Decision != nil {
		return append(lines, "stopped: "+w.Decision.about(w.Permission))
	}
	if n := len(w.Steps); w.Error != "" && (n == 0 || w.Steps[n-1].Error == "") {
		lines = append(lines, "error: "+w.Error) // unless the last step has it
	}
	if w.Resource == "" {
		return lines
	}
	if w.Place != "" {
		lines = append(lines, fmt.Sprintf("the resource states its own place %s, which is not where the walk found it: the access lists of that place apply", w.Place))
	}
	end := fmt.Sprintf("ended at %s (%s), view name %q", w.At, w.Resource, w.ViewName)
	if len(w.Subpath) > 0 {
		end += fmt.Sprintf(", subpath %q", w.Subpath)
	}
	return append(lines, end)
}

// String returns the step in one line, such as `"Front" of *wiki.Root, by child in 2.1µs:
// *wiki.Page`.
func (s Step) String() string {
	text := fmt.Sprintf("%q of %s", s.Name, s.Parent)
	if s.Capability == "none" {
		text += ": not a container, it has no children"
		if s.Hint != "" {
			text += ": " + s.Hint
		}
		return text
	}
	text += ", by " + s.Capability
	if s.Elapsed > 0 {
		text += " in " + rounded(s.Elapsed).String()
	}
	switch {
	case s.Missing && s.Error != "":
		return text + ": no such child (" + s.Error + ")"
	case s.Missing:
		return text + ": no such child"
	case s.Error != "":
		return text + ": error: " + s.Error
	}
	return text + ": " + s.Child
}

// rounded returns d with about three significant digits.
func rounded(d time.Duration) time.Duration {
	for unit := time.Nanosecond; unit < time.Second; unit *= 10 {
		if d < 1000*unit {
			return d.Round(unit)
		}
	}
	return d.Round(time.Second)
}

func (t *textWriter) views(title string, views []View) {
	if len(views) == 0 {
		return
	}
	t.heading(title)
	for _, v := range views {
		t.line(1, "%s: %s", v.View, v.verdict())
		t.line(2, "%s%s", v.Function, inParens(v.Source))
		for _, text := range []string{v.Offer.String(), v.chosenBy(), v.access(), v.seen()} {
			if text != "" {
				t.line(2, "%s", text)
			}
		}
	}
}

func (v View) verdict() string {
	switch {
	case v.Chosen:
		return "chosen"
	case v.Error != "":
		return v.Failed + ": " + v.Error
	case v.Failed != "":
		return v.Failed + " does not hold"
	case v.Behind:
		return "matches, but an earlier view was chosen"
	}
	return "matches"
}

// String describes the offer: `offers text/html: quality 0.8 by "text/*;q=0.8"`; "" for nil.
func (o *Offer) String() string {
	switch {
	case o == nil:
		return ""
	case !o.Preference:
		return fmt.Sprintf("offers %s: the client has no preference", o.Type)
	case o.Range == "":
		return fmt.Sprintf("offers %s: quality 0, since no range of the Accept header matches it", o.Type)
	}
	return fmt.Sprintf("offers %s: quality %v by %q", o.Type, o.Quality, o.Range)
}

var _ fmt.Stringer = (*Offer)(nil)

// seen lists the lineage that counted for a decision that did not allow the view, "" for others.
func (v View) seen() string {
	for _, d := range []*Decision{v.Decision, v.IfDecision} {
		if d != nil && !d.Allowed && len(d.Lineage) > 0 {
			return "lineage: " + strings.Join(d.Lineage, ", ")
		}
	}
	return ""
}

// access describes the required permission, and the policy's decision if there is one.
func (v View) access() string {
	switch {
	case v.Decision != nil:
		return v.Decision.about(v.Permission)
	case v.Permission != "":
		return fmt.Sprintf("requires permission %q", v.Permission)
	}
	return ""
}

// chosenBy describes the decision about the predicate IfPermitted, "" without one.
func (v View) chosenBy() string {
	if v.IfDecision == nil {
		return ""
	}
	return "predicate: " + v.IfDecision.about(v.IfPermitted)
}

// about returns the decision about a permission in one line: `permission "edit": denied by entry 2
// of /wiki: deny system.Everyone *`.
func (d *Decision) about(permission string) string {
	if d.Error != "" {
		return d.Failure(permission)
	}
	verdict := "denied"
	if d.Allowed {
		verdict = "allowed"
	}
	text := fmt.Sprintf("permission %q: ", permission)
	if strings.HasPrefix(d.Reason, verdict) { // a sentence of its own
		return text + d.Reason
	}
	text += verdict
	if d.At != "" {
		text += " at " + d.At
	}
	if d.Reason != "" {
		text += ": " + d.Reason
	}
	return text
}

// Failure says that the policy failed to decide about a permission; "" if it decided.
func (d *Decision) Failure(permission string) string {
	if d.Error == "" {
		return ""
	}
	return fmt.Sprintf("permission %q: the security policy failed: %s", permission, d.Error)
}

// refused reports whether the view ends the search without handling the request.
func (v View) refused() bool {
	return v.Error != "" || v.Decision != nil && !v.Decision.Allowed
}

func (t *textWriter) derivers(derivers []Deriver) {
	if len(derivers) == 0 {
		return
	}
	t.heading("derivers around the view, outermost first (not run)")
	for _, d := range derivers {
		t.line(1, "%s", strings.Join(append([]string{d.Name + inParens(d.Source)}, d.Options...), " "))
	}
}
