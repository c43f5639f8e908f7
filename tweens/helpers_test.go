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

// build carries out what fn records.
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

// around puts one tween directly around main.
func around(t testing.TB, f tweens.Factory, main web.Handler) web.Handler {
	t.Helper()
	h, err := f.Build(main, mustBuild(t, func(*registry.Config) {}))
	require.NoError(t, err)
	return h
}

// request begins a request without an application.
func request(method, target string) *web.Request {
	return web.Begin(nil, httptest.NewRequest(method, target, nil))
}

// respond answers r with h the way an application does: the response is written, then the request is finished.
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

// text is a router that answers with s.
func text(s string) web.Handler {
	return func(r *web.Request) (*web.Response, error) { return r.Text(s), nil }
}

// fails is a router that fails.
func fails(err error) web.Handler {
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
