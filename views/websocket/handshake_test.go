package websocket_test

import (
	"bufio"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
	"github.com/mastaba-go/mastaba/views/websocket"
	"github.com/mastaba-go/mastaba/views/websocket/websockettest"
)

// TestHandshakes: what a handshake is answered with, over a connection.
func TestHandshakes(t *testing.T) {
	t.Parallel()
	app, _ := build(t, websocket.Options{Origins: []string{"https://app.example.org"}}, echo)
	server := httptest.NewServer(app)
	t.Cleanup(server.Close)
	const right = "Host: example.com\nConnection: keep-alive, Upgrade\nUpgrade: WebSocket\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n"
	for name, test := range map[string]struct {
		line, old, with string
		status          int
		headers         map[string]string
	}{
		"right":              {status: 101, headers: map[string]string{"Upgrade": "websocket", "Sec-Websocket-Accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="}},
		"POST":               {line: "POST / HTTP/1.1", status: 405, headers: map[string]string{"Allow": "GET"}},
		"HEAD":               {line: "HEAD / HTTP/1.1", status: 405},
		"HTTP/1.0":           {line: "GET / HTTP/1.0", status: 426, headers: map[string]string{"Upgrade": "websocket", "Sec-Websocket-Version": "13"}},
		"no Upgrade":         {old: "Upgrade: WebSocket\n", status: 426, headers: map[string]string{"Upgrade": "websocket", "Sec-Websocket-Version": "13", "Connection": "Upgrade"}},
		"other Upgrade":      {old: "WebSocket\n", with: "h2c\n", status: 426},
		"no Connection":      {old: "Connection: keep-alive, Upgrade\n", status: 400},
		"no version":         {old: "Sec-WebSocket-Version: 13\n", status: 426, headers: map[string]string{"Sec-Websocket-Version": "13"}},
		"version 8":          {old: "Version: 13", with: "Version: 8", status: 426},
		"two versions":       {old: "Version: 13", with: "Version: 13\nSec-WebSocket-Version: 8", status: 426},
		"no key":             {old: "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n", status: 400},
		"short key":          {old: "dGhlIHNhbXBsZSBub25jZQ==", with: "dGhl", status: 400},
		"key of no base64":   {old: "dGhlIHNhbXBsZSBub25jZQ==", with: "dGhlIHNhbXBsZSBub25jZQ=!", status: 400},
		"two keys":           {old: "Sec-WebSocket-Key:", with: "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Key:", status: 400},
		"body":               {old: "Host:", with: "Content-Length: 5\nHost:", status: 400},
		"subprotocol":        {old: "Host:", with: "Sec-WebSocket-Protocol: a b\nHost:", status: 400},
		"own origin":         {old: "Host:", with: "Origin: http://example.com\nHost:", status: 101},
		"own origin, TLS":    {old: "Host:", with: "Origin: https://EXAMPLE.com:443\nHost:", status: 101}, // behind a proxy that is not known
		"allowed origin":     {old: "Host:", with: "Origin: https://app.example.org\nHost:", status: 101},
		"foreign origin":     {old: "Host:", with: "Origin: http://example.com.evil.example\nHost:", status: 403},
		"other port":         {old: "Host:", with: "Origin: http://example.com:81\nHost:", status: 403},
		"null origin":        {old: "Host:", with: "Origin: null\nHost:", status: 403},
		"two origins":        {old: "Host:", with: "Origin: http://example.com\nOrigin: http://evil.example\nHost:", status: 403},
		"user in the origin": {old: "Host:", with: "Origin: http://evil@example.com\nHost:", status: 403},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			line := test.line
			if line == "" {
				line = "GET / HTTP/1.1"
			}
			conn, err := net.Dial("tcp", server.Listener.Addr().String())
			require.NoError(t, err)
			defer conn.Close()
			require.NoError(t, conn.SetDeadline(time.Now().Add(10*time.Second)))
			sent := strings.ReplaceAll(line+"\n"+strings.Replace(right, test.old, test.with, 1)+"\n", "\n", "\r\n") + "hello"
			_, err = conn.Write([]byte(sent))
			require.NoError(t, err)
			resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
			require.NoError(t, err)
			assert.Equal(t, test.status, resp.StatusCode)
			for name, want := range test.headers {
				assert.Equal(t, want, resp.Header.Get(name))
			}

			hr, err := http.ReadRequest(bufio.NewReader(strings.NewReader(sent)))
			require.NoError(t, err)
			foretold := app.Explain(hr)
			assert.Equal(t, test.status, foretold.Outcome.Status, "an explanation foretells it")
			if test.status == 101 {
				assert.Equal(t, "view", foretold.Outcome.By)
			}
			if test.status != 405 {
				assert.Contains(t, strings.Join(foretold.Notes, "\n"), "the view opens a websocket, for pages of its own origin and of https://app.example.org")
			}
		})
	}
}

// TestSecureOrigin: behind a trusted proxy with TLS, a page that came without TLS is another
// origin.
func TestSecureOrigin(t *testing.T) {
	t.Parallel()
	config := framework.New(framework.Options{TrustedProxies: []string{"192.0.2.1"}})
	config.AddView(websocket.On(echo, websocket.Options{}))
	app := frameworktest.New(t, config)
	forwarded := []websockettest.Option{
		websockettest.Header("Host", "internal:8080"), websockettest.Header("X-Forwarded-Host", "example.com"), websockettest.Header("X-Forwarded-Proto", "https"),
		websockettest.Header("X-Forwarded-For", "198.51.100.7"),
	}
	websockettest.Dial(t, app, "/", append(forwarded, websockettest.Header("Origin", "https://example.com"))...).Close()
	for _, origin := range []string{"http://example.com", "https://internal:8080", "https://evil.example"} {
		resp := websockettest.Refused(t, app, "/", append(forwarded, websockettest.Header("Origin", origin))...)
		assert.Equal(t, http.StatusForbidden, resp.StatusCode, origin)
	}
}

