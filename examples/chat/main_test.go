package main

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/traversal/topics"
	"github.com/mastaba-go/mastaba/views/sse"
	"github.com/mastaba-go/mastaba/views/websocket"
	"github.com/mastaba-go/mastaba/views/websocket/websockettest"
)

func newApp(t *testing.T) *frameworktest.App {
	t.Helper()
	config, err := configure(framework.Options{Logger: new(frameworktest.Log).Logger()}, topics.New(topics.Options{}), rand.Text()+rand.Text())
	require.NoError(t, err)
	app := frameworktest.New(t, config)
	assert.Empty(t, app.Registry().Warnings())
	return app
}

// as returns a browser in which a user is logged in.
func as(t *testing.T, app *frameworktest.App, user string) *frameworktest.Browser {
	t.Helper()
	b := app.In(t).Browser()
	token := b.Get("/login").Status(http.StatusOK).Field("csrf_token")
	b.Post("/login", frameworktest.Form("csrf_token", token, "user", user, "password", "open sesame")).Status(http.StatusSeeOther)
	return b
}

func say(b *frameworktest.Browser, room, text string) *frameworktest.Response {
	token := b.Get(room).Status(http.StatusOK).Field("csrf_token")
	return b.Post(room+"/say", frameworktest.Form("csrf_token", token, "text", text))
}

func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	newApp(t).Transcript(`
		GET / Accept:text/html             -> 200 "lobby"
		GET /lobby                         -> 200 "to speak"
		GET /crew Accept:text/html         -> 303 /login?next=%2Fcrew
		GET /crew/events Accept:text/event-stream -> 403
		GET /cellar Accept:text/html       -> 404
		alice GET /crew                    -> 200 "Your message"
		alice GET /news                    -> 200 "Your message"
		bob GET /news                      -> 200 "You may not speak"
		carol GET /crew Accept:text/html   -> 403
		carol GET /crew/events             -> 403
	`)
	assert.NotContains(t, newApp(t).Get("/").Body, "crew")
}

// TestWithoutScripts: the form leads back to the room, where the message is.
func TestWithoutScripts(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	alice := as(t, app, "alice")
	page := say(alice, "/lobby", `<b>hello</b>`).Status(http.StatusSeeOther).Follow().Status(http.StatusOK)
	assert.Contains(t, page.Body, "&lt;b&gt;hello&lt;/b&gt;")
	assert.Contains(t, say(alice, "/lobby", "  ").Status(http.StatusUnprocessableEntity).Body, "write something first")
	say(alice, "/lobby", strings.Repeat("x", 2001)).Status(http.StatusUnprocessableEntity)
	say(as(t, app, "bob"), "/news", "hello").Status(http.StatusForbidden)
}

// next returns the next event of a name.
func next(t *testing.T, s *frameworktest.EventStream, name string) sse.Event {
	t.Helper()
	for {
		e, err := s.Next()
		require.NoError(t, err)
		if e.Name == name {
			return e
		}
	}
}

// TestEvents: what is said and who comes arrives at once, and nothing is missed meanwhile.
func TestEvents(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	alice, bob := as(t, app, "alice"), as(t, app, "bob")
	stream := app.Stream("/lobby/events", frameworktest.As("bob"))
	assert.JSONEq(t, `["bob"]`, string(next(t, stream, "presence").Data))
	say(alice, "/lobby", "hello")
	e := next(t, stream, said)
	assert.Contains(t, string(e.Data), `"who":"alice","text":"hello"`)
	stream.Close()
	say(alice, "/lobby", "bob?")
	say(bob, "/lobby", "back")
	stream = app.Stream("/lobby/events", frameworktest.As("bob"), frameworktest.Header("Last-Event-ID", e.ID))
	defer stream.Close()
	assert.Contains(t, string(next(t, stream, said).Data), "bob?")
	assert.Contains(t, string(next(t, stream, said).Data), "back")
}

// TestBetweenPageAndStream: what is said after the page was made comes with the stream.
func TestBetweenPageAndStream(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	page := app.Get("/lobby").Body
	_, position, _ := strings.Cut(page, `data-after="`)
	position, _, _ = strings.Cut(position, `"`)
	say(as(t, app, "alice"), "/lobby", "quick")
	stream := app.Stream("/lobby/events?after=" + position)
	defer stream.Close()
	assert.Contains(t, string(next(t, stream, said).Data), "quick")
}

// TestSocket: everyone hears what one user says in a socket. One who may not speak is closed with a reason.
func TestSocket(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	alice := websockettest.Dial(t, app, "/news/socket", websockettest.As("alice"))
	defer alice.Close()
	assert.Contains(t, alice.Receive(), `"name":"presence","data":["alice"]`)
	bob := app.Stream("/news/events", frameworktest.As("bob"))
	defer bob.Close()
	assert.JSONEq(t, `["alice","bob"]`, string(next(t, bob, "presence").Data))
	alice.Send(`{"text":"hello"}`)
	assert.Contains(t, string(next(t, bob, said).Data), "hello")

	carol := websockettest.Dial(t, app, "/news/socket", websockettest.As("carol"))
	defer carol.Close()
	carol.Send(`{"text":"me too"}`)
	code, reason := carol.End()
	assert.Equal(t, websocket.StatusPolicyViolation, code)
	assert.Equal(t, "you may not speak in this room", reason)
	assert.Equal(t, http.StatusForbidden, websockettest.Refused(t, app, "/crew/socket", websockettest.As("carol")).StatusCode)
}

// TestShare: the hub runs while the application does.
func TestShare(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hub := topics.New(topics.Options{})
		config := framework.New(framework.Options{})
		share(config, hub)
		app := frameworktest.New(t, config)
		require.NoError(t, app.Start(t.Context()))
		require.NoError(t, app.Shutdown(context.Background()))
		_, err := hub.Publish(t.Context(), "/", "x", nil)
		require.ErrorIs(t, err, topics.ErrClosed)
	})
}
