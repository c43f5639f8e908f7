package browser_test

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/mastaba-go/mastaba/internal/browser"
)

var joinLink = regexp.MustCompile(`http://[^/\s]+(/-/join\?token=\S+)`)

// join makes an account with an invite.
func join(t *testing.T, url, link, user string) *browser.Browser {
	t.Helper()
	b := browser.New(t, url)
	b.Open(link)
	b.Fill("user", user)
	b.Fill("password", "open sesame, please")
	b.Submit("main form button")
	return b
}

// save sends the form that a page has, with the values of some fields.
func save(b *browser.Browser, fields ...string) {
	for i := 0; i < len(fields); i += 2 {
		b.Fill(fields[i], fields[i+1])
	}
	b.Submit("main form.card .button")
}

func contains(t *testing.T, b *browser.Browser, selector, text string) {
	t.Helper()
	if got := b.Text(selector); !strings.Contains(got, text) {
		t.Errorf("%s: no %q in %q", selector, text, got)
	}
}

// TestWiki: two people use the wiki, with their browsers open side by side.
func TestWiki(t *testing.T) {
	program := browser.Build(t, "examples/wiki", "WIKI_FILE="+filepath.Join(t.TempDir(), "wiki.db"))
	first := joinLink.FindStringSubmatch(program.Log())
	if first == nil {
		t.Fatalf("no link in %q", program.Log())
	}
	alice := join(t, program.URL, first[1], "alice")
	alice.Open("/-/invites")
	save(alice)
	link := joinLink.FindStringSubmatch(alice.Value(`document.getElementById("link").value`))
	if link == nil {
		t.Fatal("no invite")
	}
	bob := join(t, program.URL, link[1], "bob")

	// Create; the preview appears beside the text.
	alice.Open("/@@newpage")
	alice.Fill("name", "plan")
	alice.Fill("title", "The plan")
	alice.Press("text", "one\n\n**two**\n\nthree\n")
	alice.Wait(`document.querySelector("[data-preview] strong")?.textContent === "two"`)
	alice.Screenshot("wiki preview")
	alice.Submit("main form.card .button")
	contains(t, alice, "main", "It is ready.")

	// A reader sees who edits, and then what was written, without a new page.
	bob.Open("/plan")
	alice.Open("/plan/@@edit")
	bob.Wait(`document.querySelector("[data-live]").textContent.includes("alice is editing")`)
	save(alice, "text", "ONE\n\n**two**\n\nthree\n")
	bob.Wait(`document.querySelector(".text").textContent.includes("ONE") && document.querySelector("[data-live]").textContent.includes("alice has just changed this")`)

	// Two edit at once, in other lines and then in the same one.
	alice.Open("/plan/@@edit")
	bob.Open("/plan/@@edit")
	save(alice, "text", "ONE\n\n**two**\n\nTHREE\n")
	bob.Wait(`document.querySelector("[data-live]").textContent.includes("alice has saved another version")`)
	save(bob, "text", "one of bob\n\n**two**\n\nthree\n")
	if got := bob.Status(); got != 409 {
		t.Errorf("status %d of a merge", got)
	}
	bob.Screenshot("wiki merge")
	save(bob)
	contains(t, bob, ".text", "one of bob")
	contains(t, bob, ".text", "THREE")
	alice.Open("/plan/@@edit")
	bob.Open("/plan/@@edit")
	save(alice, "text", "alice's\n")
	save(bob, "text", "bob's\n")
	contains(t, bob, "main", "has changed the same lines")
	save(bob, "text", "alice's and bob's\n")
	contains(t, bob, ".text", "alice's and bob's")

	// History.
	alice.Open("/plan/@@revision?version=2")
	alice.Submit(`form[action$="restore"] button`)
	contains(t, alice, ".text", "ONE")

	// Files, and search.
	bob.Open("/@@upload")
	bob.Choose("files", written(t, "lamp.png", picture(t)))
	bob.Submit("main form.card .button")
	bob.Wait(`document.querySelector(".picture img").naturalWidth === 120`)
	bob.Open("/@@search?q=lamp")
	contains(t, bob, "main", "lamp.png")

	// Sharing: bob may not see the plan any more, and then again.
	alice.Open("/plan/@@sharing")
	alice.Fill("entries.0.who", "user")
	alice.Fill("entries.0.name", "bob")
	alice.Fill("entries.0.effect", "deny")
	alice.Click(`[name="entries.0.can"][value="view"]`)
	alice.Screenshot("wiki sharing")
	alice.Submit(`main form[method="post"] .button`)
	bob.Open("/plan")
	if got := bob.Status(); got != 403 {
		t.Errorf("bob sees the plan: status %d", got)
	}
	alice.Open("/plan/@@sharing?user=bob")
	contains(t, alice, "table.why", "may not")

	// Delete, and undo.
	alice.Open("/plan/@@delete")
	alice.Submit("button.danger")
	alice.Submit(`form[action$="undelete"] button`)
	alice.Open("/plan")
	contains(t, alice, ".text", "ONE")

	judgeWiki(t, alice)
}

// judgeWiki has the kinds of pages judged.
func judgeWiki(t *testing.T, b *browser.Browser) {
	t.Helper()
	markup := browser.NewMarkup(t)
	for _, path := range []string{
		"/", "/plan", "/plan/@@edit", "/plan/@@history", "/plan/@@revision?version=3", "/plan/@@move", "/plan/@@delete", "/plan/@@sharing",
		"/lamp.png", "/@@upload", "/@@newfolder", "/@@search?q=one", "/nothing",
		"/-/people", "/-/invites", "/-/groups", "/-/account", "/-/manage", "/-/changes",
	} {
		for _, look := range []struct {
			width  int64
			scheme string
		}{{1280, "light"}, {360, "dark"}} {
			b.Look(look.width, look.scheme)
			b.Open(path)
			for _, text := range b.Violations() {
				t.Errorf("%s %s: %s", path, look.scheme, text)
			}
			if pixels := b.Overflow(); pixels > 0 {
				t.Errorf("%s: %d pixels are beside the window", path, pixels)
			}
			b.Screenshot(fmt.Sprintf("wiki%s %d", strings.NewReplacer("/", " ", "?", " ").Replace(path), look.width))
		}
		markup.Add(t, path, b.Source())
	}
	for _, text := range markup.Check(t) {
		t.Error(text)
	}
}
