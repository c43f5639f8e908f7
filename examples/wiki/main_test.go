package main

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
)

const secretWord = "open sesame, please"

// newApp returns a new wiki in a file of its own, and its application.
func newApp(t *testing.T) (*wiki, *frameworktest.App) {
	t.Helper()
	log := new(frameworktest.Log)
	s, err := connect(t.Context(), newDatabase(t), log.Logger())
	require.NoError(t, err)
	w, err := newWiki(t.Context(), s)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, w.close(t.Context())) })
	config := configure(w, framework.Options{Logger: log.Logger()})
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(log.Lines())
		}
	})
	config.SetDevelopment()
	app := frameworktest.New(t, config)
	assert.Empty(t, app.Registry().Warnings())
	return w, app
}

// member returns a browser of somebody who was invited to groups, and has made an account.
func member(t *testing.T, w *wiki, app *frameworktest.App, name, groups string) *frameworktest.Browser {
	t.Helper()
	var token string
	require.NoError(t, transaction.Run(t.Context(), w.db, transaction.RunOptions{}, func(ctx context.Context) error {
		tx, err := transaction.Tx(ctx)
		if err != nil {
			return err
		}
		token, err = w.newInvite(ctx, tx, invite{Groups: strings.Fields(strings.TrimPrefix(groups, groupPrefix)), Ends: time.Now().Add(time.Hour)})
		return err
	}))
	b := app.In(t).Browser()
	send(b, joinPath+"?token="+token, joinPath, "user", name, "password", secretWord, "token", token).Status(http.StatusSeeOther)
	return b
}

// send opens a page with a form, and sends it.
func send(b *frameworktest.Browser, page, action string, fields ...string) *frameworktest.Response {
	token := b.Get(page).Status(http.StatusOK).Field("csrf_token")
	return b.Post(action, frameworktest.Form(append(fields, "csrf_token", token)...), frameworktest.Header("Accept", "text/html"))
}

// edit sends the form of a page that was opened at a version.
func edit(b *frameworktest.Browser, page, version, title, text string) *frameworktest.Response {
	return send(b, page+"/@@edit", page+"/@@edit", "version", version, "title", title, "text", text)
}

func read(t *testing.T, b *frameworktest.Browser, page string) (p pageJSON) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(b.Get(page+"/@@json").Status(http.StatusOK).Body), &p))
	return p
}

func TestAccounts(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	assert.Equal(t, loginPath+"?next=%2Fwelcome", app.Get("/welcome", frameworktest.Header("Accept", "text/html")).Status(http.StatusSeeOther).Header.Get("Location"))

	old, err := w.firstInvite(t.Context())
	require.NoError(t, err)
	token, err := w.firstInvite(t.Context())
	require.NoError(t, err)
	stranger := app.Browser()
	join := func(token, password string) *frameworktest.Response {
		return send(stranger, joinPath, joinPath, "user", "alice", "password", password, "token", token)
	}
	assert.Contains(t, join(old, secretWord).Status(http.StatusUnprocessableEntity).Body, "this link was used")
	assert.Contains(t, join(token, "short").Status(http.StatusUnprocessableEntity).Body, "at least 12 characters")
	join(token, secretWord).Status(http.StatusSeeOther)
	assert.Contains(t, stranger.Get("/").Status(http.StatusOK).Body, "Welcome")
	again, err := w.firstInvite(t.Context())
	require.NoError(t, err)
	assert.Empty(t, again, "there is an administrator")

	send(stranger, "/", logoutPath).Status(http.StatusSeeOther)
	wrong := send(stranger, loginPath, loginPath, "user", "alice", "password", "wrong").Status(http.StatusUnprocessableEntity)
	assert.Contains(t, wrong.Body, "wrong user or password")
	send(stranger, loginPath, loginPath, "user", "alice", "password", secretWord, "next", "/welcome").Status(http.StatusSeeOther)
	stranger.Post("/welcome/@@edit", frameworktest.Form("title", "x")).Status(http.StatusBadRequest) // without the token
}

