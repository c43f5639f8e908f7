package i18n

import (
	"net/http/httptest"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/i18n/internal/po"
	"github.com/mastaba-go/mastaba/views/web"
)

func FuzzPO(f *testing.F) {
	for _, seed := range []string{"msgid \"a\"\nmsgstr \"b\"\n", "#, fuzzy\nmsgctxt \"c\"\nmsgid \"a\"\nmsgid_plural \"b\"\nmsgstr[0] \"x\"", "msgid \"\"\nmsgstr \"Plural-Forms: nplurals=1; plural=0;\\n\"", "\"\\x41\\303\\274\""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parsePO(text)
		if err != nil {
			return
		}
		for at, m := range c.messages {
			if m.text == "" && len(m.forms) == 0 || at == (po.Key{}) {
				t.Errorf("%q: an entry without a translation", at)
			}
		}
	})
}

func FuzzMO(f *testing.F) {
	f.Add([]byte(someMO))
	f.Fuzz(func(t *testing.T, data []byte) { _, _ = parseMO(data) })
}

const someMO = "\xde\x12\x04\x95\x00\x00\x00\x00\x01\x00\x00\x00\x1c\x00\x00\x00\x24\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" +
	"\x01\x00\x00\x00\x2c\x00\x00\x00\x01\x00\x00\x00\x2e\x00\x00\x00a\x00b\x00"

// A damaged file is an error that says how it is damaged.
func TestDamagedMO(t *testing.T) {
	t.Parallel()
	c, err := parseMO([]byte(someMO))
	require.NoError(t, err)
	assert.Equal(t, "b", c.messages[po.Key{ID: "a"}].text)
	for want, data := range map[string]string{
		"not a .mo file: it has fewer than 20 bytes":               someMO[:10],
		"not a .mo file: it does not begin with the bytes":         "x" + someMO[1:],
		"the .mo file has format 2: want 0 or 1":                   someMO[:6] + "\x02" + someMO[7:],
		"the file ends inside its table of messages":               someMO[:30],
		"a text lies beyond the end of the file: it is incomplete": someMO[:45],
		"not UTF-8": someMO[:44] + "\xff" + someMO[45:],
	} {
		_, err := parseMO([]byte(data))
		assert.ErrorContains(t, err, want)
	}
}

// applicationFor returns an application with catalogs for "de" and "fr".
func applicationFor(t testing.TB) *web.Application {
	c := registry.New(registry.Options{})
	po := []byte("msgid \"Hello\"\nmsgstr \"Hallo\"\nmsgid \"Hi ${x}\"\nmsgstr \"Na ${x}\"\n")
	Add(c, fstest.MapFS{"de/LC_MESSAGES/messages.po": {Data: po}, "fr/LC_MESSAGES/messages.po": {Data: po}})
	reg, err := c.Build()
	require.NoError(t, err)
	localizers, _ := registry.Lookup[web.Localizers](reg)
	return &web.Application{Registry: reg, Localizers: localizers}
}

func FuzzAcceptLanguage(f *testing.F) {
	for _, seed := range []string{"de", "de-AT, en;q=0.5", "*", ";q=1", "x-private", "en-US-u-rg-atzzzz"} {
		f.Add(seed)
	}
	app := applicationFor(f)
	f.Fuzz(func(t *testing.T, header string) {
		hr := httptest.NewRequest("GET", "/", nil)
		hr.Header["Accept-Language"] = []string{header}
		assert.Contains(t, []string{"en", "de", "fr"}, LocaleName(web.Begin(app, hr)))
	})
}

func TestTranslationDoesNotAllocate(t *testing.T) {
	r := web.Begin(applicationFor(t), httptest.NewRequest("GET", "/?_LOCALE_=de", nil))
	m := NewDomain("").Tr("Hello")
	require.Equal(t, "Hallo", r.Translate(m))
	assert.Zero(t, testing.AllocsPerRun(100, func() { r.Translate(m) }))
}

func BenchmarkTranslate(b *testing.B) {
	app := applicationFor(b)
	for name, m := range map[string]web.Message{"plain": NewDomain("").Tr("Hello"), "missing": NewDomain("").Tr("missing"), "params": NewDomain("").Tr("Hi ${x}", "x", "Ada")} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				l := web.Begin(app, httptest.NewRequest("GET", "/?_LOCALE_=de", nil)).Localizer()
				for pb.Next() {
					l.Translate(m)
				}
			})
		})
	}
}
