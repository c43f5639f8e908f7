package main

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/framework/security/password"
	"github.com/mastaba-go/mastaba/framework/transaction"
)

const otherWord = "correct horse battery"

// linkIn returns the path of the link that a page shows once.
func linkIn(t *testing.T, page string) string {
	t.Helper()
	found := regexp.MustCompile(`readonly value="https?://[^/"]+([^"]+)"`).FindStringSubmatch(page)
	require.NotNil(t, found, page)
	return found[1]
}

// tokenOf returns the token in a link.
func tokenOf(link string) string { return link[strings.Index(link, "token=")+len("token="):] }

func TestInvites(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	alice, bob := member(t, w, app, "alice", administrators), member(t, w, app, "bob", "")
	for _, path := range []string{"/-/people", "/-/invites", "/-/groups"} {
		bob.Get(path).Status(http.StatusForbidden)
		app.Get(path, frameworktest.Header("Accept", "text/html")).Status(http.StatusSeeOther)
	}
	assert.NotContains(t, bob.Get("/").Body, "Administration")
	assert.Contains(t, alice.Get("/").Body, "Administration")

	assert.Contains(t, send(alice, "/-/invites", "/-/invites", "days", "91").Status(http.StatusUnprocessableEntity).Body, "1 to 90 days")
	assert.Contains(t, send(alice, "/-/invites", "/-/invites", "days", "7", "group", "nonsense").Status(http.StatusUnprocessableEntity).Body, "was deleted meanwhile")
	made := send(alice, "/-/invites", "/-/invites", "days", "7", "group", administratorsID).Status(http.StatusOK)
	assert.Equal(t, "no-store", made.Header.Get("Cache-Control"))
	link := linkIn(t, made.Body)
	open := alice.Get("/-/invites").Status(http.StatusOK)
	assert.NotContains(t, open.Body, tokenOf(link), "it is shown once")
	assert.Contains(t, open.Body, "alice")

	carol := app.Browser()
	carol.Get(link).Status(http.StatusOK)
	send(carol, link, joinPath, "user", "Carol", "password", secretWord, "token", tokenOf(link)).Status(http.StatusSeeOther)
	carol.Get("/-/people").Status(http.StatusOK)
	assert.NotContains(t, alice.Get("/-/invites").Body, `name="hash"`, "the invite is used up")

	link = linkIn(t, send(alice, "/-/invites", "/-/invites", "days", "1").Status(http.StatusOK).Body)
	hash := alice.Get("/-/invites").Field("hash")
	send(alice, "/-/invites", "/-/invites/withdraw", "hash", hash).Status(http.StatusSeeOther)
	dave := app.Browser()
	assert.Contains(t, send(dave, joinPath, joinPath, "user", "dave", "password", secretWord, "token", tokenOf(link)).Status(http.StatusUnprocessableEntity).Body, "was withdrawn")

	var late string
	require.NoError(t, transaction.Run(t.Context(), w.db, transaction.RunOptions{}, func(ctx context.Context) (err error) {
		tx, err := transaction.Tx(ctx)
		if err != nil {
			return err
		}
		late, err = w.newInvite(ctx, tx, invite{By: "alice", Ends: time.Now().Add(-time.Second)})
		return err
	}))
	send(dave, joinPath, joinPath, "user", "dave", "password", secretWord, "token", late).Status(http.StatusUnprocessableEntity)
}

func TestNamesOfUsers(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	bob := member(t, w, app, "Bob", "")
	join := func(name string) *frameworktest.Response {
		var token string
		require.NoError(t, transaction.Run(t.Context(), w.db, transaction.RunOptions{}, func(ctx context.Context) (err error) {
			tx, err := transaction.Tx(ctx)
			if err != nil {
				return err
			}
			token, err = w.newInvite(ctx, tx, invite{Ends: time.Now().Add(time.Hour)})
			return err
		}))
		return send(app.Browser(), joinPath, joinPath, "user", name, "password", secretWord, "token", token)
	}
	for _, name := range []string{"bob", "BOB", "Ｂｏｂ"} {
		assert.Contains(t, join(name).Status(http.StatusUnprocessableEntity).Body, "somebody else has this name", name)
	}
	for _, name := range []string{"", "a b", "a\u200bb", "bоb", "-x", "a/b", "a\u202eb", strings.Repeat("a", 101)} { // "о" is Cyrillic
		assert.Contains(t, join(name).Status(http.StatusUnprocessableEntity).Body, "letters of one script", name)
	}
	join("Борис").Status(http.StatusSeeOther)
	send(bob, "/", logoutPath).Status(http.StatusSeeOther)
	send(bob, loginPath, loginPath, "user", "bOB", "password", secretWord).Status(http.StatusSeeOther)
	assert.Contains(t, bob.Get("/").Body, ">Bob</a>", "as it was typed at first")
}

func TestPasswords(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	alice, bob := member(t, w, app, "alice", administrators), member(t, w, app, "bob", "")
	second := app.Browser()
	logIn := func(b *frameworktest.Browser, password string) *frameworktest.Response {
		return send(b, loginPath, loginPath, "user", "bob", "password", password)
	}
	logIn(second, secretWord).Status(http.StatusSeeOther)
	app.Get("/-/account", frameworktest.Header("Accept", "text/html")).Status(http.StatusSeeOther)
	change := func(old, password string) *frameworktest.Response {
		return send(bob, "/-/account", "/-/account", "old", old, "password", password)
	}
	assert.Contains(t, change("wrong", otherWord).Status(http.StatusUnprocessableEntity).Body, "not your password")
	assert.Contains(t, change(secretWord, "short").Status(http.StatusUnprocessableEntity).Body, "at least 12 characters")
	second.Get("/").Status(http.StatusOK)
	change(secretWord, otherWord).Status(http.StatusSeeOther)
	bob.Get("/").Status(http.StatusOK)
	second.Get("/").Status(http.StatusSeeOther)
	logIn(second, secretWord).Status(http.StatusUnprocessableEntity)
	logIn(second, otherWord).Status(http.StatusSeeOther)

	reset := func() string {
		return linkIn(t, send(alice, "/-/people", "/-/people", "user", "bob", "action", "reset").Status(http.StatusOK).Body)
	}
	old, link := reset(), reset()
	stranger := app.Browser()
	use := func(link string) *frameworktest.Response {
		return send(stranger, link, "/-/reset", "password", secretWord, "token", tokenOf(link))
	}
	use(old).Status(http.StatusUnprocessableEntity)
	send(stranger, joinPath, joinPath, "user", "eve", "password", secretWord, "token", tokenOf(link)).Status(http.StatusUnprocessableEntity)
	bob.Get("/").Status(http.StatusOK)
	use(link).Status(http.StatusSeeOther)
	stranger.Get("/").Status(http.StatusOK)
	bob.Get("/").Status(http.StatusSeeOther)
	use(link).Status(http.StatusUnprocessableEntity)
}

func TestDisabling(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	alice, bob := member(t, w, app, "alice", administrators), member(t, w, app, "bob", "")
	act := func(user, action string) *frameworktest.Response {
		return send(alice, "/-/people", "/-/people", "user", user, "action", action)
	}
	assert.Contains(t, act("alice", "disable").Status(http.StatusSeeOther).Follow().Body, "You would lock yourself out")
	act("nobody", "disable").Status(http.StatusNotFound)
	act("bob", "dance").Status(http.StatusBadRequest)
	link := linkIn(t, act("bob", "reset").Status(http.StatusOK).Body)
	assert.Contains(t, act("bob", "disable").Status(http.StatusSeeOther).Follow().Body, "bob is logged out everywhere")
	bob.Get("/").Status(http.StatusSeeOther)
	send(bob, loginPath, loginPath, "user", "bob", "password", secretWord).Status(http.StatusUnprocessableEntity)
	send(bob, link, "/-/reset", "password", otherWord, "token", tokenOf(link)).Status(http.StatusUnprocessableEntity)
	assert.Contains(t, act("bob", "reset").Status(http.StatusSeeOther).Follow().Body, "enable the account first")
	act("bob", "enable").Status(http.StatusSeeOther)
	bob.Get("/").Status(http.StatusSeeOther) // the old session stays ended
	send(bob, loginPath, loginPath, "user", "bob", "password", secretWord).Status(http.StatusSeeOther)
	bob.Get("/").Status(http.StatusOK)
}

func TestGroups(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	alice, bob := member(t, w, app, "alice", administrators), member(t, w, app, "bob", "")
	made := send(alice, "/-/groups", "/-/groups", "group", "Editors").Status(http.StatusSeeOther)
	editors := made.Header.Get("Location")
	assert.Contains(t, send(alice, "/-/groups", "/-/groups", "group", "editors").Status(http.StatusUnprocessableEntity).Body, "another group has this name")
	change := func(fields ...string) *frameworktest.Response { return send(alice, editors, editors, fields...) }
	change("action", "add", "person", "BOB").Status(http.StatusSeeOther)
	assert.Contains(t, change("action", "add", "person", "zoe").Status(http.StatusUnprocessableEntity).Body, "nobody has this name")
	assert.Contains(t, alice.Get("/-/people").Body, "Editors")
	alice.Get("/-/groups/nonsense").Status(http.StatusNotFound)

	restrictTo(t, w, "/welcome", "group:Editors")
	bob.Get("/welcome").Status(http.StatusOK)
	refused := change("action", "delete").Status(http.StatusUnprocessableEntity).Body
	assert.Contains(t, refused, "named by the sharing of /welcome")
	assert.Contains(t, refused, `<a href="/welcome/">/welcome</a>`)
	change("action", "rename", "group", "Writers").Status(http.StatusSeeOther)
	bob.Get("/welcome").Status(http.StatusOK) // the access list has the new name
	change("action", "remove", "person", "bob").Status(http.StatusSeeOther)
	bob.Get("/welcome").Status(http.StatusForbidden)
	restrictTo(t, w, "/welcome", administrators)
	change("action", "delete").Status(http.StatusSeeOther)
	alice.Get(editors).Status(http.StatusNotFound)

	const own = "/-/groups/" + administratorsID
	last := func(fields ...string) string {
		return send(alice, own, own, fields...).Status(http.StatusUnprocessableEntity).Body
	}
	assert.Contains(t, last("action", "remove", "person", "alice"), "nobody else can administer the wiki")
	assert.Contains(t, last("action", "delete"), "the group of administrators stays")
	assert.Contains(t, last("action", "rename", "group", "bosses"), "this group keeps its name")
	send(alice, own, own, "action", "add", "person", "bob").Status(http.StatusSeeOther)
	send(alice, own, own, "action", "remove", "person", "alice").Status(http.StatusSeeOther)
	alice.Get(own).Status(http.StatusForbidden)
	bob.Get(own).Status(http.StatusOK)
}

