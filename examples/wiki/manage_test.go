package main

import (
	"net/http"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
)

// addPages puts pages into a folder.
func addPages(b *frameworktest.Browser, folder string, names ...string) {
	for _, name := range names {
		send(b, folder+"/@@newpage", folder+"/@@newpage", "name", name, "title", "Page "+name, "text", "text").Status(http.StatusSeeOther)
	}
}

// ids are the fields of the form of a folder that choose resources.
func ids(t *testing.T, b *frameworktest.Browser, at string, names ...string) (fields []string) {
	t.Helper()
	page := b.Get("/-/manage?at=" + at).Status(http.StatusOK).Body
	for _, name := range names {
		found := regexp.MustCompile(`value="([0-9a-f-]{36})" aria-label="Choose ` + name + `"`).FindStringSubmatch(page)
		require.NotNil(t, found, name)
		fields = append(fields, "id", found[1])
	}
	return fields
}

func TestManaging(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	alice, bob := member(t, w, app, "alice", administrators), member(t, w, app, "bob", "")
	for _, path := range []string{"/-/manage", "/-/changes"} {
		bob.Get(path).Status(http.StatusForbidden)
	}
	send(alice, "/@@newfolder", "/@@newfolder", "name", "a", "title", "A").Status(http.StatusSeeOther)
	send(alice, "/@@newfolder", "/@@newfolder", "name", "b", "title", "B").Status(http.StatusSeeOther)
	addPages(alice, "/a", "one", "two", "three")
	addPages(alice, "/b", "two")
	restrict(t, w, "/a", acl.DenyAll) // the administrators cannot see it
	alice.Get("/a/one").Status(http.StatusForbidden)
	assert.Contains(t, alice.Get("/-/manage").Status(http.StatusOK).Body, "own list")
	folder := alice.Get("/-/manage?at=/a").Status(http.StatusOK).Body
	assert.Contains(t, folder, "everyone may not do everything")
	assert.Contains(t, folder, "Choose three")
	alice.Get("/-/manage?at=/nothing").Status(http.StatusNotFound)
	alice.Get("/-/manage?at=/welcome").Status(http.StatusNotFound)
	alice.Get("/-/manage?after=nonsense").Status(http.StatusBadRequest)

	bulk := func(fields ...string) *frameworktest.Response {
		return send(alice, "/-/manage?at=/a", "/-/manage/bulk", append(fields, "at", "/a")...)
	}
	assert.Contains(t, bulk("action", "delete").Status(http.StatusSeeOther).Follow().Body, "Choose 1 to 50")
	bulk("action", "dance").Status(http.StatusBadRequest)
	both := ids(t, alice, "/a", "one", "two")
	assert.Contains(t, bulk(append(both, "action", "move", "to", "/nowhere")...).Status(http.StatusSeeOther).Follow().Body, "There is no folder /nowhere")
	move := append(both, "action", "move", "to", "/b")
	assert.Contains(t, bulk(move...).Status(http.StatusOK).Body, "<strong>/a/one</strong>")
	failed := bulk(append(move, "confirm", "true")...).Status(http.StatusConflict).Body
	assert.Contains(t, failed, "<strong>/a/two</strong>: the folder already has something of this name")
	assert.Contains(t, alice.Get("/-/manage?at=/a").Body, "Choose one", "all of it or nothing")

	one := ids(t, alice, "/a", "one", "three")
	assert.Contains(t, bulk(append(one, "action", "move", "to", "/b", "confirm", "true")...).Status(http.StatusSeeOther).Follow().Body, "2 moved to /b.")
	alice.Get("/b/one").Status(http.StatusOK)
	self := ids(t, alice, "/", "a", "b")
	assert.Contains(t, bulk(append(self, "action", "move", "to", "/b", "confirm", "true")...).Status(http.StatusConflict).Body, "<strong>/b</strong>: a folder cannot be inside itself")
	asked := bulk(append(self, "action", "delete")...).Status(http.StatusOK).Body
	assert.Contains(t, asked, "with 3 below it")
	deleted := send(alice, "/-/manage", "/-/manage/bulk", append(self, "action", "delete", "confirm", "true", "at", "/")...)
	assert.Contains(t, deleted.Status(http.StatusSeeOther).Follow().Body, "2 deleted.")
}

// TestManagingManyChildren: the pages of a folder lead from one to the next.
func TestManagingManyChildren(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	alice := member(t, w, app, "alice", administrators)
	root, err := w.tree.Root(t.Context(), "/")
	require.NoError(t, err)
	for i := range managedOnPage + 5 {
		require.NoError(t, w.tree.Create(t.Context(), root.(sqltree.Resource), "p"+strconv.Itoa(i), &Page{Title: "P"}))
	}
	first := alice.Get("/-/manage").Status(http.StatusOK)
	next := regexp.MustCompile(`href="([^"]*after=[^"]*)" rel="next"`).FindStringSubmatch(first.Body)
	require.NotNil(t, next)
	second := alice.Get(regexp.MustCompile("&amp;").ReplaceAllString(next[1], "&")).Status(http.StatusOK).Body
	assert.Contains(t, second, "Choose welcome")
	assert.NotContains(t, second, "Choose p0")
}

