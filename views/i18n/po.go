package i18n

import (
	"fmt"
	"strings"

	"github.com/mastaba-go/mastaba/views/i18n/internal/plural"
	"github.com/mastaba-go/mastaba/views/i18n/internal/po"
)

// catalog is what one file holds.
type catalog struct {
	messages map[po.Key]*message
	rule     *plural.Rule // plural.TwoForms if the file has none
}

// message is a translation: a text, or the forms for different numbers. Forms that are not
// translated are "".
type message struct {
	text  string
	forms []string // nil if there is only a text
	rule  *plural.Rule
	under *message // of the catalog below, for forms that this one lacks; nil without one
}

// parsePO reads a catalog in gettext's text format. Fuzzy entries, which nobody has reviewed, and
// obsolete ones are left out, as msgfmt does.
func parsePO(text string) (*catalog, error) {
	file, err := po.Parse(text)
	if err != nil {
		return nil, err
	}
	c := &catalog{messages: map[po.Key]*message{}, rule: plural.TwoForms}
	if h := file.Header(); h != nil {
		if err := c.header(h.Forms[0]); err != nil {
			return nil, &po.LineError{Line: h.Line, Err: err}
		}
	}
	for _, e := range file.Entries {
		if e.Obsolete || e.Fuzzy() || e.IsHeader() || !e.Translated() {
			continue
		}
		m := &message{text: e.Forms[0], rule: c.rule}
		if e.IsPlural {
			if n := len(e.Forms); n > c.rule.Forms {
				return nil, &po.LineError{Line: e.Line, Err: fmt.Errorf("msgid %q has %d forms, but Plural-Forms says %d", e.ID, n, c.rule.Forms)}
			}
			m = &message{forms: e.Forms, rule: c.rule}
		}
		c.messages[e.Key()] = m
	}
	return c, nil
}

// header reads the translation of the empty id.
func (c *catalog) header(text string) error {
	for line := range strings.SplitSeq(text, "\n") {
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch strings.ToLower(name) {
		case "plural-forms":
			r, err := plural.Parse(value)
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
