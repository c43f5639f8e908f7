package tweens_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views/web"
)

// logged sends one request through an access log and returns its line.
func logged(t *testing.T, o tweens.AccessLogOptions, main web.Handler, send bool) map[string]any {
	t.Helper()
	var out bytes.Buffer
	log := zerolog.New(&out)
	h := around(t, tweens.AccessLog(o), main)
	r := web.Begin(&web.Application{Log: &log}, httptest.NewRequest("GET", "/a/b%20c?secret=1", nil))
	resp, err := h(r)
	if send {
		if err != nil {
			resp = web.InternalServerError("").Response(r)
		}
		_, err = resp.Send(httptest.NewRecorder(), r)
		require.NoError(t, err)
	}
	assert.Empty(t, out.String(), "the line is written after the response")
	require.NoError(t, web.Drive(r).RunFinishedCallbacks())
	if out.Len() == 0 {
		return nil
	}
	var line map[string]any
	require.NoError(t, json.Unmarshal(out.Bytes(), &line))
	assert.NotEmpty(t, line["request_id"])
	assert.Contains(t, line, "duration")
	delete(line, "request_id")
	delete(line, "duration")
	return line
}

func TestAccessLog(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	found := func(r *web.Request) (*web.Response, error) {
		web.Drive(r).SetMatch(web.Match{Routed: &web.Routed{Route: "page", Pattern: "/a/{rest}"}})
		tree := traversal.Map{"page": &page{}}
		err := (*traversal.Traverser)(nil).Walk(context.Background(), tree, traversal.Path{Escaped: "/page/edit"}, r.Result())
		if err != nil {
			return nil, err
		}
		return r.Text("hello"), nil
	}
	status := func(code int) web.Handler {
		return func(r *web.Request) (*web.Response, error) { return r.Empty(code), nil }
	}
	tests := []struct {
		name string
		main web.Handler
		send bool
		want map[string]any
	}{
		{"everything", found, true, map[string]any{"level": "info", "route": "/a/{rest}", "resource": "*tweens_test.page",
			"view": "edit", "status": 200.0, "bytes": 5.0}},
		{"not found", status(404), true, map[string]any{"level": "warn", "status": 404.0, "bytes": 0.0}},
		{"unhandled", failing(boom), true, map[string]any{"level": "error", "status": 500.0, "bytes": 0.0, "error": "boom"}},
		{"never sent", status(301), false, map[string]any{"level": "info", "status": 301.0, "bytes": 0.0}},
		{"never handled", failing(boom), false, map[string]any{"level": "error", "status": 500.0, "bytes": 0.0, "error": "boom"}},
		{"never handled, with a status", failing(web.Forbidden("no")), false, map[string]any{"level": "warn", "status": 403.0, "bytes": 0.0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			line := logged(t, tweens.AccessLogOptions{}, tt.main, tt.send)
			for key, value := range map[string]any{"message": "request", "method": "GET", "path": "/a/b c", "remote": "192.0.2.1"} {
				assert.Equal(t, value, line[key], key)
				delete(line, key)
			}
			if tt.name == "unhandled" {
				assert.NotZero(t, line["bytes"])
				line["bytes"] = 0.0
			}
			if tt.name == "never handled, with a status" {
				delete(line, "error")
			}
			assert.Equal(t, tt.want, line)
		})
	}
}

func TestAccessLogOptions(t *testing.T) {
	t.Parallel()
	assert.Nil(t, logged(t, tweens.AccessLogOptions{Skip: func(*web.Request) bool { return true }}, text("x"), true))
	quiet := func(int) zerolog.Level { return zerolog.DebugLevel }
	assert.Equal(t, "debug", logged(t, tweens.AccessLogOptions{Level: quiet}, text("x"), true)["level"])
	off := func(int) zerolog.Level { return zerolog.Disabled }
	assert.Nil(t, logged(t, tweens.AccessLogOptions{Level: off}, text("x"), true))

	w, err := get(around(t, tweens.AccessLog(tweens.AccessLogOptions{}), text("x")))
	require.NoError(t, err, "without a logger it does nothing")
	assert.Equal(t, http.StatusOK, w.Code)
}

