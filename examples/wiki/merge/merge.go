package merge

import (
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// Part is a piece of a merged text. If Conflict is false, Mine and Theirs are equal.
type Part struct {
	Base, Mine, Theirs string
	Conflict           bool
}

// Result is a merged text, in parts. Together, the Base of all parts is the base; so are Mine and
// Theirs, except that a part without a conflict has the merged lines in both.
type Result struct {
	Parts     []Part
	Conflicts int
}

// Three merges mine and theirs, which are both made from base. Lines that one side has changed are
// taken from it; what both have changed in the same way counts once. Different changes of the same
// lines, or of lines without another between them, are a conflict.
func Three(base, mine, theirs string) Result {
	m := merger{base: base, mine: edits(base, mine), theirs: edits(base, theirs)}
	for len(m.mine) > 0 || len(m.theirs) > 0 {
		m.region()
	}
	m.same(len(base))
	return m.result
}

// edits returns the changes that lead from a to b, in order, at the boundaries of lines.
func edits(a, b string) []udiff.Edit {
	list := udiff.Lines(a, b)
	udiff.SortEdits(list)
	return list
}

// merger goes through the base, and has been as far as at.
type merger struct {
	base         string
	at           int
	mine, theirs []udiff.Edit // that are still to come
	result       Result
}

// same adds the lines up to end, which nobody has changed.
func (m *merger) same(end int) {
	if end > m.at {
		text := m.base[m.at:end]
		m.result.Parts = append(m.result.Parts, Part{Base: text, Mine: text, Theirs: text})
	}
	m.at = end
}

// region adds the next lines that somebody has changed: all changes that touch each other.
func (m *merger) region() {
	start := len(m.base)
	for _, list := range [][]udiff.Edit{m.mine, m.theirs} {
		if len(list) > 0 {
			start = min(start, list[0].Start)
		}
	}
	end, mine, theirs := start, 0, 0
	for grown := true; grown; {
		grown = false
		for ; mine < len(m.mine) && m.mine[mine].Start <= end; mine++ {
			end, grown = max(end, m.mine[mine].End), true
		}
		for ; theirs < len(m.theirs) && m.theirs[theirs].Start <= end; theirs++ {
			end, grown = max(end, m.theirs[theirs].End), true
		}
	}
	m.same(start)
	part := Part{
		Base:   m.base[start:end],
		Mine:   apply(m.base, start, end, m.mine[:mine]),
		Theirs: apply(m.base, start, end, m.theirs[:theirs]),
	}
	switch {
	case part.Mine == part.Theirs:
	case part.Mine == part.Base:
		part.Mine = part.Theirs
	case part.Theirs == part.Base:
		part.Theirs = part.Mine
	default:
		part.Conflict = true
		m.result.Conflicts++
	}
	m.result.Parts = append(m.result.Parts, part)
	m.at, m.mine, m.theirs = end, m.mine[mine:], m.theirs[theirs:]
}

// apply returns the lines from start to end after the changes.
func apply(base string, start, end int, changes []udiff.Edit) string {
	var text strings.Builder
	for _, e := range changes {
		text.WriteString(base[start:e.Start])
		text.WriteString(e.New)
		start = e.End
	}
	text.WriteString(base[start:end])
	return text.String()
}

// The lines around conflicts, as many programs write them.
const (
	markMine   = "<<<<<<<"
	markMiddle = "======="
	markTheirs = ">>>>>>>"
)

// Text returns the merged text. Where there is a conflict it has both sides, between lines that
// begin with marks and the names.
func (r Result) Text(mine, theirs string) string {
	var text strings.Builder
	for _, p := range r.Parts {
		if !p.Conflict {
			text.WriteString(p.Mine)
			continue
		}
		text.WriteString(markMine + " " + mine + "\n" + Normal(p.Mine))
		text.WriteString(markMiddle + "\n" + Normal(p.Theirs))
		text.WriteString(markTheirs + " " + theirs + "\n")
	}
	return text.String()
}

// Marked reports whether a text still has the marks of a conflict: one line that begins it, and
// after it one that ends it.
func Marked(text string) bool {
	begun := false
	for line := range strings.Lines(text) {
		switch {
		case strings.HasPrefix(line, markMine+" "):
			begun = true
		case begun && strings.HasPrefix(line, markTheirs+" "):
			return true
		}
	}
	return false
}

// Normal returns a text with line feeds alone, and one at its end unless it is empty.
func Normal(text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return text
}
