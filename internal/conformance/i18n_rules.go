package conformance

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/internal/conformance/pluralmodel"
	"github.com/mastaba-go/mastaba/views/web"
)

// The deviations of the suite i18n.
const (
	ownRule  = "a form is chosen by the rule of the catalog that has it"
	noneText = "an empty default text is none"
)

// judgeTranslation compares the result of a check with what is recorded, or with what a deviation
// makes of it.
func (c *Case) judgeTranslation(check *Check, got Report, v Verdict, at string) Verdict {
	want := maps.Clone(check.Expect)
	var applied []string
	if text, differs := c.formOf(check); differs {
		want["text"] = text
		applied = append(applied, ownRule)
	}
	if text, differs := check.withoutEmptyDefault(); differs && want["text"] == "" {
		want["text"] = text
		applied = append(applied, noneText)
	}
	if d := Differences(want, got); d != "" {
		v = v.problem("%s: %s (rules: %q)", at, d, applied)
	}
	v.Rules = append(v.Rules, applied...)
	if applied != nil && Differences(check.Expect, got) == "" {
		v.Vain = append(v.Vain, applied...)
	}
	return v
}

// withoutEmptyDefault returns the id of a message whose default is empty, its mapping filled in.
func (c *Check) withoutEmptyDefault() (string, bool) {
	var w wording
	if c.translationCheck.Text != nil || len(c.Message) == 0 || json.Unmarshal(c.Message, &w) != nil || w.Default == nil || *w.Default != "" {
		return "", false
	}
	m, err := messageOf(c.Message)
	m.Params = joined(m.Params, c.Mapping)
	return m.String(), err == nil
}

// formOf returns the text that our rule chooses for a check of plural forms, and whether Pyramid's
// rule, that of the catalog of the domain that was read first, chooses another one.
func (c *Case) formOf(check *Check) (text string, differs bool) {
	if check.Call != "pluralize" {
		return "", false
	}
	locale := c.localeOf(check)
	ours, theirs := "", ""
	for _, domain := range slices.Compact([]string{orMessages(check.Domain), "messages"}) {
		read := c.outline(locale, domain)
		for i := len(read) - 1; i >= 0 && ours == ""; i-- {
			ours = formAt(read[i].Forms[check.Singular], read[i].Rule(check.N))
		}
		for i := len(read) - 1; i >= 0 && theirs == ""; i-- {
			theirs = formAt(read[i].Forms[check.Singular], read[0].Rule(check.N))
		}
	}
	otherwise := check.translationCheck.Plural
	if check.N == 1 {
		otherwise = check.Singular
	}
	for _, text := range []*string{&ours, &theirs} {
		if *text == "" {
			*text = otherwise
		}
	}
	return web.Message{Params: joined(nil, check.Mapping)}.Fill(ours), ours != theirs
}

func orMessages(domain string) string {
	if domain == "" {
		return "messages"
	}
	return domain
}

func formAt(forms []string, at int) string {
	if at < len(forms) {
		return forms[at]
	}
	return ""
}

// localeOf returns the locale of a check: its own, that of the negotiator or a subscriber of the
// case, that of its request, or the default.
func (c *Case) localeOf(check *Check) string {
	locale := c.App.Settings.DefaultLocaleName
	if locale == "" {
		locale = "en"
	}
	if check.Request != nil {
		for pair := range strings.SplitSeq(check.Request.Query, "&") {
			if name, ok := strings.CutPrefix(pair, "_LOCALE_="); ok {
				locale = name
			}
		}
	}
	read := false
	subscribers := func(event string) {
		c.any(func(d Directive) bool {
			if d.Do != "add_subscriber" || d.Event != event {
				return false
			}
			var name *string
			if json.Unmarshal(d.translating.Locale, &name) == nil && name != nil && !read {
				locale = *name
			}
			read = read || d.ReadsLocale
			return false
		})
	}
	subscribers("NewRequest")
	subscribers("BeforeTraversal")
	if check.Locale != nil && !read {
		locale = *check.Locale
	}
	c.any(func(d Directive) bool {
		if d.Do == "set_locale_negotiator" {
			switch {
			case d.Always != nil:
				locale = *d.Always
			case check.Request != nil:
				for _, h := range check.Request.Headers {
					if h[0] == d.Header {
						locale = h[1]
					}
				}
			}
		}
		return false
	})
	return locale
}

// outline returns the catalogs of a domain in a locale, in the order in which they are read.
func (c *Case) outline(locale, domain string) (read []pluralmodel.Catalog) {
	var dirs []string
	pkg := c.App.Package
	var walk func([]Directive, string)
	walk = func(ds []Directive, pkg string) {
		for _, d := range ds {
			switch d.Do {
			case "include":
				inner := pkg
				if d.Package != "" {
					inner = d.Package
				}
				walk(d.Directives, inner)
			case "add_translation_dirs":
				var own []string
				for _, dir := range d.Dirs {
					if !strings.HasPrefix(dir, "/") && !strings.Contains(dir, ":") {
						dir = pkg + ":" + dir
					}
					own = append(own, strings.TrimSuffix(dir, "/"))
				}
				if d.Overriding {
					dirs = append(dirs, own...)
				} else {
					dirs = append(own, dirs...)
				}
			}
		}
	}
	walk(c.App.Directives, pkg)
	language, _, _ := strings.Cut(locale, "_")
	for _, dir := range dirs {
		for _, name := range slices.Compact([]string{language, locale}) {
			if text, ok := c.file(dir + "/" + name + "/LC_MESSAGES/" + domain + ".po"); ok {
				read = append(read, pluralmodel.Parse(text))
			}
		}
	}
	return read
}

// file returns a file of the case by its specification.
func (c *Case) file(spec string) (string, bool) {
	find := func(files Files, name string) (string, bool) {
		if f := files[name]; f != nil {
			return f.Text, true
		}
		return "", false
	}
	if pkg, name, ok := strings.Cut(spec, ":"); ok {
		return find(c.App.Packages[pkg], name)
	}
	dir, name, _ := strings.Cut(strings.TrimPrefix(spec, "/"), "/")
	return find(c.App.Static[dir], name)
}
