package tweens_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noop is a tween that does nothing.
var noop = tweens.Wrap(func(next web.Handler) web.Handler { return next })

// build builds the registry of what fn records.
func build(fn func(c *registry.Config)) (*registry.Registry, error) {
	c := registry.New(registry.Options{})
	fn(c)
	return c.Build()
}

func mustBuild(t testing.TB, fn func(c *registry.Config)) *registry.Registry {
	t.Helper()
	reg, err := build(fn)
	require.NoError(t, err)
	return reg
}

// around returns main with one tween around it.
func around(t testing.TB, f tweens.Factory, main web.Handler) web.Handler {
	t.Helper()
	h, err := f.Build(main, mustBuild(t, func(*registry.Config) {}))
	require.NoError(t, err)
	return h
}

// request returns a request without an application.
func request(method, target string) *web.Request {
	return web.Begin(nil, httptest.NewRequest(method, target, nil))
}

// respond handles r as an application does: the response is sent, then the request is finished.
func respond(h web.Handler, r *web.Request, w http.ResponseWriter) error {
	resp, err := h(r)
	if err == nil {
		_, err = resp.Send(w, r)
	}
	if finished := web.Drive(r).RunFinishedCallbacks(); err == nil {
		err = finished
	}
	return err
}

// get is respond for a GET of /, recorded.
func get(h web.Handler) (*httptest.ResponseRecorder, error) {
	w := httptest.NewRecorder()
	err := respond(h, request("GET", "/"), w)
	return w, err
}

// text returns a handler that responds with s.
func text(s string) web.Handler {
	return func(r *web.Request) (*web.Response, error) { return r.Text(s), nil }
}

// failing returns a handler that fails.
func failing(err error) web.Handler {
	return func(*web.Request) (*web.Response, error) { return nil, err }
}

// noTweens configures nothing.
func noTweens(*registry.Config) {}

// closer is an io.Closer.
type closer func()

func (c closer) Close() error { c(); return nil }

// syncBuffer is a bytes.Buffer for several goroutines.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// discardWriter is a writer that discards everything.
type discardWriter struct{ header http.Header }

func (w *discardWriter) WriteString(s string) (int, error) { return len(s), nil }

type page struct{}

// send sends a request with headers (name, value, …) to h, and runs its callbacks.
func send(t *testing.T, h web.Handler, method string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := request(method, "/")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	resp, err := h(r)
	if err != nil {
		var ok bool
		if resp, ok = web.Drive(r).ErrorResponse(err); !ok {
			resp = web.InternalServerError("").Response(r)
		}
	}
	require.NoError(t, web.Drive(r).RunResponseCallbacks(resp))
	_, err = resp.Send(w, r)
	require.NoError(t, err)
	require.NoError(t, web.Drive(r).RunFinishedCallbacks())
	return w
}

// plain turns errors into plain responses.
func plain(r *web.Request, err error) (*web.Response, bool, error) {
	resp, ok := web.Drive(r).ErrorResponse(err)
	return resp, ok, nil
}
