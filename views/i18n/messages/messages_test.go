package messages_test

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/i18n/messages"
)

var update = flag.Bool("update", false, "write the golden files")

// shop are the options for the application in testdata, with catalogs in a folder of the test.
func shop(t *testing.T) messages.Options {
	return messages.Options{Packages: []string{"./testdata/shop/..."}, Catalogs: t.TempDir()}
}

func read(t *testing.T, o messages.Options, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(o.Catalogs, name))
	require.NoError(t, err)
	return string(text)
}

func write(t *testing.T, o messages.Options, name, text string) {
	t.Helper()
	name = filepath.Join(o.Catalogs, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o700))
	require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
}

const header = "msgid \"\"\nmsgstr \"\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n\"Plural-Forms: nplurals=2; plural=(n != 1);\\n\"\n"

func TestTemplatesOfCatalogs(t *testing.T) {
	t.Parallel()
	o := shop(t)
	source, changes, err := messages.Update(t.Context(), o)
	require.NoError(t, err)
	require.Len(t, changes, 3)
	for _, domain := range []string{"basket", "global", "messages"} {
		golden := filepath.Join("testdata", domain+".pot")
		got := read(t, o, domain+".pot")
		if *update {
			require.NoError(t, os.WriteFile(golden, []byte(got), 0o600))
		}
		want, err := os.ReadFile(golden)
		require.NoError(t, err)
		assert.Equal(t, string(want), got)
	}
	var problems []string
	for _, p := range source.Problems {
		problems = append(problems, p.String())
	}
	assert.Equal(t, []string{
		`testdata/shop/pages/page.html:7: dynamic: tn: .One is not a constant, so that the message cannot be collected`,
		`testdata/shop/shop.go:38: params: "No ${value} here" has no value for ${value}`,
		`testdata/shop/shop.go:59: dynamic: the text is not a constant, so that the message cannot be collected`,
		`testdata/shop/shop.go:60: dynamic: the domain is not a constant, so that the message cannot be collected`,
		`testdata/shop/shop.go:61: dynamic: the domain is not a constant, so that the message cannot be collected`,
	}, problems)
	_, changes, err = messages.Update(t.Context(), o)
	require.NoError(t, err)
	assert.Empty(t, changes, "a second time there is nothing to do")
}

// The catalogs are valid for GNU gettext, which finds nothing missing once all is translated.
func TestGettextAgrees(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"msgfmt", "msgcmp", "msgcat"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("needs %s of gettext", tool)
		}
	}
	o := shop(t)
	o.Locales = []string{"de", "pl", "ja"}
	_, changes, err := messages.Update(t.Context(), o)
	require.NoError(t, err)
	require.Len(t, changes, 3+3*3)
	for _, change := range changes {
		name := change.File[strings.LastIndex(change.File, filepath.Base(o.Catalogs))+len(filepath.Base(o.Catalogs)):]
		text := read(t, o, name)
		out, err := exec.Command("msgcat", filepath.Join(o.Catalogs, name)).Output()
		require.NoError(t, err, name)
		assert.Equal(t, string(out), text, "written as gettext writes it")
		if strings.HasSuffix(name, ".pot") {
			continue
		}
		template := filepath.Join(o.Catalogs, strings.TrimSuffix(filepath.Base(name), ".po")+".pot")
		full := strings.ReplaceAll(text, "msgstr[2] \"\"", "msgstr[2] \"x\"")
		full = strings.ReplaceAll(full, "msgstr[1] \"\"", "msgstr[1] \"x\"")
		full = strings.ReplaceAll(full, "msgstr[0] \"\"", "msgstr[0] \"x\"")
		full = strings.ReplaceAll(full, "msgstr \"\"\n\n", "msgstr \"x\"\n\n")
		full = strings.TrimSuffix(full, "msgstr \"\"\n") + "msgstr \"x\"\n"
		full = strings.ReplaceAll(full, "\n\nmsgstr \"x\"\n", "\n")
		if strings.HasSuffix(text, "[0] \"\"\n") || strings.HasSuffix(text, "[1] \"\"\n") || strings.HasSuffix(text, "[2] \"\"\n") {
			full = strings.TrimSuffix(full, "msgstr \"x\"\n")
		}
		write(t, o, name, full)
		combined, err := exec.Command("msgfmt", "--check", "-o", os.DevNull, filepath.Join(o.Catalogs, name)).CombinedOutput()
		require.NoError(t, err, "%s: %s\n%s", name, combined, full)
		combined, err = exec.Command("msgcmp", filepath.Join(o.Catalogs, name), template).CombinedOutput()
		require.NoError(t, err, "%s: %s", name, combined)
		write(t, o, name, text)
		_, err = exec.Command("msgcmp", filepath.Join(o.Catalogs, name), template).CombinedOutput()
		require.Error(t, err, "before, all was missing")
	}
}

