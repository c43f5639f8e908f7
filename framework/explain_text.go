package framework

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

var _ fmt.Stringer = (*Explanation)(nil)

// WriteText writes the explanation for people: the outcome, then each part of the
// way to it.
func (e *Explanation) WriteText(w io.Writer) error {
	_, err := io.WriteString(w, e.String())
	return err
}

// WriteJSON writes the explanation for programs, indented.
func (e *Explanation) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(e)
}

// String returns what WriteText writes.
func (e *Explanation) String() string {
	var t textWriter
	t.line(0, "%s %s", e.Method, e.Target)
	t.line(1, "%s", e.Outcome.Summary())
	if e.Outcome.Cause != "" {
		t.line(1, "%s: %s", e.Outcome.At, e.Outcome.Cause)
	}
	if e.Outcome.Failure != "" {
		t.line(1, "the error view fails: %s", e.Outcome.Failure)
	}
	if e.User != "" {
		t.line(1, "asked by %q", e.User)
	}
	for _, note := range e.Notes {
		t.line(1, "note: %s", note)
	}
	t.tweens(e.Tweens)
	t.routes(e.Routes)
	t.walk(e.Walk)
	t.views("views, in the order in which they are asked", e.Views)
	t.views("views for the error, in the order in which they are asked", e.Errors)
	if e.Outcome.By == ByView || len(e.Views) > 0 {
		t.derivers(e.Derivers)
	}
	return t.b.String()
}

// Summary is the outcome in one line: "404 Not Found, a plain answer".
func (o Outcome) Summary() string {
	status := strconv.Itoa(o.Status) + " " + http.StatusText(o.Status)
	switch {
	case o.Status == 0:
		return "the connection is cut, nothing is answered"
	case o.Location != "":
		status += " to " + o.Location
	case o.Allow != "":
		status += " (Allow: " + o.Allow + ")"
	}
	switch o.By {
	case ByView:
		return status + ", unless the view sets another status: " + o.View + " answers"
	case ByErrorView:
		if !o.Certain {
			status += ", unless the view sets another status"
		}
		return status + ": " + o.View + " answers"
	case ByNobody:
		return status + ": nothing answers the error, it is logged"
	}
	return status + ": a plain answer, no view makes it"
}

// textWriter writes lines with an indent; further lines of a text stand below it.
type textWriter struct{ b bytes.Buffer }

func (t *textWriter) line(depth int, format string, args ...any) {
	indent := strings.Repeat("    ", depth)
	text := strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", "\n"+indent)
	t.b.WriteString(indent + text + "\n")
}

func (t *textWriter) heading(text string) { t.line(0, "\n%s", text) }

func (t *textWriter) tweens(tweens []ExplainedTween) {
	if len(tweens) == 0 {
		return
	}
	t.heading("tweens, outermost first (not run)")
	for _, tween := range tweens {
		t.line(1, "%s%s%s", tween.Name, place(tween.Source), tween.Note())
	}
}

// Note says what its place means for the errors of a tween; "" for nothing.
func (t ExplainedTween) Note() string {
	if t.Outside {
		return ": outside EXCVIEW, so no error view answers its errors"
	}
	return ""
}

func place(source string) string {
	if source == "" {
		return ""
	}
	return " (" + source + ")"
}

// mostRoutes is how many routes that fail are worth a line, when there are many.
const mostRoutes = 30

func (t *textWriter) routes(routes []ExplainedRoute) {
	if len(routes) == 0 {
		return
	}
	t.heading("routes, in the order in which they are tried")
	listed, left := nearRoutes(routes)
	for _, rt := range listed {
		t.line(1, "%s %s%s: %s", rt.Name, rt.Pattern, place(rt.Source), rt.Verdict())
	}
	if left > 0 {
		t.line(1, "and %d more whose pattern does not take the path", left)
	}
}

// nearRoutes leaves out routes far from matching if there are many.
func nearRoutes(routes []ExplainedRoute) (listed []ExplainedRoute, left int) {
	far := 0
	for _, rt := range routes {
		if !rt.Matched && !rt.Shadowed && rt.Params == nil {
			if far++; far > mostRoutes {
				left++
				continue
			}
		}
		listed = append(listed, rt)
	}
	return listed, left
}