// The log counts what the client received, not what the middleware did.
func TestAccessLogOutsideMiddleware(t *testing.T) {
	t.Parallel()
	long := bytes.Repeat([]byte("x"), 100_000)
	line := logged(t, tweens.AccessLogOptions{}, through(t, gzipMiddleware, func(r *web.Request) (*web.Response, error) {
		return r.Bytes("text/plain", long), nil
	}), true)
	assert.Less(t, line["bytes"], 1000.0)
	assert.Equal(t, 200.0, line["status"])
}

func TestAccessLogOfAProxy(t *testing.T) {
	t.Parallel()
	for remote, want := range map[string]string{
		"192.0.2.1:1234":          "203.0.113.7", // trusted
		"198.51.100.1:1234":       "198.51.100.1",
		"[::ffff:198.51.100.1]:1": "198.51.100.1",
		"[2001:db8::1]:1":         "2001:db8::1",
		"@":                       "@",
	} {
		assert.Equal(t, want, remoteOf(t, remote, "X-Forwarded-For", "203.0.113.7"), remote)
	}
	const proxy = "192.0.2.1:1234"
	for _, tt := range []struct {
		want    string
		headers []string
	}{
		{"192.0.2.1", []string{"X-Forwarded-For", "unknown"}}, // the proxy says no more, so it is the client
		{"192.0.2.1", []string{"X-Forwarded-For", "203.0.113.7, unknown"}},
		{"192.0.2.9", []string{"X-Forwarded-For", "unknown, 192.0.2.9"}},
		{"203.0.113.7", []string{"X-Forwarded-For", "6.6.6.6", "X-Forwarded-For", "203.0.113.7, 192.0.2.9"}},
		{"203.0.113.7", []string{"X-Forwarded-For", "203.0.113.7:4711"}},
		{"2001:db8::7", []string{"X-Forwarded-For", "[2001:db8::7]:4711"}},
		{"203.0.113.7", []string{"Forwarded", "for=203.0.113.7;proto=https"}},
		{"203.0.113.7", []string{"Forwarded", "for=6.6.6.6", "Forwarded", "for=203.0.113.7", "Forwarded", "for=192.0.2.9"}},
		{"2001:db8::7", []string{"Forwarded", `for=6.6.6.6, For="[2001:db8::7]:4711"`, "Forwarded", "for=192.0.2.9"}},
		{"192.0.2.1", []string{"Forwarded", "for=unknown"}},
		{"192.0.2.1", []string{"Forwarded", "for=_hidden"}},
		{"192.0.2.9", []string{"Forwarded", "for=203.0.113.7, for=unknown", "Forwarded", "for=192.0.2.9"}},
		{"203.0.113.7", []string{"Forwarded", "for=6.6.6.6", "X-Forwarded-For", "203.0.113.7"}},
		{"192.0.2.1", []string{"Forwarded", `for="203.0.113.7`}},
	} {
		assert.Equal(t, tt.want, remoteOf(t, proxy, tt.headers...), "%v", tt.headers)
	}
}

// remoteOf returns the remote that the access log writes for a connection from remote.
func remoteOf(t *testing.T, remote string, headers ...string) any {
	t.Helper()
	var out bytes.Buffer
	log := zerolog.New(&out)
	hr := httptest.NewRequest("GET", "/", nil)
	hr.RemoteAddr = remote
	for at := 0; at < len(headers); at += 2 {
		hr.Header.Add(headers[at], headers[at+1])
	}
	trusted := web.TrustedProxies{netip.MustParsePrefix("192.0.2.0/24")}
	r := web.Begin(&web.Application{Log: &log, Trusted: trusted}, hr)
	require.NoError(t, respond(around(t, tweens.AccessLog(tweens.AccessLogOptions{}), text("x")), r, httptest.NewRecorder()))
	var line map[string]any
	require.NoError(t, json.Unmarshal(out.Bytes(), &line))
	return line["remote"]
}