func TestMerge(t *testing.T) {
	t.Parallel()
	o := messages.Options{Packages: []string{"./testdata/shop/basket", "./testdata/shop"}, Catalogs: t.TempDir()}
	write(t, o, "de/LC_MESSAGES/basket.po", "# a comment of the file\n"+header+`
# of the translator
#: old.go:1
msgid "Your basket is full."
msgstr "Ihr Korb ist voll."

msgid "${n} thing in the basket of ${user}"
msgid_plural "${n} thingies in the basket of ${user}"
msgstr[0] "${n} Ding im Korb von ${user}"
msgstr[1] "${n} Dinge im Korb von ${user}"

msgid "Nothing like the others"
msgstr "Ganz anders"

msgid "Never translated and gone"
msgstr ""
`)
	write(t, o, "de/LC_MESSAGES/global.po", header+`
#~ msgid "${n} shop"
#~ msgid_plural "${n} shops"
#~ msgstr[0] "${n} Laden"
#~ msgstr[1] "${n} Läden"

# the end
`)
	_, changes, err := messages.Update(t.Context(), o)
	require.NoError(t, err)
	var said []string
	for _, change := range changes {
		_, text, _ := strings.Cut(change.String(), filepath.Base(o.Catalogs)+"/")
		said = append(said, text)
	}
	assert.Equal(t, []string{"basket.pot: created", "de/LC_MESSAGES/basket.po: updated, 2 to review, 1 obsolete", "global.pot: created", "de/LC_MESSAGES/global.po: updated", "messages.pot: created"}, said)
	assert.Equal(t, "# a comment of the file\n"+header+`
# of the translator
#: testdata/shop/basket/basket.go:9
#, fuzzy
#| msgid "Your basket is full."
msgid "Your basket is empty."
msgstr "Ihr Korb ist voll."

#: testdata/shop/shop.go:40
#, fuzzy
#| msgid "${n} thing in the basket of ${user}"
#| msgid_plural "${n} thingies in the basket of ${user}"
msgid "${n} thing in the basket of ${user}"
msgid_plural "${n} things in the basket of ${user}"
msgstr[0] "${n} Ding im Korb von ${user}"
msgstr[1] "${n} Dinge im Korb von ${user}"

#~ msgid "Nothing like the others"
#~ msgstr "Ganz anders"
`, read(t, o, "de/LC_MESSAGES/basket.po"))
	assert.Equal(t, header+`
#: testdata/shop/shop.go:37
msgid "${n} shop"
msgid_plural "${n} shops"
msgstr[0] "${n} Laden"
msgstr[1] "${n} Läden"

# the end
`, read(t, o, "de/LC_MESSAGES/global.po"), "an obsolete translation comes back")
}

