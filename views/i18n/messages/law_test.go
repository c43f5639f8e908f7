package messages

import (
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/views/i18n/internal/plural"
	"github.com/mastaba-go/mastaba/views/i18n/internal/po"
	"github.com/mastaba-go/mastaba/views/web"
)

// A template never makes the reader panic, and gives messages with a text and a place in it.
func FuzzTemplate(f *testing.F) {
	for _, seed := range []string{
		`{{t "a" "b" 1}}`, `{{"a" | t}}`, `{{tn "a" "b" 3 | printf "%s"}}`, `{{tc}}`, `{{define "x"}}{{tc "c" ("d")}}{{end}}`, `{{/* TRANSLATORS: x */}}{{t "y"}}`,
		`{{if t "a"}}{{else with tn "a" "b" .}}{{end}}`, "{{range $i, $x := t}}{{break}}{{end}}", "{{- t `raw\n` -}}", `{{(t "a").B}}`, `{{template "x" t "a" "b"}}`, "{{t \"\\x00\"}}", "\ufeff{{t 1}}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c := &collector{Options: Options{Domain: "messages"}, found: map[entryKey]*Message{}}
		if err := c.template("page.html", text, func() (string, error) { return "d", nil }); err != nil {
			return
		}
		for _, m := range c.source().Messages {
			if m.ID == "" || m.Domain != "d" || len(m.Places) == 0 || m.Places[0].Line < 1 {
				t.Errorf("%+v", m)
			}
		}
	})
}

// The markers of a text are those that get a value.
func FuzzMarkers(f *testing.F) {
	for _, seed := range []string{"${a} $b $$c ${d", "$a$b${c}${d}", "${1} $-a $a-b_2", "$", "$$${a}", "é$a\n${b}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		names := markersOf(text)
		for _, name := range names {
			if (web.Message{ID: text, Params: map[string]any{name: "\x00"}}).String() == text {
				t.Errorf("%q: %q is not filled in", text, name)
			}
		}
		others := []string{"a", "b", "c", "d", "A", "a1"}
		for _, name := range others {
			filled := (web.Message{ID: text, Params: map[string]any{name: "\x00"}}).String() != text
			if filled != slices.Contains(names, name) {
				t.Errorf("%q: %q: filled in is %v, but the markers are %q", text, name, filled, names)
			}
		}
	})
}

func TestRulesOfLanguages(t *testing.T) {
	t.Parallel()
	for name, text := range languages {
		_, err := plural.Parse(text)
		assert.NoError(t, err, name)
	}
	assert.Equal(t, languages["pt"], pluralForms("pt_PT"))
	assert.NotEqual(t, pluralForms("pt"), pluralForms("pt_BR"))
	assert.Equal(t, languages["sr"], pluralForms("sr_Latn_RS"))
	assert.Empty(t, pluralForms("tlh"))
}

// Merging loses no translation, and a second time it changes nothing.
func FuzzMerge(f *testing.F) {
	f.Add("msgid \"a\"\nmsgstr \"b\"\n\n#~ msgid \"c\"\n#~ msgstr \"d\"\n", "abcd", "c", "many", "ctx")
	f.Add("msgid \"\"\nmsgstr \"Plural-Forms: nplurals=3; plural=0;\"\nmsgid \"one\"\nmsgid_plural \"many\"\nmsgstr[0] \"1\"\n", "one", "two", "much", "")
	f.Fuzz(func(t *testing.T, text, one, two, plural, context string) {
		old, err := po.Parse(text)
		if err != nil || one == two || one == "" || two == "" || slices.ContainsFunc([]string{one, two, plural, context}, func(s string) bool { return !utf8.ValidString(s) }) {
			return
		}
		template := templateOf([]*Message{
			{ID: one, Plural: plural, Places: []Place{{"a.go", 1}}}, {ID: two, Context: context, Places: []Place{{"a.go", 2}}},
		}, true)
		merged, _ := merge(old, template)
		again, err := po.Parse(merged.String())
		if err != nil {
			t.Fatalf("%v\n%s", err, merged)
		}
		if twice, _ := merge(again, template); twice.String() != merged.String() {
			t.Errorf("first:\n%s\nthen:\n%s", merged, twice)
		}
		for _, e := range old.Entries {
			if !e.Translated() || e.IsHeader() {
				continue
			}
			if !slices.ContainsFunc(again.Entries, func(kept *po.Entry) bool { return slices.Contains(kept.Forms, e.Forms[0]) }) {
				t.Errorf("%q: %q is lost", e.Key(), e.Forms)
			}
		}
	})
}
