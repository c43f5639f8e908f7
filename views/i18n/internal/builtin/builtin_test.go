package builtin_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
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
//		--dir views/i18n/internal/builtin/locale \
//		$(go list ./views/... ./tweens/... ./framework/... ./traversal/... | grep -v /scaffold/)
//
// The scaffold has applications, whose texts are their own.
func TestCatalogsAreComplete(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..", "..", "..")
	list := exec.CommandContext(t.Context(), "go", "list", "./views/...", "./tweens/...", "./framework/...", "./traversal/...")
	list.Dir = root
	out, err := list.Output()
	require.NoError(t, err)
	packages := slices.DeleteFunc(strings.Fields(string(out)), func(name string) bool { return strings.Contains(name, "/scaffold/") })
	problems, err := messages.Check(t.Context(), messages.Options{
		Dir: root, Packages: packages,
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