func TestCheck(t *testing.T) {
	t.Parallel()
	o := messages.Options{Packages: []string{"./testdata/shop/basket", "./testdata/shop"}, Catalogs: t.TempDir(), Locales: []string{"de"}}
	write(t, o, "basket.pot", header+"\nmsgid \"Your basket is empty.\"\nmsgstr \"\"\n\nmsgid \"Gone\"\nmsgstr \"\"\n")
	write(t, o, "de/LC_MESSAGES/basket.po", header+`
#, fuzzy
msgid "Your basket is empty."
msgstr "Ihr Korb ist leer."

msgid "${n} thing in the basket of ${user}"
msgid_plural "${n} things in the basket of ${user}"
msgstr[0] "ein Ding im Korb von ${usr}"
msgstr[1] "Dinge im Korb von $user"

msgid "Stale"
msgstr "Alt"

#~ msgid "Obsolete"
#~ msgstr "Weg"
`)
	write(t, o, "de/LC_MESSAGES/global.po", header+"\nmsgid \"${n} shop\"\nmsgstr \"Laden\"\n")
	write(t, o, "de/LC_MESSAGES/other.po", header+"\nmsgid \"of a package\"\nmsgstr \"x\"\n")
	write(t, o, "de/LC_MESSAGES/mastaba.po", header+"\nmsgctxt \"status\"\nmsgid \"Not Found\"\nmsgstr \"Weg\"\n\nmsgid \"Not Found\"\nmsgstr \"Weg\"\n\nmsgid \"input-integer\"\nmsgstr \"${valeu}: ${text}\"\n")
	write(t, o, "de/LC_MESSAGES/messages.po", header+"\nmsgid \"Welcome, ${name}!\"\nmsgstr \"Willkommen!\"\n")
	write(t, o, "de_AT/LC_MESSAGES/messages.po", header+"\nmsgid \"Said by a closure\"\nmsgstr \"Na\"\n")
	problems, err := messages.Check(t.Context(), o)
	require.NoError(t, err)
	got := ""
	for _, p := range messages.Mistakes(problems) {
		got += strings.ReplaceAll(p.String(), filepath.ToSlash(relative(t, o.Catalogs)), "LOCALE") + "\n"
	}
	for _, want := range []string{
		`LOCALE/basket.pot:9: stale: "Gone" is not in the source: extract the messages`,
		`testdata/shop/shop.go:40: missing: "${n} thing in the basket of ${user}" is not in LOCALE/basket.pot: extract the messages`,
		`LOCALE/de/LC_MESSAGES/basket.po:7: fuzzy: "Your basket is empty.": review the translation, and remove the flag`,
		`LOCALE/de/LC_MESSAGES/basket.po:10: params: "${n} thing in the basket of ${user}": form 0 has ${usr}, which the text does not have`,
		`LOCALE/de/LC_MESSAGES/basket.po:10: params: "${n} thing in the basket of ${user}": no form has ${n}`,
		`LOCALE/de/LC_MESSAGES/basket.po:15: stale: "Stale" is not in the source`,
		`LOCALE/de/LC_MESSAGES/global.po:6: forms: "${n} shop" has a plural only in the source or only in the catalog: extract the messages`,
		`LOCALE/de/LC_MESSAGES/mastaba.po:10: stale: "Not Found" is not a text of the framework`,
		`LOCALE/de/LC_MESSAGES/mastaba.po:13: params: "input-integer" has ${valeu}, which the text does not have`,
		`LOCALE/de/LC_MESSAGES/messages.po:6: params: "Welcome, ${name}!": the translation lacks ${name}`,
		`testdata/shop/shop.go:38: params: "No ${value} here" has no value for ${value}`,
		`testdata/shop/shop.go:44: missing: "Said by a closure" has no translation in de (LOCALE/de/LC_MESSAGES/messages.po)`,
		`testdata/shop/shop.go:36: missing: "Open" (context "door") has no translation in de (LOCALE/de/LC_MESSAGES/messages.po)`,
		`testdata/shop/pages/page.html:4: missing: "Closed" has no translation in de_AT (LOCALE/de_AT/LC_MESSAGES/messages.po)`,
	} {
		assert.Contains(t, got, want+"\n")
	}
	assert.NotContains(t, got, "of a package")
	assert.NotContains(t, got, "Obsolete")
	assert.NotContains(t, got, "mastaba.po:6")
	assert.NotContains(t, got, `"Welcome, ${name}!" has no translation in de_AT`, "German is enough")
	assert.NotContains(t, got, "dynamic:")

	o.Locales = []string{"fr"}
	problems, err = messages.Check(t.Context(), o)
	require.NoError(t, err)
	assert.Contains(t, problems, messages.Problem{
		Place: messages.Place{File: filepath.ToSlash(relative(t, o.Catalogs)) + "/fr/LC_MESSAGES/basket.po", Line: 1}, Kind: messages.Missing, Message: "there is no such catalog",
	})
}

