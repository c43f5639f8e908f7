package browser

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Markup are pages for the Nu HTML checker, which takes seconds to start and so gets all at once.
type Markup struct {
	dir   string
	pages []string
}

// NewMarkup returns a collection without pages.
func NewMarkup(t testing.TB) *Markup {
	t.Helper()
	tool(t, "java")
	return &Markup{dir: t.TempDir()}
}

// Add adds a page under a name.
func (m *Markup) Add(t testing.TB, name, source string) {
	t.Helper()
	name = strings.NewReplacer("/", "_", " ", "-").Replace(name) + ".html"
	if err := os.WriteFile(filepath.Join(m.dir, name), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	m.pages = append(m.pages, name)
}

// Check returns what the checker says about the pages: errors and warnings.
func (m *Markup) Check(t testing.TB) (texts []string) {
	t.Helper()
	args := append([]string{"-jar", packaged(t, "vnu-jar", "build", "dist", "vnu.jar"), "--stdout", "--exit-zero-always", "--format", "json"}, m.pages...)
	cmd := exec.CommandContext(t.Context(), "java", args...)
	cmd.Dir = m.dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("the Nu HTML checker: %v", err)
	}
	var report struct {
		Messages []struct {
			Type, SubType, URL, Message, Extract string
			LastLine                             int
		}
	}
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatalf("the Nu HTML checker: %v in %q", err, out)
	}
	for _, each := range report.Messages {
		if each.Type == "info" && each.SubType != "warning" {
			continue
		}
		texts = append(texts, fmt.Sprintf("%s:%d: %s: %s", filepath.Base(each.URL), each.LastLine, each.Message, each.Extract))
	}
	return texts
}