// TestHTTP2: net/http does not open websockets over HTTP/2, and says so.
func TestHTTP2(t *testing.T) {
	t.Parallel()
	app, _ := build(t, websocket.Options{}, echo)
	server := httptest.NewUnstartedServer(app)
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	resp, err := server.Client().Get(server.URL)
	require.NoError(t, err)
	defer resp.Body.Close()
	assert.Equal(t, 2, resp.ProtoMajor)
	assert.Equal(t, http.StatusBadRequest, resp.StatusCode)
}

// TestNotHijackable: a writer that cannot give its connection away gets a 501.
func TestNotHijackable(t *testing.T) {
	t.Parallel()
	app, _ := build(t, websocket.Options{}, echo)
	app.Get("/", frameworktest.Header("Connection", "Upgrade"), frameworktest.Header("Upgrade", "websocket"),
		frameworktest.Header("Sec-WebSocket-Version", "13"), frameworktest.Header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")).
		Status(http.StatusNotImplemented)
}

type room struct{ name string }

// TestRefusedAsAnyView: predicates, permission and error views come before the handshake.
func TestRefusedAsAnyView(t *testing.T) {
	t.Parallel()
	root := frameworktest.Root(frameworktest.Tree{"lobby": &room{"lobby"}})
	config := framework.New(framework.Options{Root: root, Security: frameworktest.Policy{"ann": {"join"}}})
	talk := func(_ *web.Request, on *room, conn *websocket.Conn) error {
		return conn.Send(websocket.Text("in " + on.name))
	}
	config.AddView(websocket.On(talk, websocket.Options{}), views.Name("socket"), views.Permission("join"), views.Method("GET"))
	config.AddView(websocket.On(talk, websocket.Options{}), views.Name("vip"), views.Param("card=gold"))
	config.AddForbiddenView(views.Func(func(r *web.Request) (*web.Response, error) { return r.Text("join us first"), nil }))
	app := frameworktest.New(t, config)
	c := websockettest.Dial(t, app, "/lobby/socket", websockettest.As("ann"))
	assert.Equal(t, "in lobby", c.Receive())
	c.Close()
	resp := websockettest.Refused(t, app, "/lobby/socket", websockettest.As("bob"))
	assert.Equal(t, http.StatusForbidden, resp.StatusCode)
	assert.Equal(t, http.StatusNotFound, websockettest.Refused(t, app, "/lobby/vip").StatusCode)
	assert.Equal(t, http.StatusNotFound, websockettest.Refused(t, app, "/nowhere/socket").StatusCode)
	websockettest.Dial(t, app, "/lobby/vip?card=gold").Close()
	got := app.Post("/lobby/socket").Status(http.StatusMethodNotAllowed)
	assert.Equal(t, "GET, HEAD, OPTIONS", got.Header.Get("Allow"))
	assert.Contains(t, app.Get("/lobby/socket").Status(http.StatusForbidden).Body, "join us first")
}

// TestThroughTweens: sockets open through whatever lies around the views, with a real client, and
// what the tweens set is on the handshake.
func TestThroughTweens(t *testing.T) {
	t.Parallel()
	layers := map[string]func(*framework.Configurator){
		"nothing":  func(*framework.Configurator) {},
		"Compress": func(c *framework.Configurator) { c.AddTween("compress", tweens.Compress(tweens.CompressOptions{})) },
		"Timeout": func(c *framework.Configurator) {
			c.AddTween("timeout", tweens.Timeout(50_000_000, tweens.TimeoutOptions{}))
		},
		"FromMiddleware": func(c *framework.Configurator) {
			c.AddTween("middleware", tweens.FromMiddleware(func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("X-Passed", "yes")
					next.ServeHTTP(w, r)
				})
			}))
		},
		"AccessLog": func(c *framework.Configurator) { c.AddTween("log", tweens.AccessLog(tweens.AccessLogOptions{})) },
		"Observe":   func(c *framework.Configurator) { c.AddTween("observe", tweens.Observe(new(observer))) },
	}
	layers["all"] = func(c *framework.Configurator) {
		for _, name := range []string{"Compress", "Timeout", "FromMiddleware", "AccessLog", "Observe"} {
			layers[name](c)
		}
	}
	for name, layer := range layers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app, _ := build(t, websocket.Options{}, echo, layer)
			c := websockettest.Dial(t, app, "/")
			if name == "FromMiddleware" {
				assert.Equal(t, "yes", c.Header().Get("X-Passed"))
			}
			c.Send("hello")
			assert.Equal(t, "hello", c.Receive())
			c.Close()

			server := httptest.NewServer(app)
			defer server.Close()
			raw := dialRaw(t, server.Listener.Addr().String(), "")
			raw.write(frame(0x81, "hello"))
			assert.Equal(t, "\x81\x05hello", raw.read(7))
			raw.write(frame(0x88, "\x03\xe8"))
			assert.Equal(t, "\x88\x02\x03\xe8", raw.read(4))
			raw.end()
		})
	}
}
