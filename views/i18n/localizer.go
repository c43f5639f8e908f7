package i18n

import (
	"golang.org/x/text/language"

	"github.com/mastaba-go/mastaba/views/i18n/internal/po"
	"github.com/mastaba-go/mastaba/views/web"
)

// localizer translates for one locale. It is immutable once the catalogs are loaded.
type localizer struct {
	tag     string
	domains map[string]map[po.Key]*message
	own     map[po.Key]*message // of the application's domain
	content string              // the value of Content-Language, "" if it is not a tag
}

var _ web.Localizer = (*localizer)(nil)

// newLocalizer returns the localizer of a locale. Of several folders the last one wins.
func newLocalizer(name string, folders []catalogs) *localizer {
	l := &localizer{tag: tagOf(name), domains: map[string]map[po.Key]*message{}}
	if _, err := language.Parse(l.tag); err == nil {
		l.content = l.tag
	}
	for _, locales := range folders {
		if of := languageOf(name); of != name {
			l.merge(locales[of])
		}
		l.merge(locales[name])
	}
	l.own = l.domains[defaultDomain]
	return l
}

// merge puts catalogs over those that are there.
func (l *localizer) merge(catalogs map[string]*catalog) {
	for domain, c := range catalogs {
		if c == nil { // it has a mistake
			continue
		}
		messages := l.domains[domain]
		if messages == nil {
			messages = map[po.Key]*message{}
			l.domains[domain] = messages
		}
		for at, m := range c.messages {
			over := *m
			over.under = messages[at]
			messages[at] = &over
		}
	}
}

// Locale returns the tag of the locale.
func (l *localizer) Locale() string { return l.tag }

// Translate looks the message up in its domain, then in that of the application.
func (l *localizer) Translate(m web.Message) string {
	at := po.Key{Context: m.Context, ID: m.ID}
	text, found := "", false
	if m.Domain != "" && m.Domain != defaultDomain {
		text, found = l.domains[m.Domain][at].textFor(&m)
	}
	if !found {
		text, found = l.own[at].textFor(&m)
	}
	if !found || text == m.ID { // then the default text stands in for it, as in Pyramid
		return m.String()
	}
	return m.Fill(text)
}

// textFor returns the translation of a message.
func (t *message) textFor(m *web.Message) (text string, found bool) {
	for ; t != nil; t = t.under {
		switch {
		case m.Plural == "" && t.forms == nil:
			return t.text, true
		case t.forms == nil: // a text is no form
			continue
		}
		n := m.N
		if m.Plural == "" {
			n = 1
		}
		if at := t.rule.Form(n); at < len(t.forms) && t.forms[at] != "" {
			return t.forms[at], true
		}
	}
	return "", false
}

var _ web.Localizers = (*translations)(nil)

// Localizer returns the localizer of the request's locale. Clients may name locales that do not
// exist, so nothing is kept for those: they get the texts of the code.
func (t *translations) Localizer(r *web.Request) web.Localizer {
	name := LocaleName(r)
	l := t.locales[name]
	if l == nil {
		l = t.locales[languageOf(name)]
	}
	if l == nil {
		l = t.untranslated
	}
	r.AddResponseCallback(func(_ *web.Request, resp *web.Response) error {
		if l.content != "" && resp.Header("Content-Language") == "" {
			resp.SetHeader("Content-Language", l.content)
		}
		return nil
	})
	return l
}
