package main

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/framework/transaction"
	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/traversal/sqltree"
)

// deleteAt deletes what is at a path, as its form does.
func deleteAt(b *frameworktest.Browser, path string) *frameworktest.Response {
	form := b.Get(path + "/@@delete").Status(http.StatusOK)
	return b.Post(path+"/@@delete", frameworktest.Form("version", form.Field("version"), "csrf_token", form.Field("csrf_token")), frameworktest.Header("Accept", "text/html"))
}

// undelete presses the button of the message on a page.
func undelete(b *frameworktest.Browser, page *frameworktest.Response) *frameworktest.Response {
	return b.Post("/@@undelete", frameworktest.Form("change", page.Field("change"), "csrf_token", page.Field("csrf_token")), frameworktest.Header("Accept", "text/html"))
}

func TestDelete(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	bob, carol := member(t, w, app, "bob", ""), member(t, w, app, "carol", "")
	send(bob, "/@@newfolder", "/@@newfolder", "name", "docs", "title", "Docs").Status(http.StatusSeeOther)
	send(bob, "/docs/@@newpage", "/docs/@@newpage", "name", "a", "title", "A", "text", "one").Status(http.StatusSeeOther)
	edit(bob, "/docs/a", "1", "A", "two").Status(http.StatusSeeOther)
	send(bob, "/docs/a/@@move", "/docs/a/@@move", "name", "b", "folder", "/docs").Status(http.StatusSeeOther)
	uploadTo(bob, "/docs/@@upload", "files", "f.txt", "content").Status(http.StatusSeeOther)
	send(bob, "/docs/@@newfolder", "/docs/@@newfolder", "name", "more", "title", "More").Status(http.StatusSeeOther)

	asked := bob.Get("/docs/@@delete").Status(http.StatusOK).Body
	assert.Contains(t, asked, "Delete “Docs”?")
	for _, want := range []string{"one folder", "one page", "one file"} {
		assert.Contains(t, asked, want)
	}
	bob.Get("/docs").Status(http.StatusOK) // nothing is deleted by asking
	gone := deleteAt(bob, "/docs").Status(http.StatusSeeOther)
	assert.Equal(t, "/", gone.Header.Get("Location"))
	page := gone.Follow()
	assert.Contains(t, page.Body, "“Docs” was deleted.")
	bob.Get("/docs/b").Status(http.StatusNotFound)
	bob.Get("/docs/a").Status(http.StatusNotFound)

	change := page.Field("change")
	send(carol, "/", "/@@undelete", "change", change).Status(http.StatusForbidden)
	send(bob, "/", "/@@undelete", "change", "999999").Status(http.StatusNotFound)
	back := undelete(bob, page).Status(http.StatusSeeOther)
	assert.Equal(t, "/docs/", back.Header.Get("Location"))
	assert.Contains(t, back.Follow().Body, "It is back.")
	assert.Equal(t, "two\n", read(t, bob, "/docs/b").Text)
	assert.Equal(t, "content", bob.Get("/docs/f.txt/@@raw").Status(http.StatusOK).Body)
	assert.Equal(t, "/docs/b/", bob.Get("/docs/a").Status(http.StatusFound).Header.Get("Location"), "the old address leads there again")
	history := bob.Get("/docs/b/@@history").Status(http.StatusOK).Body
	assert.Contains(t, history, "Version 2")
	assert.NotContains(t, history, "Version 4", "nothing was written")
	bob.Get("/docs/b/@@revision?version=1").Status(http.StatusOK)
	version := bob.Get("/docs/b/@@edit").Field("version")
	edit(bob, "/docs/b", version, "A", "three").Status(http.StatusSeeOther)
	assert.Contains(t, undelete(bob, page).Status(http.StatusSeeOther).Follow().Body, "It cannot come back")
}

func TestDeleteIsRefused(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	alice, bob := member(t, w, app, "alice", administratorsID), member(t, w, app, "bob", "")
	send(alice, "/@@newfolder", "/@@newfolder", "name", "docs", "title", "Docs").Status(http.StatusSeeOther)
	send(alice, "/docs/@@newpage", "/docs/@@newpage", "name", "pay", "title", "Salaries", "text", "much").Status(http.StatusSeeOther)
	send(bob, "/@@newpage", "/@@newpage", "name", "plan", "title", "Plan", "text", "one").Status(http.StatusSeeOther)

	alice.Get("/@@delete").Status(http.StatusNotFound)
	bob.Post("/plan/@@delete", frameworktest.Form("version", "1")).Status(http.StatusBadRequest) // without the token
	stale := send(bob, "/plan/@@delete", "/plan/@@delete", "version", "7").Status(http.StatusUnprocessableEntity)
	assert.Contains(t, stale.Body, "somebody has changed it meanwhile")

	root, err := w.tree.Root(t.Context(), "/docs/pay")
	require.NoError(t, err)
	found, err := root.(*Folder).Descend(t.Context(), []string{"docs", "pay"})
	require.NoError(t, err)
	require.NoError(t, w.tree.SetACL(t.Context(), found[1].(sqltree.Resource), acl.List{acl.Allow(administrators, acl.AllPermissions), acl.DenyAll}))
	assert.Contains(t, bob.Get("/docs/@@delete").Status(http.StatusOK).Body, "something that you may not change")
	send(bob, "/docs/@@delete", "/docs/@@delete", "version", "1").Status(http.StatusUnprocessableEntity)
	restrict(t, w, "/plan", acl.Allow(acl.Authenticated, mayView), acl.DenyAll)
	bob.Get("/plan/@@delete").Status(http.StatusForbidden)

	gone := deleteAt(alice, "/docs/pay").Status(http.StatusSeeOther).Follow()
	send(alice, "/docs/@@newpage", "/docs/@@newpage", "name", "pay", "title", "Other", "text", "x").Status(http.StatusSeeOther)
	assert.Contains(t, undelete(alice, gone).Status(http.StatusSeeOther).Follow().Body, "already has something of this name")
	assert.Equal(t, "Other", read(t, alice, "/docs/pay").Title)
}

// TestUndoOfAnEdit: the history shows what an undo has made of a page or file.
func TestUndoOfAnEdit(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	bob := member(t, w, app, "bob", "")
	send(bob, "/@@newpage", "/@@newpage", "name", "plan", "title", "Plan", "text", "good").Status(http.StatusSeeOther)
	edit(bob, "/plan", "1", "Plan", "bad").Status(http.StatusSeeOther)
	undoNewest(t, w)
	assert.Equal(t, "good\n", read(t, bob, "/plan").Text)
	assert.Contains(t, bob.Get("/plan/@@history").Body, "Version 3")
	uploadTo(bob, "/@@upload", "files", "f.txt", "good").Status(http.StatusSeeOther)
	uploadTo(bob, "/f.txt/@@replace", "file", "f.txt", "bad").Status(http.StatusSeeOther)
	undoNewest(t, w)
	assert.Equal(t, "good", bob.Get("/f.txt/@@raw?version=3").Status(http.StatusOK).Body)
}

func undoNewest(t *testing.T, w *wiki) {
	t.Helper()
	require.NoError(t, transaction.Run(t.Context(), w.db, transaction.RunOptions{}, func(ctx context.Context) error {
		entries, err := w.tree.Audit(ctx, sqltree.AuditOptions{Limit: 1})
		if err != nil {
			return err
		}
		return w.undoEntry(ctx, entries[0], "alice")
	}))
}
