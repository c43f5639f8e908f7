package browser_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mastaba-go/mastaba/internal/browser"
)

// judged opens paths, wide and narrow, light and dark, and has them judged. The panel of the toolbar
// is on the pages, as developers see them.
func judged(t *testing.T, b *browser.Browser, name string, paths ...string) {
	t.Helper()
	for _, path := range paths {
		for width, scheme := range map[int64]string{1280: "light", 360: "dark"} {
			b.Look(width, scheme)
			b.Open(path)
			for _, text := range b.Violations() {
				t.Errorf("%s %s: %s", path, scheme, text)
			}
			if pixels := b.Overflow(); pixels > 0 {
				t.Errorf("%s: %d pixels are beside the window", path, pixels)
			}
			b.Screenshot(fmt.Sprintf("%s %s %d", name, strings.ReplaceAll(path, "/", " "), width))
		}
	}
}

// TestNewTree clicks through the application of "mastaba new".
func TestNewTree(t *testing.T) {
	program := browser.NewApplication(t, "tree")
	users := program.Command("open sesame\n", "password", "alice")
	if err := os.WriteFile(filepath.Join(program.Dir, "users"), []byte(users), 0o600); err != nil {
		t.Fatal(err)
	}
	program.Start()
	b := browser.New(t, program.URL)
	b.Open("/welcome")
	if b.Has(`a[href$="@@edit"]`) {
		t.Error("somebody who is not logged in may edit")
	}
	b.Open("/welcome/@@edit") // leads to the login, and back
	b.Fill("user", "alice")
	b.Fill("password", "wrong")
	b.Submit("main form button")
	contains(t, b, "main", "wrong user or password")
	b.Fill("user", "alice")
	b.Fill("password", "open sesame")
	b.Submit("main form button")
	save(b, "text", "Edited.\n")
	contains(t, b, "main", "The page is saved.")
	contains(t, b, "main", "Edited.")
	b.Open("/@@new")
	save(b, "name", "roses", "title", "Roses", "text", "Red ones")
	contains(t, b, "h1", "Roses")
	judged(t, b, "new tree", "/", "/roses", "/roses/@@edit", "/@@new", "/-/login", "/nothing", "/-/dev/")
	b.Open("/roses")
	b.Submit("header form button")
	if b.Has(`a[href$="@@edit"]`) {
		t.Error("the log out did nothing")
	}
}

func TestNewMinimal(t *testing.T) {
	program := browser.NewApplication(t, "minimal")
	program.Start()
	b := browser.New(t, program.URL)
	b.Open("/")
	save(b, "name", strings.Repeat("a", 101))
	contains(t, b, "main", "at most 100 bytes")
	save(b, "name", "Ada")
	contains(t, b, "main", "Hello, Ada!")
	judged(t, b, "new minimal", "/", "/nothing")
}

func TestNewAPI(t *testing.T) {
	program := browser.NewApplication(t, "api")
	if token := strings.TrimSpace(program.Command("", "token", "alice")); len(token) < 32 {
		t.Errorf("token %q", token)
	}
	program.Start()
	b := browser.New(t, program.URL)
	b.Open("/")
	if got := b.Status(); got != 401 {
		t.Errorf("status %d without a token", got)
	}
}
