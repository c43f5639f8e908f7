package po

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// columns is how wide lines are, as those of gettext's own tools.
const columns = 79

// String returns the file as text. Equal files give equal texts.
func (f *File) String() string {
	var b strings.Builder
	for i, e := range f.Entries {
		if i > 0 {
			b.WriteByte('\n')
		}
		e.write(&b)
	}
	for i, line := range f.Trailing {
		if i == 0 {
			b.WriteByte('\n')
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

func (e *Entry) write(b *strings.Builder) {
	for _, line := range e.Comments {
		b.WriteString(line + "\n")
	}
	mark := ""
	if e.Obsolete {
		mark = "#~ "
		if len(e.Flags) > 0 {
			b.WriteString("#, " + strings.Join(e.Flags, ", ") + "\n")
		}
	} else {
		for _, line := range e.allComments()[len(e.Comments):] {
			b.WriteString(line + "\n")
		}
	}
	if e.Context != "" {
		writeText(b, mark, "msgctxt", e.Context)
	}
	writeText(b, mark, "msgid", e.ID)
	if !e.IsPlural {
		writeText(b, mark, "msgstr", strings.Join(e.Forms, ""))
		return
	}
	writeText(b, mark, "msgid_plural", e.Plural)
	for i, form := range e.Forms {
		writeText(b, mark, "msgstr["+strconv.Itoa(i)+"]", form)
	}
}

// allComments returns the lines before the message.
func (e *Entry) allComments() []string {
	lines := append([]string(nil), e.Comments...)
	for _, line := range e.Extracted {
		lines = append(lines, strings.TrimSpace("#. "+line))
	}
	line := "#:"
	for _, place := range e.References {
		if line != "#:" && len(line)+1+len(place) > columns {
			lines, line = append(lines, line), "#:"
		}
		line += " " + place
	}
	if line != "#:" {
		lines = append(lines, line)
	}
	if len(e.Flags) > 0 {
		lines = append(lines, "#, "+strings.Join(e.Flags, ", "))
	}
	for _, previous := range e.Previous {
		lines = append(lines, "#| "+previous)
	}
	return lines
}

// PreviousOf returns the lines that keep the message of an entry in another one, which was
// translated from it.
func PreviousOf(e *Entry) []string {
	var b strings.Builder
	if e.Context != "" {
		writeText(&b, "", "msgctxt", e.Context)
	}
	writeText(&b, "", "msgid", e.ID)
	if e.IsPlural {
		writeText(&b, "", "msgid_plural", e.Plural)
	}
	return strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
}

// writeText writes a keyword with its text: in one line, or, if that is too long or has line breaks
// inside, in several, of which the first is empty.
func writeText(b *strings.Builder, mark, keyword, text string) {
	line := mark + keyword + " " + quote(text)
	if at := strings.IndexByte(text, '\n'); width(line) <= columns && (at < 0 || at == len(text)-1) {
		b.WriteString(line + "\n")
		return
	}
	b.WriteString(mark + keyword + " \"\"\n")
	for part := range strings.SplitAfterSeq(text, "\n") {
		for part != "" {
			n := fits(part, columns-len(mark)-2)
			b.WriteString(mark + quote(part[:n]) + "\n")
			part = part[n:]
		}
	}
}

// fits returns how much of a text goes into a line: whole words, at least one.
func fits(text string, room int) int {
	last := 0
	for at := 0; at < len(text); {
		next := strings.IndexByte(text[at:], ' ')
		if next < 0 {
			next = len(text)
		} else {
			for next += at; next < len(text) && text[next] == ' '; next++ {
			}
		}
		if last > 0 && width(quote(text[:next]))-2 > room {
			return last
		}
		last, at = next, next
	}
	return len(text)
}

// width returns the columns of a line. Characters of East Asia take two, but a longer line does no
// harm.
func width(s string) int { return utf8.RuneCountInString(s) }

var escapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`, "\r", `\r`, "\a", `\a`, "\b", `\b`, "\v", `\v`, "\f", `\f`)

// quote returns a text in quotes. Control characters without an escape of their own are octal.
func quote(text string) string {
	text = escapes.Replace(text)
	if strings.IndexFunc(text, isControl) >= 0 {
		var b strings.Builder
		for _, r := range text {
			if isControl(r) {
				b.WriteString(`\` + strconv.FormatInt(01000+int64(r), 8)[1:])
			} else {
				b.WriteRune(r)
			}
		}
		text = b.String()
	}
	return `"` + text + `"`
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }
