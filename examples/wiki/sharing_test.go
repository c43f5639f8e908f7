package main

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/traversal/acl"
)

// share sends the form of the sharing page as it was opened, with entries and further fields.
func share(b *frameworktest.Browser, path string, fields ...string) *frameworktest.Response {
	page := b.Get(path + "/@@sharing").Status(http.StatusOK)
	return b.Post(path+"/@@sharing", frameworktest.Form(append(fields, "was", page.Field("was"), "csrf_token", page.Field("csrf_token"))...),
		frameworktest.Header("Accept", "text/html"))
}

// entryFields are the fields of entry i of the form.
func entryFields(i, effect, who, name string, can ...string) []string {
	p := "entries." + i + "."
	fields := []string{p + "position", i, p + "effect", effect, p + "who", who, p + "name", name}
	for _, permission := range can {
		fields = append(fields, p+"can", permission)
	}
	return fields
}

func TestSharing(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	alice, bob, carol := member(t, w, app, "alice", administrators), member(t, w, app, "bob", ""), member(t, w, app, "carol", "")
	bob.Get("/welcome/@@sharing").Status(http.StatusForbidden)
	assert.NotContains(t, bob.Get("/welcome").Body, "@@sharing")
	assert.Contains(t, alice.Get("/welcome").Body, "@@sharing")

	bad := share(alice, "/welcome", append(append(entryFields("0", "allow", "user", "zoe", "view"), entryFields("1", "allow", "group", "none", "view")...),
		entryFields("2", "allow", "everyone", "")...)...).Status(http.StatusUnprocessableEntity)
	for _, text := range []string{"nobody has this name", "there is no such group", "choose what this is about", `href="#entries.2.can"`, `value="zoe"`} {
		assert.Contains(t, bad.Body, text)
	}

	// Bob may share the page, and others may not see it.
	share(alice, "/welcome", append(entryFields("0", "allow", "user", "BOB", "view", "share"), "stop", "true")...).Status(http.StatusSeeOther)
	carol.Get("/welcome").Status(http.StatusForbidden)
	page := bob.Get("/welcome/@@sharing?user=carol").Status(http.StatusOK).Body
	assert.Contains(t, page, "bob may view, share")
	assert.Contains(t, page, `entry 3 of <a href="/welcome/@@sharing">/welcome</a>: everyone may not do everything`)
	assert.Contains(t, page, `href="/welcome/@@sharing">/welcome</a>: bob may view, share`)
	alice.Get("/welcome").Status(http.StatusOK)

	// Bob does not lock himself out without knowing.
	locked := share(bob, "/welcome", append(entryFields("0", "allow", "user", "carol", "view"), "stop", "true")...).Status(http.StatusUnprocessableEntity)
	assert.Contains(t, locked.Body, "you would not be allowed")
	assert.Contains(t, locked.Body, `name="sure"`)
	old := bob.Get("/welcome/@@sharing").Status(http.StatusOK)
	share(bob, "/welcome", append(entryFields("0", "allow", "user", "carol", "view"), "stop", "true", "sure", "true")...).Status(http.StatusSeeOther)
	bob.Get("/welcome").Status(http.StatusForbidden)
	carol.Get("/welcome").Status(http.StatusOK)
	alice.Get("/welcome").Status(http.StatusOK) // nobody locks out the administrators

	// A form that was opened before somebody else has changed the list does not undo that.
	late := alice.Post("/welcome/@@sharing", frameworktest.Form("was", old.Field("was"), "csrf_token", alice.Get("/welcome/@@sharing").Field("csrf_token")))
	assert.Contains(t, late.Status(http.StatusUnprocessableEntity).Body, "somebody else has changed the sharing")

	share(alice, "/welcome").Status(http.StatusSeeOther)
	bob.Get("/welcome").Status(http.StatusOK) // no list of its own any more
	assert.Contains(t, alice.Get("/welcome/@@sharing").Body, "has no list of its own")
}

func TestSharingAbove(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	alice, bob := member(t, w, app, "alice", administrators), member(t, w, app, "bob", "")
	send(alice, "/@@newfolder", "/@@newfolder", "name", "board", "title", "Board").Status(http.StatusSeeOther)
	send(alice, "/board/@@newpage", "/board/@@newpage", "name", "pay", "title", "Salaries", "text", "much").Status(http.StatusSeeOther)
	share(alice, "/board", "stop", "true").Status(http.StatusSeeOther)
	share(alice, "/board/pay", entryFields("0", "allow", "user", "bob", "view")...).Status(http.StatusSeeOther)
	bob.Get("/board/pay").Status(http.StatusForbidden)
	assert.Contains(t, alice.Get("/board/pay/@@sharing").Body, "may not view /board: everyone may not do everything")
	share(alice, "/board", append(entryFields("0", "allow", "everyone", "", "view"), "stop", "true")...).Status(http.StatusSeeOther)
	bob.Get("/board/pay").Status(http.StatusOK)

	// Whoever is not logged in needs the root as well.
	app.Get("/board", frameworktest.Header("Accept", "text/html")).Status(http.StatusSeeOther)
	share(alice, "", append(entryFields("0", "allow", "members", "", "view", "edit"), entryFields("1", "allow", "everyone", "", "view")...)...).Status(http.StatusSeeOther)
	app.Get("/board/pay").Status(http.StatusOK)
	bob.Get("/@@edit").Status(http.StatusNotFound)
	share(alice, "").Status(http.StatusSeeOther) // an empty list of the root
	bob.Get("/").Status(http.StatusForbidden)
	alice.Get("/-/people").Status(http.StatusOK)
	assert.NotContains(t, alice.Get("/@@sharing").Body, `name="stop"`)
}

// TestSharingKeepsWhatProgramsWrote: entries that the form cannot make stay, and the order counts.
func TestSharingKeepsWhatProgramsWrote(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	alice := member(t, w, app, "alice", administrators)
	restrict(t, w, "/welcome", acl.Allow("role:owner", mayEdit), acl.Deny(acl.Everyone, mayEdit))
	fields := append(entryFields("2", "allow", "other", "role:owner", "edit"), entryFields("1", "deny", "everyone", "", "edit")...)
	share(alice, "/welcome", fields...).Status(http.StatusSeeOther)
	assert.Contains(t, alice.Get("/welcome/@@sharing").Body, "<ol><li>the group administrators may do everything</li><li>everyone may not edit</li><li>role:owner may edit</li></ol>")
	assert.Contains(t, share(alice, "/welcome", entryFields("1", "allow", "other", "role:boss", "edit")...).Status(http.StatusUnprocessableEntity).Body, "choose one of the list")
}