func TestChangesAndUndo(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	alice, bob := member(t, w, app, "alice", administrators), member(t, w, app, "bob", "")
	send(bob, "/@@newfolder", "/@@newfolder", "name", "docs", "title", "Docs").Status(http.StatusSeeOther)
	addPages(bob, "/docs", "plan")
	edit(bob, "/docs/plan", "1", "Plan", "second").Status(http.StatusSeeOther)
	move := func(from, name, folder string) {
		send(bob, from+"/@@move", from+"/@@move", "name", name, "folder", folder).Status(http.StatusSeeOther)
	}
	move("/docs/plan", "project", "/")
	log := alice.Get("/-/changes").Status(http.StatusOK).Body
	assert.Contains(t, log, `/docs/plan → <a href="/project/">/project</a>`)
	assert.Contains(t, log, "<td>bob</td>")

	// undo undoes the newest change with a label.
	undo := func(label string) *frameworktest.Response {
		t.Helper()
		page := alice.Get("/-/changes").Status(http.StatusOK)
		seq := regexp.MustCompile(`value="(\d+)" aria-label="Undo: ` + label + `"`).FindStringSubmatch(page.Body)
		require.NotNil(t, seq, label)
		return send(alice, "/-/changes", "/-/changes", "seq", seq[1]).Status(http.StatusSeeOther).Follow()
	}
	assert.Contains(t, undo("updated plan").Body, "it was changed meanwhile and has version 3")
	assert.Contains(t, undo("moved project").Body, "is undone")
	bob.Get("/docs/plan").Status(http.StatusOK)
	assert.Equal(t, "/docs/plan/", bob.Get("/project").Status(http.StatusFound).Header.Get("Location"))
	assert.Contains(t, undo("created docs").Body, "there is something in it by now")

	edit(bob, "/docs/plan", "4", "Plan", "third").Status(http.StatusSeeOther)
	undo("updated plan")
	assert.Equal(t, "second\n", read(t, bob, "/docs/plan").Text)
	assert.Contains(t, bob.Get("/docs/plan/@@history").Body, "Version 6</a> <small>")
	assert.Contains(t, bob.Get("/docs/plan/@@revision?version=6").Status(http.StatusOK).Body, "<ins>second</ins>")

	send(alice, "/-/manage", "/-/manage/bulk", append(ids(t, alice, "/", "docs"), "action", "delete", "confirm", "true", "at", "/")...).Status(http.StatusSeeOther)
	bob.Get("/docs/plan").Status(http.StatusNotFound)
	assert.Contains(t, alice.Get("/-/changes").Body, "not there any more")
	send(bob, "/@@newfolder", "/@@newfolder", "name", "docs", "title", "Others").Status(http.StatusSeeOther)
	assert.Contains(t, undo("deleted docs").Body, "already has something of this name")
	move("/docs", "others", "/")
	undo("deleted docs")
	assert.Equal(t, "second\n", read(t, bob, "/docs/plan").Text)

	share(alice, "/docs", "stop", "true").Status(http.StatusSeeOther)
	bob.Get("/docs").Status(http.StatusForbidden)
	undo("restricted docs")
	bob.Get("/docs").Status(http.StatusOK)
	for _, first := range []string{"1", "2"} { // of the root, when it was made
		assert.Contains(t, send(alice, "/-/changes", "/-/changes", "seq", first).Status(http.StatusSeeOther).Follow().Body, "cannot be undone")
	}
	send(alice, "/-/changes", "/-/changes", "seq", "999999").Status(http.StatusNotFound)
}

// TestUndoKeepsTheAdministrators: nobody gets back to a root without a list.
func TestUndoKeepsTheAdministrators(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	alice := member(t, w, app, "alice", administrators)
	for range 2 {
		assert.Contains(t, send(alice, "/-/changes", "/-/changes", "seq", "2").Status(http.StatusSeeOther).Follow().Body, "nobody could administer the wiki then")
	}
	share(alice, "", entryFields("0", "allow", "members", "", "view")...).Status(http.StatusSeeOther)
	entries, err := w.tree.Audit(t.Context(), sqltree.AuditOptions{Limit: 1})
	require.NoError(t, err)
	assert.Contains(t, send(alice, "/-/changes", "/-/changes", "seq", strconv.FormatInt(entries[0].Seq, 10)).Status(http.StatusSeeOther).Follow().Body, "is undone")
	alice.Get("/-/people").Status(http.StatusOK)
}
