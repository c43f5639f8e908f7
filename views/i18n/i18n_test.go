package i18n_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/i18n"
	"github.com/mastaba-go/mastaba/views/web"
)

// files makes a file system of catalogs by their names without ".po".
func files(catalogs map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range catalogs {
		locale, domain := filepath.Split(name)
		fsys[locale+"LC_MESSAGES/"+domain+".po"] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

// say is a page that shows a message.
func say(m web.Message) views.View {
	return views.Func(func(r *web.Request) (*web.Response, error) { return r.Text(r.Translate(m)), nil })
}

// translate returns a message in a locale.
func translate(t *testing.T, locale string, m web.Message, declare func(c *framework.Configurator)) string {
	t.Helper()
	config := framework.New(framework.Options{})
	declare(config)
	config.AddView(say(m))
	return frameworktest.New(t, config).Get("/?_LOCALE_=" + locale).Status(200).Body
}

const german = `
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

msgid "Hello"
msgstr "Hallo"

msgid "OK"
msgstr "OK"

#, fuzzy
msgid "Fuzzy"
msgstr "Unscharf"

#~ msgid "Gone"
#~ msgstr "Weg"

msgctxt "menu"
msgid "Open"
msgstr "Öffnen"

msgid "Delete ${title}?"
msgstr "${title} löschen, $title?"

msgid "${n} file"
msgid_plural "${n} files"
msgstr[0] "${n} Datei"
msgstr[1] "${n} Dateien"

msgid "long "
"text\n"
msgstr ""
"langer "
"\"Text\"\n"
`

func TestTranslate(t *testing.T) {
	t.Parallel()
	text, shop := i18n.NewDomain(""), i18n.NewDomain("shop")
	catalogs := files(map[string]string{
		"de/messages": german, "de/shop": `msgid "Hello" msgstr`[:0] + "msgid \"Hello\"\nmsgstr \"Willkommen\"\n",
		"de_AT/messages": "msgid \"Hello\"\nmsgstr \"Servus\"\n",
		"pl/messages": "msgid \"\"\nmsgstr \"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);\"\n" +
			"msgid \"${n} file\"\nmsgid_plural \"${n} files\"\nmsgstr[0] \"${n} plik\"\nmsgstr[1] \"${n} pliki\"\nmsgstr[2] \"${n} plików\"\n",
	})
	byDefault := web.Message{ID: "OK", Default: "All right"}
	for _, tt := range []struct {
		locale string
		m      web.Message
		want   string
	}{
		{"de", text.Tr("Hello"), "Hallo"},
		{"de_AT", text.Tr("Hello"), "Servus"},
		{"de_AT", text.Tr("OK"), "OK"}, // from de
		{"de_CH", text.Tr("Hello"), "Hallo"},
		{"fr", text.Tr("Hello"), "Hello"},
		{"", text.Tr("Hello"), "Hello"},
		{"de", shop.Tr("Hello"), "Willkommen"},
		{"de", shop.Tr("Delete ${title}?", "title", "A"), "A löschen, A?"}, // from messages
		{"de", i18n.NewDomain("other").Tr("Hello"), "Hallo"},
		{"de", byDefault, "All right"},
		{"de", text.Tr("Open"), "Open"},
		{"de", text.In("menu").Tr("Open"), "Öffnen"},
		{"de", text.In("menu").Tr("Hello"), "Hello"},
		{"de", text.Tr("Fuzzy"), "Fuzzy"},
		{"de", text.Tr("Gone"), "Gone"},
		{"de", text.Tr("long text\n"), "langer \"Text\"\n"},
		{"de", text.Plural("${n} file", "${n} files", 1), "1 Datei"},
		{"de", text.Plural("${n} file", "${n} files", 0), "0 Dateien"},
		{"de", text.Plural("${n} file", "${n} files", 5, "n", "fünf"), "fünf Dateien"},
		{"pl", text.Plural("${n} file", "${n} files", 22), "22 pliki"},
		{"pl", text.Plural("${n} file", "${n} files", 12), "12 plików"},
		{"pl", text.Plural("${n} file", "${n} files", -1), "-1 plik"},
		{"fr", text.Plural("${n} file", "${n} files", 1), "1 file"},
		{"fr", text.Plural("${n} file", "${n} files", 2), "2 files"},
		{"de", text.Plural("OK", "OKs", 2), "OKs"}, // a text is no form
	} {
		got := translate(t, tt.locale, tt.m, func(c *framework.Configurator) { i18n.Add(c, catalogs) })
		assert.Equal(t, tt.want, got, "%s %+v", tt.locale, tt.m)
	}
}

func TestOrderOfFolders(t *testing.T) {
	t.Parallel()
	folder := func(name string, ids ...string) fstest.MapFS {
		text := ""
		for _, id := range ids {
			text += "msgid \"" + id + "\"\nmsgstr \"" + id + " of " + name + "\"\n"
		}
		return files(map[string]string{"de/messages": text})
	}
	one, two, three := folder("one", "a", "b", "c"), folder("two", "b", "c"), folder("three", "c", "d")
	for _, tt := range []struct {
		id, want string
		declare  func(c *framework.Configurator)
	}{
		{"c", "c of one", func(c *framework.Configurator) { i18n.Add(c, one); i18n.Add(c, two) }},
		{"d", "d of three", func(c *framework.Configurator) { i18n.Add(c, one); i18n.Add(c, three) }},
		{"c", "c of two", func(c *framework.Configurator) { i18n.Add(c, one, two) }},
		{"c", "c of three", func(c *framework.Configurator) { i18n.Add(c, one); i18n.AddOverriding(c, three); i18n.Add(c, two) }},
		{"a", "a of one", func(c *framework.Configurator) { i18n.Add(c, one); i18n.AddOverriding(c, three) }},
		{"c", "c of two", func(c *framework.Configurator) {
			c.AddAssets("house", fstest.MapFS{"locale/de/LC_MESSAGES/messages.po": one["de/LC_MESSAGES/messages.po"]})
			c.AddAssets("site", fstest.MapFS{"texts/de/LC_MESSAGES/messages.po": two["de/LC_MESSAGES/messages.po"]})
			c.OverrideAsset("house:locale/", "site:texts/")
			i18n.AddAssets(c, "house:locale/")
		}},
	} {
		assert.Equal(t, tt.want, translate(t, "de", i18n.NewDomain("").Tr(tt.id), tt.declare))
	}
}

// A form comes from the catalog that has it, by that catalog's own rule.
func TestFormsFollowTheirOwnRule(t *testing.T) {
	t.Parallel()
	catalogs := files(map[string]string{
		"pt/messages":    "msgid \"\"\nmsgstr \"Plural-Forms: nplurals=2; plural=n > 1;\"\nmsgid \"day\"\nmsgid_plural \"days\"\nmsgstr[0] \"dia\"\nmsgstr[1] \"dias\"\n",
		"pt_PT/messages": "msgid \"\"\nmsgstr \"Plural-Forms: nplurals=2; plural=n != 1;\"\nmsgid \"day\"\nmsgid_plural \"days\"\nmsgstr[0] \"\"\nmsgstr[1] \"dias (PT)\"\n",
	})
	for n, want := range map[int]string{0: "dias (PT)", 1: "dia", 2: "dias (PT)"} {
		got := translate(t, "pt_PT", i18n.NewDomain("").Plural("day", "days", n), func(c *framework.Configurator) { i18n.Add(c, catalogs) })
		assert.Equal(t, want, got, n)
	}
}

func TestNegotiation(t *testing.T) {
	t.Parallel()
	hello := "msgid \"Hello\"\nmsgstr \"in "
	catalogs := files(map[string]string{"de/m": hello + "de\"", "pt_BR/m": hello + "pt_BR\"", "sr_Latn/m": hello + "sr_Latn\"", "ru/m": hello + "ru\""})
	config := framework.New(framework.Options{})
	i18n.Add(config, catalogs)
	config.AddView(views.Func(func(r *web.Request) (*web.Response, error) {
		if locale := r.Header.Get("X-Account"); locale != "" {
			i18n.SetLocale(r, locale)
		}
		text := i18n.LocaleName(r)
		i18n.SetLocale(r, "ru") // too late
		return r.Text(text + " " + r.Localizer().Locale() + " " + r.Translate(i18n.NewDomain("m").Tr("Hello"))), nil
	}))
	app := frameworktest.New(t, config)
	for _, tt := range []struct {
		target string
		header map[string]string
		want   string
		vary   string
	}{
		{"/", nil, "en en Hello", "Cookie, Accept-Language"},
		{"/?_LOCALE_=de", map[string]string{"Accept-Language": "ru", "Cookie": "_LOCALE_=ru"}, "de de in de", ""},
		{"/?_LOCALE_=", nil, " en Hello", ""},
		{"/?_LOCALE_=xx%3Cb%3E", nil, "xx<b> en Hello", ""},
		{"/", map[string]string{"Cookie": "_LOCALE_=ru", "Accept-Language": "de"}, "ru ru in ru", "Cookie"},
		{"/?_LOCALE_=de", map[string]string{"X-Account": "pt_BR"}, "pt_BR pt-BR in pt_BR", ""},
		{"/", map[string]string{"Accept-Language": "de-AT, en;q=0.5"}, "de de in de", "Cookie, Accept-Language"},
		{"/", map[string]string{"Accept-Language": "fr, en;q=0.5, de;q=0.4"}, "en en Hello", "Cookie, Accept-Language"},
		{"/", map[string]string{"Accept-Language": "pt-PT"}, "pt_BR pt-BR in pt_BR", "Cookie, Accept-Language"},
		{"/", map[string]string{"Accept-Language": "uk"}, "en en Hello", "Cookie, Accept-Language"}, // not Russian for its script alone
		{"/", map[string]string{"Accept-Language": "sr-Latn-RS"}, "sr_Latn sr-Latn in sr_Latn", "Cookie, Accept-Language"},
		{"/", map[string]string{"Accept-Language": "***;;"}, "en en Hello", "Cookie, Accept-Language"},
	} {
		hr := httptest.NewRequest(http.MethodGet, tt.target, nil)
		for name, value := range tt.header {
			hr.Header.Set(name, value)
		}
		resp := app.Send(hr)
		assert.Equal(t, tt.want, resp.Body, "%s %v", tt.target, tt.header)
		assert.Equal(t, tt.vary, resp.Header.Get("Vary"), "%s %v", tt.target, tt.header)
	}
	assert.Equal(t, "pt-BR", app.Get("/?_LOCALE_=pt_BR").Header.Get("Content-Language"))
	assert.Equal(t, "en", app.Get("/").Header.Get("Content-Language"))
	post := app.Post("/", frameworktest.Form("_LOCALE_", "de"))
	assert.Equal(t, "de de in de", post.Body)
}

func TestSettingsOfTheApplication(t *testing.T) {
	t.Parallel()
	catalogs := files(map[string]string{"de/messages": "msgid \"Hello\"\nmsgstr \"Hallo\""})
	config := framework.New(framework.Options{})
	i18n.SetDefaultLocale(config, "de_CH")
	i18n.SetNegotiator(config, i18n.FirstOf(i18n.Attribute, i18n.Parameter("lang")))
	i18n.Add(config, catalogs)
	config.AddView(say(web.Message{ID: "Hello"}))
	app := frameworktest.New(t, config)
	assert.Equal(t, "Hallo", app.Get("/?_LOCALE_=en").Body)
	english := app.Get("/?lang=en")
	assert.Equal(t, "Hello", english.Body)
	assert.Equal(t, "und", english.Header.Get("Content-Language"), "texts of the code are of an unknown language")
	assert.Empty(t, english.Header.Get("Vary"))
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	catalog := func(text string) func(c *framework.Configurator) {
		return func(c *framework.Configurator) { i18n.Add(c, files(map[string]string{"de/messages": text})) }
	}
	head := "msgid \"\"\nmsgstr \"\"\n"
	for want, declare := range map[string]func(c *framework.Configurator){
		`de/LC_MESSAGES/messages.po: line 2: want a text in quotes, got "x"`: catalog("msgid \"a\"\nmsgstr x"),
		"line 3: unexpected msgid":                         catalog("msgctxt \"x\"\nmsgid \"a\"\nmsgid \"b\""),
		`line 1: msgid "a" has no msgstr`:                  catalog("msgid \"a\"\n"),
		`line 4: msgid "a" appears twice`:                  catalog("msgid \"a\"\nmsgstr \"b\"\n\nmsgid \"a\"\nmsgstr \"c\"\n"),
		"line 1: a text without msgid or msgstr before it": catalog("\"x\""),
		`charset "iso-8859-1": want UTF-8`:                 catalog(head + "\"Content-Type: text/plain; charset=ISO-8859-1\\n\"\n"),
		"line 2: not UTF-8":                                catalog("msgid \"a\"\nmsgstr \"\xff\""),
		`plural forms "nplurals=2": want something like`:   catalog(head + "\"Plural-Forms: nplurals=2\\n\"\n"),
		`plural rule "n!": before "!": want an operator`:   catalog(head + "\"Plural-Forms: nplurals=2; plural=n!;\\n\"\n"),
		`for n=2 it gives form 2, but nplurals is 2`:       catalog(head + "\"Plural-Forms: nplurals=2; plural=n;\\n\"\n"),
		`msgid "a" has 3 forms, but Plural-Forms says 2`:   catalog("msgid \"a\"\nmsgid_plural \"b\"\nmsgstr[0] \"\"\nmsgstr[1] \"\"\nmsgstr[2] \"x\"\n"),
		`invalid escape`:                                   catalog("msgid \"a\"\nmsgstr \"\\q\""),
		"no folder LOCALE/LC_MESSAGES":                     func(c *framework.Configurator) { i18n.Add(c, fstest.MapFS{"x": {}}) },
		"nil file system":                                  func(c *framework.Configurator) { i18n.Add(c, nil) },
		"want a folder of assets such as":                  func(c *framework.Configurator) { i18n.AddAssets(c, "locale") },
		`"ghost"`:                                          func(c *framework.Configurator) { i18n.AddAssets(c, "ghost:locale") },
		"default locale is empty":                          func(c *framework.Configurator) { i18n.SetDefaultLocale(c, "") },
		"locale negotiator is nil":                         func(c *framework.Configurator) { i18n.SetNegotiator(c, nil) },
		"not a .mo file": func(c *framework.Configurator) {
			i18n.Add(c, fstest.MapFS{"de/LC_MESSAGES/messages.mo": {Data: []byte("no catalog, but long enough")}})
		},
	} {
		config := framework.New(framework.Options{})
		declare(config)
		_, err := config.App()
		require.ErrorContains(t, err, want)
		assert.ErrorContains(t, err, "i18n_test.go:", want)
	}
}

// What msgfmt makes of a .po file reads as the file itself.
func TestCompiledCatalogs(t *testing.T) {
	t.Parallel()
	msgfmt, err := exec.LookPath("msgfmt")
	if err != nil {
		t.Skip("needs msgfmt of gettext")
	}
	dir := t.TempDir()
	at := filepath.Join(dir, "de", "LC_MESSAGES")
	require.NoError(t, os.MkdirAll(at, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "de.po"), []byte(german), 0o600))
	for _, order := range []string{"little", "big"} {
		out, err := exec.Command(msgfmt, "--endianness="+order, "-o", filepath.Join(at, "messages.mo"), filepath.Join(dir, "de.po")).CombinedOutput()
		require.NoError(t, err, string(out))
		for _, m := range []web.Message{
			{ID: "Hello"}, {ID: "Open", Context: "menu"}, {ID: "Open"}, {ID: "Fuzzy"}, {ID: "Gone"}, {ID: "long text\n"},
			i18n.NewDomain("").Plural("${n} file", "${n} files", 1), i18n.NewDomain("").Plural("${n} file", "${n} files", 2),
		} {
			want := translate(t, "de", m, func(c *framework.Configurator) { i18n.Add(c, files(map[string]string{"de/messages": german})) })
			got := translate(t, "de", m, func(c *framework.Configurator) { i18n.Add(c, os.DirFS(dir)) })
			assert.Equal(t, want, got, "%s: %+v", order, m)
		}
	}
}
