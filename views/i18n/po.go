package i18n

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// catalog is what one file holds.
type catalog struct {
	messages map[key]*message
	rule     *rule // twoForms if the file has none
}

// key finds a message: a context, "" for none, and its id.
type key struct{ context, id string }

// message is a translation: a text, or the forms for different numbers. Forms that are not
// translated are "".
type message struct {
	text  string
	forms []string // nil if there is only a text
	rule  *rule
	under *message // of the catalog below, for forms that this one lacks; nil without one
}

// lineError is a mistake in a .po file.
type lineError struct {
	line int
	err  error
}

func (e *lineError) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.err) }

func (e *lineError) Unwrap() error { return e.err }

// parsePO reads a catalog in gettext's text format (the manual of gettext, "PO files"). Fuzzy
// entries, which nobody has reviewed, and obsolete ones are left out, as msgfmt does.
func parsePO(text string) (*catalog, error) {
	p := &poParser{catalog: catalog{messages: map[key]*message{}, rule: twoForms}}
	text = strings.TrimPrefix(text, "\ufeff")
	if at := invalidUTF8(text); at >= 0 {
		return nil, &lineError{1 + strings.Count(text[:at], "\n"), fmt.Errorf("not UTF-8: convert the file, for example with msgconv")}
	}
	for line := range strings.SplitSeq(text, "\n") {
		p.line++
		if err := p.read(strings.TrimSpace(line)); err != nil {
			return nil, &lineError{p.line, err}
		}
	}
	if err := p.finish(); err != nil {
		return nil, &lineError{p.start, err}
	}
	for _, m := range p.messages {
		m.rule = p.rule
	}
	return &p.catalog, p.checkForms()
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

// poParser reads a file line by line.
type poParser struct {
	catalog
	line int

	// The present entry.
	start   int // its first line
	fuzzy   bool
	context string
	id      string
	plural  bool
	forms   []string // msgstr, or msgstr[0] and so on
	part    *string  // what a line with only a text continues
	seen    stage

	lines map[key]int // where each message with forms begins
}

// stage is how far an entry has been read.
type stage int

const (
	nothing stage = iota
	context
	id
	plural
	translation
)

func (p *poParser) read(line string) error {
	switch {
	case line == "":
		return nil
	case line[0] == '"':
		if p.part == nil {
			return fmt.Errorf("a text without msgid or msgstr before it")
		}
		text, err := unquotePO(line)
		*p.part += text
		return err
	case line[0] == '#':
		if p.seen == translation {
			if err := p.finish(); err != nil {
				return err
			}
		}
		if flags, is := strings.CutPrefix(line, "#,"); is {
			for flag := range strings.SplitSeq(flags, ",") {
				p.fuzzy = p.fuzzy || strings.TrimSpace(flag) == "fuzzy"
			}
		}
		return nil
	}
	word, rest, _ := strings.Cut(line, " ")
	if at := strings.IndexByte(word, '"'); at >= 0 { // msgid"text"
		word, rest = line[:at], line[at:]
	}
	text, err := unquotePO(strings.TrimSpace(rest))
	if err != nil {
		return err
	}
	return p.keyword(word, text)
}

func (p *poParser) keyword(word, text string) error {
	if (word == "msgctxt" || word == "msgid") && p.seen == translation {
		if err := p.finish(); err != nil {
			return err
		}
	}
	if p.seen == nothing {
		p.start = p.line
	}
	switch {
	case word == "msgctxt" && p.seen == nothing:
		p.context, p.part, p.seen = text, &p.context, context
	case word == "msgid" && p.seen <= context:
		p.id, p.part, p.seen = text, &p.id, id
	case word == "msgid_plural" && p.seen == id: // the text itself is for applications without a catalog
		p.plural, p.part, p.seen = true, new(string), plural
	case word == "msgstr" && p.seen == id:
		p.forms, p.seen = []string{text}, translation
		p.part = &p.forms[0]
	case p.plural && p.seen >= plural && word == fmt.Sprintf("msgstr[%d]", len(p.forms)) && len(p.forms) < mostForms:
		p.forms = append(p.forms, text)
		p.part, p.seen = &p.forms[len(p.forms)-1], translation
	default:
		return fmt.Errorf("unexpected %s: want msgctxt, msgid, msgid_plural and msgstr in this order, and forms as msgstr[0], msgstr[1] and so on", word)
	}
	return nil
}

// finish stores the present entry.
func (p *poParser) finish() error {
	entry := *p
	p.fuzzy, p.context, p.id, p.plural, p.forms, p.part, p.seen = false, "", "", false, nil, nil, nothing
	switch {
	case entry.seen == nothing:
		return nil
	case entry.seen != translation:
		return fmt.Errorf("msgid %q has no msgstr", entry.id)
	case entry.id == "" && entry.context == "":
		return p.header(entry.forms[0])
	case entry.fuzzy || strings.Join(entry.forms, "") == "":
		return nil
	}
	at := key{entry.context, entry.id}
	if p.messages[at] != nil {
		return fmt.Errorf("msgid %q appears twice", entry.id)
	}
	m := &message{text: entry.forms[0]}
	if entry.plural {
		m = &message{forms: entry.forms}
		if p.lines == nil {
			p.lines = map[key]int{}
		}
		p.lines[at] = entry.start
	}
	p.messages[at] = m
	return nil
}

// header reads the translation of the empty id.
func (c *catalog) header(text string) error {
	for line := range strings.SplitSeq(text, "\n") {
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch strings.ToLower(name) {
		case "plural-forms":
			r, err := parseRule(value)
			if err != nil {
				return err
			}
			c.rule = r
		case "content-type":
			_, charset, given := strings.Cut(strings.ToLower(value), "charset=")
			if given && charset != "utf-8" && charset != "utf8" && charset != "ascii" && charset != "us-ascii" && charset != "charset" {
				return fmt.Errorf("charset %q: want UTF-8: convert the file, for example with msgconv", charset)
			}
		}
	}
	return nil
}

// checkForms checks that no message has more forms than the rule chooses from.
func (p *poParser) checkForms() error {
	for at, line := range p.lines {
		if n := len(p.messages[at].forms); n > p.rule.forms {
			return &lineError{line, fmt.Errorf("msgid %q has %d forms, but Plural-Forms says %d", at.id, n, p.rule.forms)}
		}
	}
	return nil
}

// unquotePO reads a text in quotes, with the escapes of C.
func unquotePO(quoted string) (string, error) {
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
