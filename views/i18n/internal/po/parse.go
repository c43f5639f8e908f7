package po

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/mastaba-go/mastaba/views/i18n/internal/plural"
)

// LineError is a mistake in a file.
type LineError struct {
	Line int
	Err  error
}

func (e *LineError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Err) }

func (e *LineError) Unwrap() error { return e.Err }

// Parse reads a file. An error is a *LineError.
func Parse(text string) (*File, error) {
	text = strings.TrimPrefix(text, "\ufeff")
	if at := invalidUTF8(text); at >= 0 {
		return nil, &LineError{1 + strings.Count(text[:at], "\n"), errors.New("not UTF-8: convert the file, for example with msgconv")}
	}
	p := &parser{file: &File{}, seen: map[Key]int{}, entry: &Entry{}}
	for line := range strings.SplitSeq(text, "\n") {
		p.line++
		if err := p.read(strings.TrimSpace(line)); err != nil {
			if at, ok := errors.AsType[*LineError](err); ok {
				return nil, at
			}
			return nil, &LineError{p.line, err}
		}
	}
	if err := p.finish(); err != nil {
		return nil, err
	}
	p.file.Trailing = p.entry.allComments()
	return p.file, nil
}

func invalidUTF8(text string) int {
	for at, r := range text {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(text[at:]); size == 1 {
				return at
			}
		}
	}
	return -1
}

// parser reads a file line by line.
type parser struct {
	file *File
	line int
	seen map[Key]int // the line of each entry that is not obsolete

	entry *Entry  // the present one
	stage stage   // how far it has been read
	part  *string // what a line with only a text continues
}

type stage int

const (
	nothing stage = iota
	context
	id
	pluralID
	translation
)

func (p *parser) read(line string) error {
	switch {
	case line == "":
		return nil
	case line[0] == '#':
		obsolete, is := strings.CutPrefix(line, "#~")
		obsolete = strings.TrimSpace(obsolete)
		switch {
		case !is:
			return p.comment(line)
		case obsolete == "" || obsolete[0] == '|': // what it was translated from is not kept
			return nil
		}
		if p.stage != nothing && !p.entry.Obsolete {
			if err := p.finish(); err != nil {
				return err
			}
		}
		p.entry.Obsolete = true
		return p.text(obsolete)
	case p.stage != nothing && p.entry.Obsolete:
		if err := p.finish(); err != nil {
			return err
		}
	}
	return p.text(line)
}

// comment reads a line that begins with "#".
func (p *parser) comment(line string) error {
	if p.stage == translation {
		if err := p.finish(); err != nil {
			return err
		}
	}
	e := p.entry
	mark, rest := line[:min(2, len(line))], strings.TrimSpace(line[min(2, len(line)):])
	switch mark {
	case "#.":
		e.Extracted = append(e.Extracted, rest)
	case "#:":
		e.References = append(e.References, strings.Fields(rest)...)
	case "#,":
		for flag := range strings.SplitSeq(rest, ",") {
			if flag = strings.TrimSpace(flag); flag != "" {
				e.Flags = append(e.Flags, flag)
			}
		}
	case "#|":
		e.Previous = append(e.Previous, rest)
	default:
		e.Comments = append(e.Comments, line)
	}
	return nil
}

// text reads a line with a keyword and a text, or with a text that continues the one before.
func (p *parser) text(line string) error {
	if line[0] == '"' {
		if p.part == nil {
			return errors.New("a text without msgid or msgstr before it")
		}
		text, err := unquote(line)
		*p.part += text
		return err
	}
	word, rest, _ := strings.Cut(line, " ")
	if at := strings.IndexByte(word, '"'); at >= 0 { // msgid"text"
		word, rest = line[:at], line[at:]
	}
	text, err := unquote(strings.TrimSpace(rest))
	if err != nil {
		return err
	}
	return p.keyword(word, text)
}

func (p *parser) keyword(word, text string) error {
	if (word == "msgctxt" || word == "msgid") && p.stage == translation {
		obsolete := p.entry.Obsolete
		if err := p.finish(); err != nil {
			return err
		}
		p.entry.Obsolete = obsolete
	}
	e := p.entry
	if p.stage == nothing {
		e.Line = p.line
	}
	switch {
	case word == "msgctxt" && p.stage == nothing:
		e.Context, p.part, p.stage = text, &e.Context, context
	case word == "msgid" && p.stage <= context:
		e.ID, p.part, p.stage = text, &e.ID, id
	case word == "msgid_plural" && p.stage == id:
		e.Plural, e.IsPlural, p.part, p.stage = text, true, &e.Plural, pluralID
	case word == "msgstr" && p.stage == id:
		p.stage = translation
		p.form(text)
	case e.IsPlural && p.stage >= pluralID && word == fmt.Sprintf("msgstr[%d]", len(e.Forms)) && len(e.Forms) < plural.MostForms:
		p.stage = translation
		p.form(text)
	default:
		return fmt.Errorf("unexpected %s: want msgctxt, msgid, msgid_plural and msgstr in this order, and forms as msgstr[0], msgstr[1] and so on", word)
	}
	return nil
}

func (p *parser) form(text string) {
	p.entry.Forms = append(p.entry.Forms, text)
	p.part = &p.entry.Forms[len(p.entry.Forms)-1]
}

// finish stores the present entry.
func (p *parser) finish() error {
	e := p.entry
	if p.stage == nothing {
		return nil
	}
	if p.stage != translation {
		return &LineError{e.Line, fmt.Errorf("msgid %q has no msgstr", e.ID)}
	}
	if !e.Obsolete {
		if before := p.seen[e.Key()]; before > 0 {
			return &LineError{e.Line, fmt.Errorf("msgid %q appears twice: first in line %d", e.ID, before)}
		}
		p.seen[e.Key()] = e.Line
	}
	p.file.Entries = append(p.file.Entries, e)
	p.entry, p.stage, p.part = &Entry{}, nothing, nil
	return nil
}

// unquote reads a text in quotes, with the escapes of C.
func unquote(quoted string) (string, error) {
	if len(quoted) < 2 || quoted[0] != '"' || quoted[len(quoted)-1] != '"' {
		return "", fmt.Errorf("want a text in quotes, got %.40q", quoted)
	}
	inner := quoted[1 : len(quoted)-1]
	if !strings.ContainsAny(inner, `\"`) {
		return inner, nil
	}
	var b strings.Builder
	for inner != "" {
		if inner[0] == '"' {
			return "", fmt.Errorf(`%.40q: a quote inside a text is written \"`, quoted)
		}
		r, multibyte, rest, err := strconv.UnquoteChar(inner, '"')
		if err != nil {
			return "", fmt.Errorf("%.40q: invalid escape", quoted)
		}
		if multibyte || r < utf8.RuneSelf {
			b.WriteRune(r)
		} else {
			b.WriteByte(byte(r))
		}
		inner = rest
	}
	if text := b.String(); utf8.ValidString(text) {
		return text, nil
	}
	return "", fmt.Errorf("%.40q: its escapes are not UTF-8", quoted)
}
