package main

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/views/i18n/messages"
)

func newApp(t *testing.T) *frameworktest.App {
	t.Helper()
	config, err := configure(framework.Options{Logger: new(frameworktest.Log).Logger()})
	require.NoError(t, err)
	app := frameworktest.New(t, config)
	assert.Empty(t, app.Registry().Warnings())
	return app
}

// as returns a browser in which a user is logged in. Each form has a token, which the page before it
// has shown.
func as(t *testing.T, app *frameworktest.App, user string) *frameworktest.Browser {
	t.Helper()
	b := app.In(t).Browser()
	token := b.Get("/login").Status(http.StatusOK).Field("csrf_token")
	b.Post("/login", frameworktest.Form("csrf_token", token, "user", user, "password", "open sesame")).Status(http.StatusSeeOther)
	return b
}

// send opens a page with a form, and sends it.
func send(b *frameworktest.Browser, page, action string, fields ...frameworktest.RequestOption) *frameworktest.Response {
	token := b.Get(page).Status(http.StatusOK).Field("csrf_token")
	return b.Post(action, append(fields, frameworktest.Form("csrf_token", token))...)
}

func TestWhoSeesWhat(t *testing.T) {
	t.Parallel()
	newApp(t).Transcript(`
		GET /                                      -> 200 "Meridian Maps"
		GET /lighthouse/tower/1                    -> 200 "Paint the north tower"
		GET /atlas Accept:text/html                -> 303 /login?next=%2Fatlas
		GET /atlas/edition-3/1 Accept:text/plain   -> 403
		GET /atlas/nothing Accept:text/plain       -> 403   # not even whether it exists
		GET /lighthouse/budget Accept:text/plain   -> 403
		GET /lighthouse/nothing Accept:text/html   -> 404 "Page not found"
		GET /lighthouse/tower?page=x               -> 422
		GET /lighthouse/tower?page=4               -> 404
		GET /lighthouse/tower?page=-4              -> 200
		alice GET /lighthouse/new                  -> 200
		bob GET /lighthouse/new Accept:text/html   -> 403 "This is not for you"
		bob GET /lighthouse/budget/1               -> 200
		bob GET /lighthouse/tower/new              -> 200
		bob GET /meridian/survey/new               -> 403
		bob GET /atlas                             -> 403, denied by entry 3 of /atlas
		carol GET /atlas/edition-3/1               -> 200
		carol GET /lighthouse/budget               -> 403
		carol GET /lighthouse/tower/1/edit         -> 403
		carol GET /search?q=insurance              -> 200 "0 issues"
		bob GET /search?q=insurance                -> 200 "one issue"
	`)
}

func TestWhatOneMayNotDoIsNotShown(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	for user, sees := range map[string]bool{"": false, "carol": false, "bob": true} {
		page := app.Get("/lighthouse/tower/11", frameworktest.As(user)).Status(http.StatusOK).Body
		assert.Equal(t, sees, strings.Contains(page, "Add a remark"), user)
		assert.Equal(t, sees, strings.Contains(page, "/11/edit"), user)
	}
	assert.NotContains(t, app.Get("/").Body, "Atlas")
	denied := app.Get("/atlas", frameworktest.As("bob"), frameworktest.Header("Accept", "text/html")).Status(http.StatusForbidden)
	assert.NotContains(t, denied.Body, "Atlas")
	assert.NotContains(t, app.Get("/lighthouse", frameworktest.As("bob")).Body, "New project")
}

// TestIssue reports, edits and closes an issue, as a browser without scripts does.
func TestIssue(t *testing.T) {
	t.Parallel()
	bob := as(t, newApp(t), "bob")
	form := func(subject, version string) frameworktest.RequestOption {
		return frameworktest.Form("subject", subject, "text", "<i>ding</i>", "priority", "high", "due", "2027-01-31", "version", version)
	}
	const issue = "/lighthouse/tower/26/"
	failed := send(bob, "/lighthouse/tower/new", "/lighthouse/tower/new", form("", "0")).Status(http.StatusUnprocessableEntity).Body
	assert.Contains(t, failed, `<a href="#subject">Subject: a value is required</a>`)
	assert.Contains(t, failed, "&lt;i&gt;ding", "what was typed comes back")
	assert.Contains(t, failed, `<option value="high" selected>`)

	page := send(bob, "/lighthouse/tower/new", "/lighthouse/tower/new", form(`Bell <b>`, "0")).Status(http.StatusSeeOther).Follow()
	assert.Contains(t, page.Body, "Thank you for reporting this issue.")
	assert.Contains(t, page.Body, "Bell &lt;b&gt;")
	assert.NotContains(t, bob.Get(issue).Body, "Thank you", "a message is shown once")

	send(bob, issue+"edit", issue+"edit", form("Bells", "0")).Status(http.StatusSeeOther)
	late := send(bob, issue+"edit", issue+"edit", form("Bell", "0")).Status(http.StatusUnprocessableEntity)
	assert.Contains(t, late.Body, "somebody else has changed the issue meanwhile")
	send(bob, issue, issue+"state", frameworktest.Form("closed", "true")).Status(http.StatusSeeOther)
	assert.Contains(t, bob.Get("/lighthouse/tower?state=closed").Body, "Bells")
}