// TestTwoAdministratorsAtOnce: each disables the other, and one of them stays.
func TestTwoAdministratorsAtOnce(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	people := map[string]*frameworktest.Browser{"alice": member(t, w, app, "alice", administrators), "bob": member(t, w, app, "bob", administrators)}
	other := map[string]string{"alice": "bob", "bob": "alice"}
	tokens := map[string]string{}
	for name, b := range people {
		tokens[name] = b.Get("/-/people").Status(http.StatusOK).Field("csrf_token")
	}
	var both sync.WaitGroup
	for name, b := range people {
		both.Go(func() {
			b.Post("/-/people", frameworktest.Form("csrf_token", tokens[name], "user", other[name], "action", "disable"))
		})
	}
	both.Wait()
	list, err := w.accounts(t.Context(), w.db.Reader(), `NOT u.disabled`)
	require.NoError(t, err)
	require.Len(t, list, 1)
	people[list[0].Name].Get("/-/people").Status(http.StatusOK)
}

// TestStrangeInput: what no form sends is refused, and is no fault of the wiki.
func TestStrangeInput(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	alice := member(t, w, app, "alice", administrators)
	for _, path := range []string{
		"/-/people?after=%00", "/-/groups/%00", "/-/groups/%ff", "/-/manage?at=%00", "/-/manage?at=/%2500", "/-/manage?at=%ff", "/-/manage?after=1/%00",
		"/-/changes?before=-1", "/-/changes?before=x", "/-/changes?node=x", "/welcome/@@sharing?user=%00", "/welcome/@@sharing?user=%ff", "/-/join?token=%00",
	} {
		assert.Less(t, alice.Get(path).Code, 500, path)
	}
	for _, form := range [][]string{
		{"/-/people", "user", "\x00", "action", "disable"}, {"/-/invites/withdraw", "hash", "\x00"}, {"/-/invites/withdraw", "hash", "\xff"},
		{"/-/invites", "days", "7", "group", "\x00"}, {"/-/groups", "group", "\x00"}, {"/-/groups/administrators", "action", "remove", "person", "\x00"},
		{"/-/groups/administrators", "action", "remove", "person", "\xff"}, {"/-/account", "old", "\x00", "password", "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"},
		{"/-/manage/bulk", "action", "move", "to", "\x00", "id", "01890000-0000-7000-8000-000000000000"}, {"/-/manage/bulk", "action", "delete", "id", "x"},
		{"/-/changes", "seq", "-5"}, {"/-/changes", "seq", "9223372036854775807"},
		{"/welcome/@@sharing", "was", "", "entries.0.who", "user", "entries.0.name", "\x00", "entries.0.can", "view", "entries.0.effect", "allow"},
		{"/welcome/@@sharing", "was", "", "entries.0.who", "other", "entries.0.name", "\x00", "entries.0.can", "view", "entries.0.effect", "allow"},
	} {
		assert.Less(t, send(alice, "/-/people", form[0], form[1:]...).Code, 500, "%q", form)
	}
}

// TestOlderDatabase: accounts of a database from before the groups stay.
func TestOlderDatabase(t *testing.T) {
	t.Parallel()
	s, err := connect(t.Context(), newDatabase(t), nil)
	require.NoError(t, err)
	hash, err := password.New(password.Options{}).Hash(t.Context(), secretWord)
	require.NoError(t, err)
	for _, statement := range schema[:2] {
		_, err = s.db.Writer().ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	_, err = s.db.Writer().ExecContext(t.Context(), s.db.Dialect().Bind(`INSERT INTO wiki_users (name, hash, groups_of) VALUES ('Alice', $1, $2)`), hash, administrators)
	require.NoError(t, err)
	w, err := newWiki(t.Context(), s)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, w.close(t.Context())) })
	a, err := w.accountOf(t.Context(), w.db.Reader(), "alice")
	require.NoError(t, err)
	require.NotNil(t, a)
	assert.True(t, a.Administrator())
	ok, err := w.checker().Check(t.Context(), "alice", secretWord)
	require.NoError(t, err)
	assert.True(t, ok)
}
