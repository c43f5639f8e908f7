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

func TestUserFilesThatDoNothing(t *testing.T) {
	t.Parallel()
	site := newSite(t, tree{"users": "alice:x"}.write(t), false)
	require.ErrorContains(t, site.readUsers("users"), "add --access")
	site.access = access{}
	require.ErrorContains(t, site.readUsers(filepath.Join(site.root.Name(), "users")), "would be published itself")
	require.ErrorIs(t, site.readUsers(filepath.Join(filepath.Dir(site.root.Name()), "missing")), os.ErrNotExist)
	require.ErrorContains(t, site.readUsers(filepath.Join(filepath.Dir(site.root.Name()), "secret.txt")), "secret.txt:1: ")
}