func TestFiles(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	bob := as(t, app, "bob")
	const issue = "/lighthouse/tower/11/"
	remark := func(name, content string) *frameworktest.Response {
		return send(bob, issue, issue+"remark", frameworktest.Form("remark", ""), frameworktest.File("files", name, content))
	}
	assert.Contains(t, remark("a.png", "<html>").Status(http.StatusUnprocessableEntity).Body, "the file is text/html")
	assert.Contains(t, remark("a.txt", strings.Repeat("a", 1<<20+1)).Status(http.StatusRequestEntityTooLarge).Body, "expected at most 1048576")
	remark("../ö \"<b>.html", "plain").Status(http.StatusSeeOther)

	assert.Contains(t, bob.Get(issue).Body, `ö &#34;&lt;b&gt;.html</a>`)
	file := bob.Get(issue + "1").Status(http.StatusOK)
	assert.Equal(t, "plain", file.Body)
	assert.Equal(t, "text/plain", file.Header.Get("Content-Type"))
	assert.Contains(t, file.Header.Get("Content-Disposition"), "attachment;")
	assert.Equal(t, "nosniff", file.Header.Get("X-Content-Type-Options"))
	bob.Get(issue+"1", frameworktest.Header("If-None-Match", file.Header.Get("ETag"))).Status(http.StatusNotModified)
	bob.Get(issue + "2").Status(http.StatusNotFound)
}

func TestProject(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	alice := as(t, app, "alice")
	project := func(slug string) *frameworktest.Response {
		return send(alice, "/lighthouse/new", "/lighthouse/new", frameworktest.Form("name", "New boat", "slug", slug, "private", "on"))
	}
	for _, slug := range []string{"", "new", "New", "tower"} {
		assert.Contains(t, project(slug).Status(http.StatusUnprocessableEntity).Body, `href="#slug"`, slug)
	}
	assert.Contains(t, project("boat").Follow().Status(http.StatusOK).Body, "The project New boat is ready.")
	app.Get("/lighthouse/boat", frameworktest.As("carol")).Status(http.StatusForbidden)
}

func TestForgedAndAnonymousRequests(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	bob := as(t, app, "bob")
	assert.Contains(t, bob.Post("/lighthouse/tower/11/state", frameworktest.Form("closed", "true"), frameworktest.Header("Accept", "text/html")).
		Status(http.StatusBadRequest).Body, "from another site")
	bob.Post("/logout", frameworktest.From("https://evil.example")).Status(http.StatusBadRequest)
	send(app.Browser(), "/login", "/lighthouse/tower/11/state", frameworktest.Form("closed", "true")).Status(http.StatusForbidden)
	wrong := send(app.Browser(), "/login", "/login", frameworktest.Form("user", "bob", "password", "secret")).Status(http.StatusUnprocessableEntity)
	assert.Contains(t, wrong.Body, "wrong user or password")
	assert.NotContains(t, wrong.Body, "secret")
}

func TestLanguages(t *testing.T) {
	t.Parallel()
	b := newApp(t).Browser()
	page := b.Get("/language/de?next=%2Flighthouse%2F").Status(http.StatusSeeOther).Follow().Body
	assert.Contains(t, page, `<html lang="de">`)
	assert.Contains(t, page, "20 offene Aufgaben")
	assert.Equal(t, "/", b.Get("/language/en?next=https://evil.example/").Header.Get("Location"))
	b.Get("/language/fr").Status(http.StatusNotFound)
}

// TestConcurrentEdits: no issue and no edit is lost, and what a page shows does not change under it.
func TestConcurrentEdits(t *testing.T) {
	t.Parallel()
	p := new(Project)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			p.report(&Issue{})
			for edited := false; !edited; {
				seen := p.list()[0].Resource.(*Issue)
				edited = p.edit(1, seen.Version, func(i *Issue) { i.Remarks = append(i.Remarks, Remark{}) })
				assert.Len(t, seen.Remarks, seen.Version)
			}
		})
	}
	all.Wait()
	assert.Len(t, p.list(), 8)
	assert.Len(t, p.list()[0].Resource.(*Issue).Remarks, 8)
}

// TestGermanIsComplete: every text of the code and the templates has a translation.
func TestGermanIsComplete(t *testing.T) {
	t.Parallel()
	problems, err := messages.Check(t.Context(), messages.Options{Packages: []string{"."}, Locales: []string{"de"}})
	require.NoError(t, err)
	assert.Empty(t, problems)
}