func TestEditing(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	bob := member(t, w, app, "bob", "")
	made := send(bob, "/@@newpage", "/@@newpage", "name", "plan", "title", "The <plan>", "text", "one\r\ntwo\r\nthree").Status(http.StatusSeeOther).Follow()
	assert.Contains(t, made.Body, "It is ready.")
	assert.Contains(t, made.Body, "The &lt;plan&gt;")
	assert.Equal(t, "one\ntwo\nthree\n", read(t, bob, "/plan").Text)

	for _, name := range []string{"plan", "", "a/b", "-", "@@x"} {
		assert.Contains(t, send(bob, "/@@newpage", "/@@newpage", "name", name, "title", "x").Status(http.StatusUnprocessableEntity).Body, `href="#name"`, name)
	}
	assert.Contains(t, edit(bob, "/plan", "1", "", "x").Status(http.StatusUnprocessableEntity).Body, `href="#title"`)

	preview := send(bob, "/plan/@@edit", "/plan/@@edit", "version", "1", "title", "T", "text", "**bold** <script>x</script>", "preview", "true").Status(http.StatusOK)
	assert.Contains(t, preview.Body, "<strong>bold</strong>")
	assert.NotContains(t, preview.Body, "<script>x")
	assert.Contains(t, preview.Body, "**bold** &lt;script&gt;", "it can be edited further")
	assert.EqualValues(t, 1, read(t, bob, "/plan").Version, "a preview saves nothing")

	assert.Contains(t, edit(bob, "/plan", "1", "The plan", "ONE\ntwo\nthree\n").Status(http.StatusSeeOther).Follow().Body, "The page is saved.")
	assert.EqualValues(t, 2, read(t, bob, "/plan").Version)
}

// TestTwoEditors: both began with version 1.
func TestTwoEditors(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	bob, carol := member(t, w, app, "bob", ""), member(t, w, app, "carol", "")
	send(bob, "/@@newpage", "/@@newpage", "name", "plan", "title", "Plan", "text", "one\ntwo\nthree\n").Status(http.StatusSeeOther)
	edit(carol, "/plan", "1", "Carol's plan", "ONE\ntwo\nthree\n").Status(http.StatusSeeOther)

	clean := edit(bob, "/plan", "1", "Plan", "one\ntwo\nTHREE\n").Status(http.StatusConflict)
	assert.Contains(t, clean.Body, "carol has changed other lines")
	assert.Contains(t, clean.Body, "ONE\ntwo\nTHREE\n</textarea>")
	assert.Contains(t, clean.Body, "<ins>THREE</ins>")
	assert.Equal(t, "2", clean.Field("version"))
	assert.Equal(t, "ONE\ntwo\nthree\n", read(t, bob, "/plan").Text, "nothing is saved yet")
	edit(bob, "/plan", "2", "Carol's plan", "ONE\ntwo\nTHREE\n").Status(http.StatusSeeOther)

	conflict := edit(bob, "/plan", "1", "Plan", "uno\ntwo\nthree\n").Status(http.StatusConflict)
	assert.Contains(t, conflict.Body, "has changed the same lines")
	const both = "<<<<<<< yours\nuno\n=======\nONE\n>>>>>>> theirs\ntwo\nTHREE\n"
	assert.Contains(t, conflict.Body, "&lt;&lt;&lt;&lt;&lt;&lt;&lt; yours\nuno\n=======\nONE\n")
	assert.Contains(t, edit(bob, "/plan", "3", "Plan", both).Status(http.StatusUnprocessableEntity).Body, "choose between the two versions")

	// A page that was only renamed meanwhile has no conflict.
	send(carol, "/plan/@@move", "/plan/@@move", "name", "project", "folder", "/").Status(http.StatusSeeOther)
	edit(bob, "/project", "3", "Carol's plan", "uno\n").Status(http.StatusSeeOther)
}

