package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web"
)

// get returns a GET request for path, without an application.
func get(path string) *web.Request { return begin(http.MethodGet, path, "") }

func begin(method, path, body string, headers ...string) *web.Request {
	return beginIn(nil, method, path, body, headers...)
}

func beginIn(app *web.Application, method, path, body string, headers ...string) *web.Request {
	hr := httptest.NewRequest(method, path, strings.NewReader(body))
	if body == "" {
		hr.Body = http.NoBody
	}
	for i := 0; i < len(headers); i += 2 {
		hr.Header.Add(headers[i], headers[i+1])
	}
	return web.Begin(app, hr)
}

func post(form string) *web.Request {
	return begin(http.MethodPost, "/", form, "Content-Type", "application/x-www-form-urlencoded")
}

// send sends resp into a recorder.
func send(t testing.TB, r *web.Request, resp *web.Response) (*httptest.ResponseRecorder, web.Sent) {
	t.Helper()
	w := httptest.NewRecorder()
	sent, err := resp.Send(w, r)
	require.NoError(t, err)
	return w, sent
}
