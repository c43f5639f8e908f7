package main

import (
	"context"
	"crypto/rand"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/framework/security/password"
)

// newApp returns the application with a new database, in which alice can log in with the password
// "open sesame".
func newApp(t *testing.T) *frameworktest.App {
	t.Helper()
	hash, err := password.New(password.Options{}).Hash(t.Context(), "open sesame")
	if err != nil {
		t.Fatal(err)
	}
	users, err := password.ParseFile("users", []byte("alice:"+hash+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := open(t.Context(), filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	config := configure(s, users, rand.Text()+rand.Text(), framework.Options{Logger: new(frameworktest.Log).Logger()})
	config.SetDevelopment()
	config.OnStop(func(ctx context.Context, _ *framework.App) error { return s.close(ctx) })
	return frameworktest.New(t, config)
}

// send opens a page with a form, and sends it.
func send(b *frameworktest.Browser, page string, fields ...string) *frameworktest.Response {
	token := b.Get(page).Status(http.StatusOK).Field("csrf_token")
	return b.Post(page, frameworktest.Form(append(fields, "csrf_token", token)...), frameworktest.Header("Accept", "text/html"))
}

func TestEditing(t *testing.T) {
	app := newApp(t)
	app.Get("/welcome").Status(http.StatusOK)
	app.Get("/welcome/edit").Status(http.StatusSeeOther) // to the login

	alice := app.Browser()
	send(alice, "/-/login", "user", "alice", "password", "wrong").Status(http.StatusUnprocessableEntity)
	send(alice, "/-/login", "user", "alice", "password", "open sesame").Status(http.StatusSeeOther)
	send(alice, "/@@new", "name", "No!", "title", "Roses").Status(http.StatusUnprocessableEntity)
	send(alice, "/@@new", "name", "roses", "title", "Roses", "text", "Red ones").Status(http.StatusSeeOther)
	send(alice, "/roses/@@edit", "version", "1", "title", "Roses", "text", "White ones").Status(http.StatusSeeOther)
	send(alice, "/roses/@@edit", "version", "1", "title", "Roses", "text", "Late ones").Status(http.StatusUnprocessableEntity)

	if page := app.Get("/roses").Status(http.StatusOK); !strings.Contains(page.Body, "White ones") {
		t.Error(page.Body)
	}
	app.Get("/nothing", frameworktest.Header("Accept", "text/html")).Status(http.StatusNotFound)
}
