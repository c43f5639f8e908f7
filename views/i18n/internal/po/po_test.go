package po_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/i18n/internal/po"
)

const whole = `# a comment
#
msgid ""
msgstr ""
"Language: de\n"
"Content-Type: text/plain; charset=UTF-8\n"

# of the translator
#. for the translator
#: a.go:1 b.html:22
#, fuzzy
#| msgctxt "old"
#| msgid "before"
msgctxt "menu"
msgid "Open \"it\"\t\\"
msgstr "Öffnen"

msgid "a line\n"
msgstr ""
"a long line, which has so many words that all of them together do not fit "
"into the width of one\n"
"and a second line"

msgid "one"
msgid_plural "many"
msgstr[0] "eins"
msgstr[1] ""

# kept
#~ msgctxt "c"
#~ msgid "gone"
#~ msgid_plural "all gone"
#~ msgstr[0] "weg"
#~ msgstr[1] "alle weg"

#~ msgid "gone too"
#~ msgstr "auch weg"

# the end
`

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	file, err := po.Parse(whole)
	require.NoError(t, err)
	assert.Equal(t, whole, file.String())
	require.Len(t, file.Entries, 6)
	assert.Equal(t, "de", file.Header().Field("language"))
	e := file.Entries[1]
	assert.Equal(t, po.Key{Context: "menu", ID: "Open \"it\"\t\\"}, e.Key())
	assert.True(t, e.Fuzzy())
	assert.Equal(t, 14, e.Line)
	assert.True(t, file.Entries[4].Obsolete)
	if _, err := exec.LookPath("msgcat"); err != nil {
		t.Skip("needs msgcat of gettext")
	}
	cmd := exec.Command("msgcat", "--output-file=-", "-")
	cmd.Stdin = strings.NewReader(strings.TrimSuffix(whole, "\n# the end\n"))
	out, err := cmd.Output()
	require.NoError(t, err)
	assert.Equal(t, strings.TrimSuffix(whole, "\n# the end\n"), string(out))
}

// What is written is read back as it was.
func FuzzRoundTrip(f *testing.F) {
	f.Add(whole)
	f.Add("msgid \"\\001\\377\"\nmsgstr \"\"\n")
	f.Add("#~ msgid \"a\"\n#~ msgstr \"b\"\nmsgid \"a\"\nmsgstr \"b\" \n")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := po.Parse(text)
		if err != nil {
			return
		}
		written := file.String()
		again, err := po.Parse(written)
		if err != nil {
			t.Fatalf("%v\n%s", err, written)
		}
		if again.String() != written {
			t.Errorf("first:\n%s\nthen:\n%s", written, again)
		}
		for i, e := range file.Entries {
			if b := again.Entries[i]; b.Key() != e.Key() || b.Plural != e.Plural || strings.Join(b.Forms, "\x00") != strings.Join(e.Forms, "\x00") || b.Fuzzy() != e.Fuzzy() {
				t.Errorf("%+v became %+v", e, b)
			}
		}
	})
}
