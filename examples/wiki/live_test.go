package main

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/traversal/acl"
)

// follow opens the stream of a page as somebody who is logged in, and returns the next events of
// it, each as its name and data.
func follow(t *testing.T, app *frameworktest.App, b *frameworktest.Browser, path string) (next func() string, stream *frameworktest.EventStream) {
	t.Helper()
	stream = app.Stream("https://example.com"+path, frameworktest.Cookies(b.Cookies(path)...))
	t.Cleanup(stream.Close)
	return func() string {
		for {
			e, err := stream.Next()
			require.NoError(t, err)
			if e.Name != "" {
				return e.Name + " " + string(e.Data)
			}
		}
	}, stream
}

// until returns once an event has come; others may come before it.
func until(t *testing.T, next func() string, want string) {
	t.Helper()
	for next() != want {
	}
}

func TestLive(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	bob, carol := member(t, w, app, "bob", ""), member(t, w, app, "carol", "")
	page, _ := follow(t, app, bob, "/welcome/@@live?version=1")
	folder, _ := follow(t, app, bob, "/@@live")
	assert.Equal(t, `editors ""`, page())

	_, editor := follow(t, app, carol, "/welcome/@@live?version=1&editing=true")
	assert.Equal(t, `editors "carol"`, page())
	edit(carol, "/welcome", "1", "Welcome", "new").Status(http.StatusSeeOther)
	assert.Equal(t, `changed "carol"`, page())
	until(t, folder, `changed "carol"`)
	editor.Close()
	assert.Equal(t, `editors ""`, page())

	late, _ := follow(t, app, bob, "/welcome/@@live?version=1")
	until(t, late, `changed ""`) // between the page and its stream
	send(carol, "/@@newpage", "/@@newpage", "name", "plan", "title", "Plan", "text", "x").Status(http.StatusSeeOther)
	until(t, folder, `changed "carol"`)
	deleteAt(carol, "/welcome").Status(http.StatusSeeOther)
	until(t, page, `gone "carol"`)
}

// TestLiveIsGuarded: whoever may no longer see a page gets no events of it.
func TestLiveIsGuarded(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	bob := member(t, w, app, "bob", "")
	app.Get("/welcome/@@live", frameworktest.Header("Accept", "text/event-stream")).Status(http.StatusForbidden)
	_, stream := follow(t, app, bob, "/welcome/@@live?version=1")
	restrict(t, w, "/welcome", acl.Allow(administrators, acl.AllPermissions), acl.DenyAll)
	for {
		if _, err := stream.Next(); err != nil {
			break // the stream has ended
		}
	}
	bob.Get("/welcome/@@live").Status(http.StatusForbidden)
	restrict(t, w, "/welcome", acl.Allow(acl.Authenticated, mayView), acl.DenyAll)
	bob.Get("/welcome/@@live?editing=true").Status(http.StatusForbidden)
}

func TestLivePreview(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	bob := member(t, w, app, "bob", "")
	token := bob.Get("/welcome/@@edit").Status(http.StatusOK).Field("csrf_token")
	for _, path := range []string{"/@@preview", "/welcome/@@preview"} {
		shown := bob.Post(path, frameworktest.Form("text", "**bold** [x](plan) <script>y</script>"), frameworktest.Header("X-CSRF-Token", token)).Status(http.StatusOK).Body
		assert.Contains(t, shown, `<strong>bold</strong>`)
		assert.Contains(t, shown, `href="/plan"`)
		assert.NotContains(t, shown, "script")
		assert.NotContains(t, shown, "<html")
		bob.Post(path, frameworktest.Form("text", "x")).Status(http.StatusBadRequest)
	}
	restrict(t, w, "/welcome", acl.Allow(acl.Authenticated, mayView), acl.DenyAll)
	bob.Post("/welcome/@@preview", frameworktest.Form("text", "x"), frameworktest.Header("X-CSRF-Token", token)).Status(http.StatusForbidden)
}