// TestSavesAtOnce: of several who save at the same moment, one wins, and all others are offered a
// merge.
func TestSavesAtOnce(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	people, tokens := make([]*frameworktest.Browser, 5), make([]string, 5)
	for i := range people {
		people[i] = member(t, w, app, "user"+strconv.Itoa(i), "")
		tokens[i] = people[i].Get("/welcome/@@edit").Status(http.StatusOK).Field("csrf_token")
	}
	statuses := make([]int, len(people))
	var all sync.WaitGroup
	for i, b := range people {
		all.Go(func() {
			statuses[i] = b.Post("/welcome/@@edit", frameworktest.Form("csrf_token", tokens[i], "version", "1", "title", "Welcome", "text", strconv.Itoa(i))).Code
		})
	}
	all.Wait()
	slices.Sort(statuses)
	assert.Equal(t, []int{303, 409, 409, 409, 409}, statuses)
	assert.EqualValues(t, 2, read(t, people[0], "/welcome").Version)
}

func TestHistory(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	bob := member(t, w, app, "bob", "")
	send(bob, "/@@newpage", "/@@newpage", "name", "plan", "title", "Plan", "text", "good\n").Status(http.StatusSeeOther)
	edit(bob, "/plan", "1", "Plan", "bad\n").Status(http.StatusSeeOther)
	list := bob.Get("/plan/@@history").Status(http.StatusOK).Body
	assert.Contains(t, list, "Version 1")
	assert.Contains(t, list, "bob")
	diff := bob.Get("/plan/@@revision?version=2").Status(http.StatusOK).Body
	assert.Contains(t, diff, "<del>good</del>")
	assert.Contains(t, diff, "<ins>bad</ins>")
	assert.NotContains(t, diff, "Restore this version")
	bob.Get("/plan/@@revision?version=0").Status(http.StatusNotFound)

	send(bob, "/plan/@@revision?version=1", "/plan/@@restore", "version", "1").Status(http.StatusSeeOther)
	assert.Equal(t, "good\n", read(t, bob, "/plan").Text)
	assert.Contains(t, bob.Get("/plan/@@history").Body, "Version 3")
}

func TestMoves(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	bob := member(t, w, app, "bob", "")
	send(bob, "/@@newfolder", "/@@newfolder", "name", "docs", "title", "Docs").Status(http.StatusSeeOther)
	send(bob, "/docs/@@newpage", "/docs/@@newpage", "name", "a", "title", "A", "text", "text").Status(http.StatusSeeOther)
	move := func(from, name, folder string) *frameworktest.Response {
		return send(bob, from+"/@@move", from+"/@@move", "name", name, "folder", folder)
	}
	move("/docs/a", "b", "/docs").Status(http.StatusSeeOther)
	assert.Equal(t, "/docs/b/", bob.Get("/docs/a").Status(http.StatusFound).Header.Get("Location"))
	move("/docs", "guides", "/").Status(http.StatusSeeOther)
	assert.Equal(t, "/guides/a/@@history", bob.Get("/docs/a/@@history").Status(http.StatusFound).Header.Get("Location"), "from one old address to the next")
	move("/guides/b", "b", "/").Status(http.StatusSeeOther)
	assert.Equal(t, "/b/", bob.Get("/guides/b").Status(http.StatusFound).Header.Get("Location"))
	bob.Get("/nothing").Status(http.StatusNotFound)
	assert.Contains(t, move("/guides", "guides", "/guides").Status(http.StatusUnprocessableEntity).Body, "cannot move into itself")
	assert.Contains(t, move("/b", "welcome", "/").Status(http.StatusUnprocessableEntity).Body, "already has something")
	assert.Contains(t, move("/b", "b", "/nowhere").Status(http.StatusUnprocessableEntity).Body, "no such folder")
}