func relative(t *testing.T, name string) string {
	dir, err := os.Getwd()
	require.NoError(t, err)
	rel, err := filepath.Rel(dir, name)
	require.NoError(t, err)
	return rel
}

func TestDomainsOfTemplates(t *testing.T) {
	t.Parallel()
	o := messages.Options{Packages: []string{"./testdata/shop/basket"}, Templates: []string{"testdata/shop/pages=wiki"}, Domain: "site"}
	source, err := messages.Extract(t.Context(), o)
	require.NoError(t, err)
	domains := map[string]int{}
	for _, m := range source.Messages {
		domains[m.Domain]++
	}
	assert.Equal(t, map[string]int{"basket": 1, "wiki": 10}, domains)

	// By default the domain is that of the options of templates.Add.
	source, err = messages.Extract(t.Context(), messages.Options{Packages: []string{"./testdata/wiki"}})
	require.NoError(t, err)
	var ids []string
	for _, m := range source.Messages {
		assert.Equal(t, "wiki", m.Domain, m.ID)
		ids = append(ids, m.String())
	}
	assert.Equal(t, []string{`"Of a mail"`, `"Of the template"`, `"Of XHTML"`, `"Of the source"`, `"Of a method as a value" (context "method")`}, ids)

	_, err = messages.Extract(t.Context(), messages.Options{Packages: []string{"./testdata/both"}})
	assert.EqualError(t, err, `testdata/both/pages/page.html:1: its messages may be of the domains one, messages: name the folders of templates with their domains, such as "pages=one"`)
	source, err = messages.Extract(t.Context(), messages.Options{Packages: []string{"./testdata/both"}, Templates: []string{"testdata/both/pages=one"}})
	require.NoError(t, err)
	assert.Equal(t, "one", source.Messages[0].Domain)
}

func TestUnreadableSources(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module x\n\ngo 1.26\n", "x.go": "package x\n\nvar _ int = \"x\"\n", "ok/ok.go": "package ok\n", "ok/page.html": "a\n{{if}}"} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	for want, o := range map[string]messages.Options{
		"x.go:3:":                 {Dir: dir},
		"page.html:2:":            {Dir: dir, Packages: []string{"./ok"}},
		"./missing":               {Dir: dir, Packages: []string{"./missing"}},
		"there is no folder":      {Dir: dir, Packages: []string{"./ok"}, Templates: []string{"gone"}},
		"no messages found":       {Dir: dir, Packages: []string{"./ok"}, Extensions: []string{".tmpl"}},
		`invalid locale "../de"`:  {Dir: dir, Locales: []string{"../de"}},
		"no such file or directo": {Dir: filepath.Join(dir, "gone")},
	} {
		_, _, err := messages.Update(t.Context(), o)
		assert.ErrorContains(t, err, want)
	}
}

func TestWithoutLines(t *testing.T) {
	t.Parallel()
	o := messages.Options{Packages: []string{"./testdata/shop/basket"}, Catalogs: t.TempDir(), NoLines: true}
	_, _, err := messages.Update(t.Context(), o)
	require.NoError(t, err)
	assert.Contains(t, read(t, o, "basket.pot"), "#: testdata/shop/basket/basket.go\nmsgid")
}
