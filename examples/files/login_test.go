package main

import (
	"encoding/base64"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/framework/security/password"
)

// basic sends a user and a password.
func basic(user, password string) frameworktest.RequestOption {
	return frameworktest.Header("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user+":"+password)))
}

func TestLogin(t *testing.T) {
	t.Parallel()
	site, err := protectedSite(t, tree{"a.txt": "a", "drafts/plan.txt": "secret plan", "bob.txt": "for bob"}, `
		/
			allow system.Everyone view
		/drafts
			allow alice view,explain
			deny system.Everyone *
		/bob.txt
			allow bob view
			deny system.Everyone *
	`)
	require.NoError(t, err)
	hash, err := password.New(password.Options{}).Hash(t.Context(), "open sesame")
	require.NoError(t, err)
	users := filepath.Join(filepath.Dir(site.root.Name()), "users")
	require.NoError(t, os.WriteFile(users, []byte("alice:"+hash+"\n"), 0o600))
	require.NoError(t, site.readUsers(users))
	app := newApp(t, site)
	alice := basic("alice", "open sesame")

	for _, target := range []string{"/drafts", "/drafts/plan.txt", "/drafts/plan.txt/raw", "/drafts/nothing", "/drafts/@@access"} {
		for _, wrong := range []frameworktest.RequestOption{basic("", ""), basic("alice", "open barley"), basic("alice", ""), basic("bob", "open sesame")} {
			r := app.Get(target, wrong).Status(http.StatusUnauthorized)
			assert.Equal(t, `Basic realm="files", charset="UTF-8"`, r.Header.Get("WWW-Authenticate"), target)
			assert.NotContains(t, r.Body, "secret")
		}
		app.Get(target).Status(http.StatusUnauthorized)
	}
	assert.Equal(t, "secret plan", app.Get("/drafts/plan.txt/raw", alice).Status(http.StatusOK).Body)
	app.Get("/drafts/nothing", alice).Status(http.StatusNotFound)
	app.Get("/bob.txt", alice).Status(http.StatusForbidden) // a user, but the wrong one
	app.Get("/a.txt").Status(http.StatusOK)
	app.Get("/a.txt", basic("alice", "open barley")).Status(http.StatusOK)

	assert.Contains(t, app.Get("/", alice).Status(http.StatusOK).Body, `href="/drafts/"`)
	assert.NotContains(t, app.Get("/").Status(http.StatusOK).Body, "drafts")
	assert.NotContains(t, app.Get("/", alice).Status(http.StatusOK).Body, "bob.txt")
	assert.Contains(t, app.Get("/@@search?q=plan", alice).Status(http.StatusOK).Body, "1 result")
	assert.Contains(t, app.Get("/@@search?q=plan").Status(http.StatusOK).Body, "0 results")
	page := app.Get("/drafts/plan.txt/@@access", alice).Status(http.StatusOK).Body
	assert.Contains(t, page, "allowed by entry 1 of /drafts: allow alice view,explain")
	assert.Contains(t, page, `value="system.Everyone, system.Authenticated, alice"`)
}

// People log in with a form, and are in the groups of the access file.
func TestLoginPage(t *testing.T) {
	t.Parallel()
	site, err := protectedSite(t, tree{"a.txt": "a", "drafts/plan.txt": "secret plan", "login": "a file"}, `# users and groups
		group:editors alice carol
		group:readers alice

		/
			allow system.Everyone view
		/drafts
			allow group:editors view,explain
			deny system.Everyone *
	`)
	require.NoError(t, err)
	hash, err := password.New(password.Options{}).Hash(t.Context(), "open sesame")
	require.NoError(t, err)
	users := filepath.Join(filepath.Dir(site.root.Name()), "users")
	require.NoError(t, os.WriteFile(users, []byte("alice:"+hash+"\nbob:"+hash+"\n"), 0o600))
	require.NoError(t, site.readUsers(users))
	app := newApp(t, site)
	app.Browse(`
		alice GET /drafts/plan.txt                                              -> 303 /@@login?next=%2Fdrafts%2Fplan.txt
		alice GET /@@login?next=%2Fdrafts%2Fplan.txt                            -> 200 "value=\"/drafts/plan.txt\""
		alice POST /@@login csrf_token user=alice password=guess next           -> 422 "Wrong user or password."
		alice POST /@@login user=alice "password=open sesame"                   -> 400 "token"
		alice POST /@@login csrf_token user=alice "password=open sesame" next   -> 303 /drafts/plan.txt
		alice GET /drafts/plan.txt                                              -> 200 "<span>alice</span>"
		alice GET /drafts/plan.txt                                              -> 200 "href=\"/drafts/plan.txt/@@access\""
		alice GET /drafts/@@access                                              -> 200 "allowed by entry 1 of /drafts: allow group:editors view,explain"
		alice GET /@@access                                                     -> 403
		alice GET /drafts/nothing                                               -> 404 "There is no"
		alice GET /login                                                        -> 200 "a file"
		alice GET /@@logout                                                     -> 405
		alice POST /@@logout                                                    -> 400
		alice POST /@@logout csrf_token                                         -> 303 /
		alice GET /drafts/                                                      -> 303 /@@login?next=%2Fdrafts%2F
		bob GET /@@login?next=//evil.example/                                   -> 200
		bob POST /@@login csrf_token user=bob "password=open sesame" next       -> 303 /
		bob GET /drafts/plan.txt                                                -> 403 "Forbidden"
		bob GET /a.txt                                                          -> 200 "<span>bob</span>"
		GET /a.txt                                                              -> 200 "href=\"/@@login?next=%2Fa.txt\""
		GET /docs/@@login                                                       -> 404
		GET /a.txt/@@login                                                      -> 404
	`, frameworktest.Header("Accept", "text/html"))

	// A script that logs in with each request gets no session and no page to log in.
	page := app.Get("/drafts/plan.txt", basic("alice", "open sesame"), frameworktest.Header("Accept", "text/html")).Status(http.StatusOK)
	assert.Empty(t, page.Header.Values("Set-Cookie"))
	assert.Contains(t, page.Body, "<span>alice</span>")
	assert.NotContains(t, page.Body, "Log out")
	app.Get("/drafts/plan.txt", frameworktest.Header("Accept", "application/json")).Status(http.StatusUnauthorized)
	app.Get("/drafts/plan.txt", basic("alice", "guess"), frameworktest.Header("Accept", "text/html")).Status(http.StatusUnauthorized)
}

func TestGroups(t *testing.T) {
	t.Parallel()
	groups, rest, err := readGroups("group:a alice bob # both\n\n  group:b\n/x\n  allow group:a view\n")
	require.NoError(t, err)
	assert.Equal(t, map[string][]string{"alice": {"group:a"}, "bob": {"group:a"}}, groups)
	assert.Equal(t, "\n\n\n/x\n  allow group:a view\n", rest)
	for text, want := range map[string]string{
		"group:a x\ngroup:a y\n/": "line 2: group:a is defined twice",
		"editors alice\n/":        `line 1: expected a path or a group such as "group:editors alice carol", got "editors"`,
		"group: alice\n/":         `got "group:"`,
		"\nallow alice view\n/":   `line 2: expected a path or a group`,
	} {
		_, _, err := readGroups(text)
		assert.ErrorContains(t, err, want)
	}
	_, err = protectedSite(t, tree{"a": "a"}, "group:a x\n\n/\nalow alice view")
	assert.ErrorContains(t, err, "line 4: expected allow or deny")
}

func TestUserFilesThatDoNothing(t *testing.T) {
	t.Parallel()
	site := newSite(t, tree{"users": "alice:x"}.write(t), false)
	require.ErrorContains(t, site.readUsers("users"), "add --access")
	site.access = access{}
	require.ErrorContains(t, site.readUsers(filepath.Join(site.root.Name(), "users")), "would be published itself")
	require.ErrorIs(t, site.readUsers(filepath.Join(filepath.Dir(site.root.Name()), "missing")), os.ErrNotExist)
	require.ErrorContains(t, site.readUsers(filepath.Join(filepath.Dir(site.root.Name()), "secret.txt")), "secret.txt:1: ")
}
