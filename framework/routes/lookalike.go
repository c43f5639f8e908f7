package routes

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
)

// lookalike finds what looks like a marker, most often one of another framework: "<id>", "{$}", a
// lone brace, and at the start of a segment ":id" or "*rest".
var lookalike = regexp.MustCompile(`<(?:\w+:)?(\w+)>|\{[^{}/]*\}?|\}|/[:*]([\pL_]\w*)`)

// warnOfLookalikes warns of literal text in the patterns that looks like a marker.
func (t *Table) warnOfLookalikes(reg *registry.Registry) {
	for _, rt := range t.byName {
		for _, p := range []*Pattern{rt.Pattern, rt.Traverse} {
			if text := p.lookalike(); text != "" {
				reg.Warn(rt.Source, fmt.Sprintf("route %q: pattern %q: %s", rt.Name, p, text))
			}
		}
	}
}

// lookalike says what in the literals of the pattern looks like a marker, "" if nothing does. The
// pattern may be nil.
func (p *Pattern) lookalike() string {
	if p == nil {
		return ""
	}
	for _, t := range p.tokens {
		if end := ":" + t.Marker + ">"; t.Marker != "" && !t.Star && strings.Contains(p.text, end) {
			at := strings.Index(p.text, end) // ":id" is a marker in the old style, the rest is literal
			if from := strings.LastIndexByte(p.text[:at], '<'); from >= 0 && !strings.Contains(p.text[from:at], "/") {
				return fmt.Sprintf("%q has no meaning: want a marker such as {%s}", p.text[from:at]+end, t.Marker)
			}
		}
		found := lookalike.FindStringSubmatch(t.Literal)
		if t.Marker != "" || found == nil {
			continue
		}
		text, name := strings.TrimPrefix(found[0], "/"), found[1]+found[2]
		switch {
		case text == "{$}":
			return `"{$}" is literal text: leave it out, since a pattern always matches the whole path`
		case text[0] == '*':
			return fmt.Sprintf("%q is literal text, since a star is a marker only at the end of a pattern: want {%s}, or {%s:.*} for several segments", text, name, name)
		case name == "":
			name = "name"
		}
		return fmt.Sprintf("%q is literal text: want a marker such as {%s}", text, name)
	}
	return ""
}
