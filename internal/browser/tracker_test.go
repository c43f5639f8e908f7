package browser_test

import (
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mastaba-go/mastaba/internal/browser"
)

// page is a kind of page of the tracker: how one gets there, and its status.
type page struct {
	name   string
	user   string // who is logged in, "" for nobody
	open   func(b *browser.Browser)
	status int
}

// at opens a path.
func at(path string) func(*browser.Browser) { return func(b *browser.Browser) { b.Open(path) } }

// sent opens a form, fills some fields in turn, and sends it.
func sent(path string, fields ...string) func(*browser.Browser) {
	return func(b *browser.Browser) {
		b.Open(path)
		for i := 0; i < len(fields); i += 2 {
			b.Fill(fields[i], fields[i+1])
		}
		b.Submit("main form.card button")
	}
}

var pages = []page{
	{"list", "", at("/"), 200},
	{"list of projects", "", at("/lighthouse"), 200},
	{"list of issues", "", at("/lighthouse/tower?page=2"), 200},
	{"closed issues", "", at("/lighthouse/tower?state=closed"), 200},
	{"empty list", "", at("/meridian/survey?state=closed"), 200},
	{"detail", "", at("/lighthouse/tower/11"), 200},
	{"markup in a subject", "", at("/lighthouse/tower/24"), 200},
	{"search", "", at("/search?q=lamp"), 200},
	{"empty search", "", at("/search"), 200},
	{"login", "", at("/login"), 200},
	{"login with a problem", "", sent("/login", "user", "alice", "password", "wrong"), 422},
	{"not found", "", at("/lighthouse/nothing"), 404},
	{"wrong query", "", at("/lighthouse/tower?page=x"), 422},
	{"owner's list", "alice", at("/lighthouse"), 200},
	{"member's list of issues", "bob", at("/lighthouse/tower"), 200},
	{"forbidden", "bob", at("/lighthouse/new"), 403},
	{"detail with forms", "bob", at("/lighthouse/tower/11"), 200},
	{"detail with a problem", "bob", sent("/lighthouse/tower/11"), 422},
	{"form", "bob", at("/lighthouse/tower/new"), 200},
	{"form with problems", "bob", sent("/lighthouse/tower/new", "text", "typed <b>"), 422},
	{"edit", "bob", at("/lighthouse/tower/11/edit"), 200},
	{"new project", "alice", at("/lighthouse/new"), 200},
	{"new project with problems", "alice", sent("/lighthouse/new", "name", "X", "slug", "New"), 422},
}

// attached sends a file with a remark.
func attached(file string) func(*browser.Browser) {
	return func(b *browser.Browser) {
		b.Open("/lighthouse/tower/12")
		b.Choose("files", file)
		b.Submit("main form.card button")
	}
}

// picture returns a small PNG.
func picture(t *testing.T) string {
	t.Helper()
	var file strings.Builder
	if err := png.Encode(&file, image.NewGray(image.Rect(0, 0, 120, 80))); err != nil {
		t.Fatal(err)
	}
	return file.String()
}

// written returns the path of a new file.
func written(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestTracker has every kind of page judged, in two languages, widths and colours.
func TestTracker(t *testing.T) {
	url := browser.Serve(t, "examples/tracker")
	markup := browser.NewMarkup(t)
	b := browser.New(t, url)
	pages := append(pages,
		page{"detail with files", "bob", attached(written(t, `"<b>a file & its name.png`, picture(t))), 200},
		page{"detail with a wrong file", "bob", attached(written(t, "page.html", "<!doctype html>")), 422},
		page{"detail with a large file", "bob", attached(written(t, "large.txt", strings.Repeat("a", 1<<20+1))), 413},
		page{"detail with a long word", "bob", sent("/lighthouse/tower/new", "subject", strings.Repeat("W", 200), "text", strings.Repeat("w", 500)), 200},
		page{"list with a long word", "bob", at("/lighthouse/tower"), 200},
	)
	user := ""
	for _, language := range []string{"en", "de"} {
		for _, p := range pages {
			if p.user != user {
				logIn(b, p.user)
				user = p.user
			}
			b.Open("/language/" + language)
			for _, look := range []struct {
				width  int64
				scheme string
			}{{1280, "light"}, {360, "light"}, {1280, "dark"}, {360, "dark"}} {
				name := fmt.Sprintf("%s %s %d %s", p.name, language, look.width, look.scheme)
				b.Look(look.width, look.scheme)
				p.open(b)
				if got := b.Status(); got != p.status {
					t.Errorf("%s: status %d, want %d", name, got, p.status)
				}
				for _, text := range b.Violations() {
					t.Errorf("%s: %s", name, text)
				}
				if pixels := b.Overflow(); pixels > 0 {
					t.Errorf("%s: %d pixels are beside the window", name, pixels)
				}
				b.Screenshot(name)
			}
			markup.Add(t, p.name+" "+language, b.Source())
		}
	}
	for _, text := range markup.Check(t) {
		t.Error(text)
	}
}

func logIn(b *browser.Browser, user string) {
	if b.Open("/"); b.Has("form.account") {
		b.Submit("form.account button")
	}
	if user != "" {
		sent("/login", "user", user, "password", "open sesame")(b)
	}
}

// TestTrackerWithoutScripts does the main job in a browser that runs no scripts.
func TestTrackerWithoutScripts(t *testing.T) {
	b := browser.New(t, browser.Serve(t, "examples/tracker"))
	b.WithoutScripts()
	logIn(b, "bob")
	sent("/lighthouse/tower/new", "subject", "The bell is silent", "text", "Since Monday.")(b)
	if got := b.Text(".flash"); got == "" {
		t.Error("the page of a new issue has no message")
	}
	b.Fill("remark", "It rings again.")
	b.Choose("files", written(t, "bell.txt", "ding"))
	b.Submit("main form.card button")
	if got := b.Text("article.remark .text"); got != "It rings again." {
		t.Errorf("got remark %q", got)
	}
	if got := b.Text("ul.files a"); got != "bell.txt" {
		t.Errorf("got file %q", got)
	}
	b.Submit("form[action$=state] button")
	if got := b.Text(".badge"); got != "closed" {
		t.Errorf("got state %q", got)
	}
}