// Verdict says what became of the route.
func (rt ExplainedRoute) Verdict() string {
	switch {
	case rt.Shadowed:
		return "not tried: its pattern takes the path as well, but it stands behind the route that matched"
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

func (t *textWriter) walk(w *ExplainedWalk) {
	if w == nil {
		return
	}
	t.heading("traversal of " + w.Path)
	for _, line := range w.Lines() {
		t.line(1, "%s", line)
	}
}

// Lines tells the walk, a line for its root, each step and its end.
func (w *ExplainedWalk) Lines() []string {
	var lines []string
	if w.Root != "" {
		lines = append(lines, fmt.Sprintf("root: %s, by the root factory of the %s", w.Root, w.Factory))
	}
	if w.Factory == "default" && w.Root != "" {
		lines[0] = "root: " + w.Root + ", since there is no root factory"
	}
	if w.VirtualRoot != "" {
		lines = append(lines, "first to the virtual root "+w.VirtualRoot)
	}
	for _, step := range w.Steps {
		lines = append(lines, step.String())
	}
	if n := len(w.Steps); w.Error != "" && (n == 0 || w.Steps[n-1].Error == "") {
		lines = append(lines, "error: "+w.Error) // no step has told of it
	}
	if w.Resource == "" {
		return lines
	}
	end := fmt.Sprintf("ended at %s (%s), the view name is %q", w.At, w.Resource, w.ViewName)
	if len(w.Subpath) > 0 {
		end += fmt.Sprintf(", the subpath %q", w.Subpath)
	}
	return append(lines, end)
}

// String tells the step in one line.
func (s ExplainedStep) String() string {
	text := fmt.Sprintf("%q of %s, by %s", s.Name, s.Parent, s.Capability)
	if s.Capability == "none" {
		return fmt.Sprintf("%q of %s: that is no container, it has no children", s.Name, s.Parent)
	}
	if s.Elapsed > 0 {
		text += " in " + rounded(s.Elapsed).String()
	}
	switch {
	case s.Missing && s.Error != "":
		return text + ": there is no such child (" + s.Error + ")"
	case s.Missing:
		return text + ": there is no such child"
	case s.Error != "":
		return text + ": error: " + s.Error
	}
	return text + ": " + s.Child
}

// rounded leaves three digits or so.
func rounded(d time.Duration) time.Duration {
	for unit := time.Nanosecond; unit < time.Second; unit *= 10 {
		if d < 1000*unit {
			return d.Round(unit)
		}
	}
	return d.Round(time.Second)
}

func (t *textWriter) views(title string, views []ExplainedView) {
	if len(views) == 0 {
		return
	}
	t.heading(title)
	for _, v := range views {
		t.line(1, "%s: %s", v.View, v.Verdict())
		t.line(2, "%s%s", v.Function, place(v.Source))
		if text := v.Permits(); text != "" {
			t.line(2, "%s", text)
		}
	}
}

// Verdict says what became of the view.
func (v ExplainedView) Verdict() string {
	switch {
	case v.Chosen:
		return "chosen"
	case v.Error != "":
		return v.Failed + ": " + v.Error
	case v.Failed != "":
		return v.Failed + " does not hold"
	case v.Behind:
		return "fits, but stands behind"
	}
	return "fits"
}

// Permits says what the security policy decided, as far as it was asked.
func (v ExplainedView) Permits() string {
	if v.Decision == nil {
		if v.Permission != "" {
			return fmt.Sprintf("wants permission %q", v.Permission)
		}
		return ""
	}
	text := fmt.Sprintf("permission %q: denied", v.Permission)
	if v.Decision.Allowed {
		text = fmt.Sprintf("permission %q: allowed", v.Permission)
	}
	if v.Decision.At != "" {
		text += " at " + v.Decision.At
	}
	if v.Decision.Reason != "" {
		text += ": " + v.Decision.Reason
	}
	return text
}

func (t *textWriter) derivers(derivers []ExplainedDeriver) {
	if len(derivers) == 0 {
		return
	}
	t.heading("derivers around the view, outermost first (not run)")
	for _, d := range derivers {
		t.line(1, "%s%s", d.Name, place(d.Source))
	}
}