func TestWhoSeesWhat(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	alice, bob := member(t, w, app, "alice", administrators), member(t, w, app, "bob", "")
	send(alice, "/@@newfolder", "/@@newfolder", "name", "board", "title", "Board").Status(http.StatusSeeOther)
	send(alice, "/board/@@newpage", "/board/@@newpage", "name", "pay", "title", "Salaries", "text", "much").Status(http.StatusSeeOther)
	send(alice, "/board/@@newpage", "/board/@@newpage", "name", "tip", "title", "Tips", "text", "some").Status(http.StatusSeeOther)
	send(alice, "/board/tip/@@move", "/board/tip/@@move", "name", "tips", "folder", "/board").Status(http.StatusSeeOther)
	send(alice, "/welcome/@@move", "/welcome/@@move", "name", "hello", "folder", "/board").Status(http.StatusSeeOther)
	restrict(t, w, "/board", acl.Allow(administrators, acl.AllPermissions), acl.DenyAll)

	for _, path := range []string{"/board", "/board/pay", "/board/pay/@@json", "/board/pay/@@history", "/board/@@atom", "/board/tip", "/board/nothing"} {
		bob.Get(path).Status(http.StatusForbidden)
		app.Get(path, frameworktest.Header("Accept", "text/plain")).Status(http.StatusForbidden)
	}
	assert.NotContains(t, bob.Get("/").Status(http.StatusOK).Body, "Board")
	bob.Get("/welcome").Status(http.StatusNotFound) // not even where it is now
	alice.Get("/welcome").Status(http.StatusFound)
	assert.Contains(t, bob.Get("/@@search?q=much").Status(http.StatusOK).Body, "No page has all of these words.")
	found := alice.Get("/@@search?q=much").Status(http.StatusOK).Body
	assert.Contains(t, found, `<a href="/board/pay/">Salaries</a>`)
	assert.Contains(t, found, "<mark>much</mark>")
	assert.Contains(t, alice.Get("/@@search?q=%3Cb%3E&from=-3").Status(http.StatusOK).Body, `value="&lt;b&gt;"`)
	assert.NotContains(t, bob.Get("/@@atom").Status(http.StatusOK).Body, "Salaries")
	feed := alice.Get("/@@atom").Status(http.StatusOK)
	assert.Equal(t, "application/atom+xml; charset=utf-8", feed.Header.Get("Content-Type"))
	assert.Contains(t, feed.Body, "<title>Salaries</title>")
	assert.Contains(t, feed.Body, "/board/pay/")

	send(bob, "/@@newpage", "/@@newpage", "name", "mine", "title", "Mine", "text", "x").Status(http.StatusSeeOther)
	assert.Contains(t, send(bob, "/mine/@@move", "/mine/@@move", "name", "mine", "folder", "/board").Status(http.StatusUnprocessableEntity).Body, "you may not change it")
	restrict(t, w, "/mine", acl.Allow(acl.Authenticated, mayView), acl.DenyAll)
	bob.Get("/mine").Status(http.StatusOK)
	bob.Get("/mine/@@edit").Status(http.StatusForbidden)
}

// restrict gives a resource an access list.
func restrict(t *testing.T, w *wiki, path string, list ...acl.Entry) {
	t.Helper()
	root, err := w.tree.Root(t.Context(), path)
	require.NoError(t, err)
	found, err := root.(*Folder).Descend(t.Context(), []string{path[1:]})
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.NoError(t, w.tree.SetACL(t.Context(), found[0].(sqltree.Resource), list))
}

// TestRestart: nothing is made twice, and sessions stay good.
func TestRestart(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	bob := member(t, w, app, "bob", "")
	edit(bob, "/welcome", "1", "Hi", "text").Status(http.StatusSeeOther)
	again, err := newWiki(t.Context(), w.services)
	require.NoError(t, err)
	assert.Equal(t, w.secret, again.secret)
	assert.Equal(t, "Hi", read(t, bob, "/welcome").Title)
}

// restrictTo lets only one principal see a resource.
func restrictTo(t *testing.T, w *wiki, path, principal string) {
	t.Helper()
	restrict(t, w, path, acl.Allow(principal, acl.AllPermissions), acl.DenyAll)
}
