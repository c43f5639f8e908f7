package merge

import "strings"

// Op says what became of a line.
type Op string

const (
	Same    Op = "same"
	Removed Op = "removed"
	Added   Op = "added"
	Skipped Op = "skipped" // lines that are the same and not shown
)

// Line is a line of a comparison, without its line feed.
type Line struct {
	Op       Op
	Text     string
	Old, New int // its number in both texts, from 1; 0 where it is not
}

// Diff compares two texts. Of what is the same, it has as many lines before and after each change
// as around says, and one Line with Skipped for those between. Equal texts have no lines.
func Diff(before, after string, around int) []Line {
	changes := edits(before, after)
	if len(changes) == 0 {
		return nil
	}
	d := differ{around: around}
	at := 0
	for _, e := range changes {
		d.same(before[at:e.Start], at == 0, false)
		d.add(before[e.Start:e.End], Removed)
		d.add(e.New, Added)
		at = e.End
	}
	d.same(before[at:], false, true)
	return d.lines
}

// differ counts the lines of both texts.
type differ struct {
	around   int
	lines    []Line
	old, new int
}

func (d *differ) add(text string, op Op) {
	for line := range strings.Lines(text) {
		l := Line{Op: op, Text: strings.TrimSuffix(line, "\n")}
		if op != Added {
			d.old++
			l.Old = d.old
		}
		if op != Removed {
			d.new++
			l.New = d.new
		}
		d.lines = append(d.lines, l)
	}
}

// same adds lines between two changes, or at the beginning or end of the text.
func (d *differ) same(text string, first, last bool) {
	lines := strings.SplitAfter(text, "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	head, tail := d.around, d.around
	if first {
		head = 0
	}
	if last {
		tail = 0
	}
	skipped := len(lines) - head - tail
	if skipped <= 1 { // one line takes no more room than a note that it was left out
		d.add(text, Same)
		return
	}
	d.add(strings.Join(lines[:head], ""), Same)
	d.lines = append(d.lines, Line{Op: Skipped})
	d.old, d.new = d.old+skipped, d.new+skipped
	d.add(strings.Join(lines[head+skipped:], ""), Same)
}
