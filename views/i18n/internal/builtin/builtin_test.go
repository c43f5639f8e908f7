package builtin_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/i18n/internal/builtin"
	"github.com/mastaba-go/mastaba/views/i18n/messages"
)

var languages = []string{"de", "es", "fr"}

// Each text of the framework has a translation in each language, and no translation is left over.
// After a change:
//
//	go run ./framework/cmd/mastaba messages extract --no-lines --domain mastaba \
//		--dir views/i18n/internal/builtin/locale ./views/... ./tweens/... ./framework/... ./traversal/...
func TestCatalogsAreComplete(t *testing.T) {
	t.Parallel()
	problems, err := messages.Check(t.Context(), messages.Options{
		Dir: filepath.Join("..", "..", "..", ".."), Packages: []string{"./views/...", "./tweens/...", "./framework/...", "./traversal/..."},
		Domain: builtin.Domain, Catalogs: "views/i18n/internal/builtin/locale", Locales: languages,
	})
	require.NoError(t, err)
	assert.Empty(t, messages.Mistakes(problems))
}

func TestStatusesAreThoseOfNetHTTP(t *testing.T) {
	t.Parallel()
	var want, got []string
	for code := 400; code < 600; code++ {
		if text := http.StatusText(code); text != "" {
			want = append(want, text)
		}
	}
	for _, m := range builtin.Statuses {
		got = append(got, m.ID)
	}
	assert.Equal(t, want, got)
}

func TestGettextFindsNoMistake(t *testing.T) {
	t.Parallel()
	msgfmt, err := exec.LookPath("msgfmt")
	if err != nil {
		t.Skip("needs msgfmt of gettext")
	}
	for _, language := range languages {
		out, err := exec.Command(msgfmt, "--check", "-o", os.DevNull, filepath.Join("locale", language, "LC_MESSAGES", "mastaba.po")).CombinedOutput()
		assert.NoError(t, err, string(out))
		assert.Empty(t, string(out))
	}
}
