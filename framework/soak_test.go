package framework_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// soakTime is how long TestSoak lasts, unless MASTABA_SOAK sets another time ("30s", "5m").
const soakTime = 2 * time.Second

// Five hundred clients send requests that wait, fail, panic, are refused, outlive their deadline or
// stream, and some of them disconnect. Each request has exactly one response, the right one, and in
// the end no goroutine and no memory is left.
func TestSoak(t *testing.T) {
	if testing.Short() {
		t.Skip("takes its time")
	}
	lasts := soakTime
	if text := os.Getenv("MASTABA_SOAK"); text != "" {
		var err error
		lasts, err = time.ParseDuration(text)
		require.NoError(t, err)
	}
	for _, recycle := range []bool{false, true} {
		t.Run(fmt.Sprintf("recycle=%t", recycle), func(t *testing.T) { soakFor(t, lasts, recycle) })
	}
}

func soakFor(t *testing.T, lasts time.Duration, recycle bool) {
	noLeaks(t)
	s := newSoak(t, recycle)
	s.run(lasts / 2) // until most goroutines that ever run at once have run: the runtime keeps them
	warm, goroutines := s.rest(t)
	s.run(lasts - lasts/2)
	heap, after := s.rest(t)

	t.Logf("%v, %d clients: %d requests, %d of them disconnected; responses %v", lasts, soakClients, s.sent.Load(), s.left.Load(), s.statuses())
	t.Logf("live heap %d KiB after the warm-up, %d KiB in the end; goroutines %d and %d", warm>>10, heap>>10, goroutines, after)
	assert.Empty(t, s.wrong.list(), "wrong responses")
	assert.EqualValues(t, s.begun.Load(), s.responded.Load(), "requests and responses")
	assert.LessOrEqual(t, after, goroutines)
	if lasts >= 10*time.Second { // a shorter warm-up does not count
		assert.LessOrEqual(t, float64(heap), float64(warm)*1.1, "live heap")
	}
	statuses := []int{200, 404, 418, 500, 504}
	if lasts >= 10*time.Second { // on a busy machine, the executor may have room for two seconds
		statuses = append(statuses, http.StatusServiceUnavailable)
	}
	for _, status := range statuses {
		assert.NotZero(t, s.byStatus[status].Load(), "a response with status %d", status)
	}
}

const (
	soakClients = 500
	soakLimit   = 250 * time.Millisecond // of a request
)

// soak is an application under load, and what it did.
type soak struct {
	server *httptest.Server
	client *http.Client

	begun, responded atomic.Int64 // on the server
	sent, left       atomic.Int64 // requests of the clients, and those whose client disconnected
	byStatus         [600]atomic.Int64
	wrong            complaints
}

func newSoak(t *testing.T, recycle bool) *soak {
	s := &soak{}
	app := soakApp(t, recycle)
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		s.begun.Add(1)
		once := &responseCounter{ResponseWriter: w}
		defer func() {
			if n := once.count; n == 1 {
				s.responded.Add(1)
			} else {
				s.wrong.add("%s has %d responses", hr.URL.Path, n)
			}
		}()
		app.ServeHTTP(once, hr)
	}))
	t.Cleanup(s.server.Close)
	s.client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: soakClients}}
	t.Cleanup(func() { assert.NoError(t, app.Shutdown(context.WithoutCancel(t.Context()))) })
	return s
}

// run has all clients send requests for the given time.
func (s *soak) run(lasts time.Duration) {
	var clients sync.WaitGroup
	end := time.Now().Add(lasts)
	for range soakClients {
		clients.Go(func() {
			for time.Now().Before(end) {
				s.send()
			}
		})
	}
	clients.Wait()
}

// soakPaths are the requests, and the statuses they may get; 503 and 504 are always possible.
var soakPaths = []struct {
	path     string
	statuses []int
}{
	{"/sync/a", []int{200}}, {"/later/a/b", []int{200}}, {"/path/a/b/c/d", []int{200}}, {"/batch/a", []int{200}},
	{"/later/missing", []int{404}}, {"/batch/missing", []int{404}}, {"/sync/broken", []int{418}}, {"/later/broken", []int{418}},
	{"/later/panic", []int{500}}, {"/sync/panic", []int{500}}, {"/sync/slow", []int{200}}, {"/later/slow", []int{200}},
	{"/sync/a/coroutine", []int{200}}, {"/later/a/executor", []int{200}}, {"/sync/a/executor", []int{200}},
	{"/sync/a/panics", []int{500}}, {"/sync/a/unheard", []int{200}}, {"/sync/a/stubborn", []int{200}}, {"/sync/a/stubbornlater", []int{200}},
	{"/sync/a/inside", []int{200}}, {"/sync/a/stream", []int{200}}, {"/sync/a/limited", []int{200}},
}

var soakID atomic.Int64

func (s *soak) send() {
	what := soakPaths[rand.N(len(soakPaths))]
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	leaves := rand.N(8) == 0
	if leaves {
		defer time.AfterFunc(rand.N(20*time.Millisecond), cancel).Stop()
	}
	id := fmt.Sprint(soakID.Add(1))
	hr, _ := http.NewRequestWithContext(ctx, http.MethodGet, s.server.URL+what.path+"?id="+id, nil)
	s.sent.Add(1)
	resp, err := s.client.Do(hr)
	var body []byte
	if err == nil {
		body, err = io.ReadAll(resp.Body)
		_ = resp.Body.Close()
	}
	switch {
	case leaves && ctx.Err() != nil:
		s.left.Add(1)
	case err != nil:
		s.wrong.add("%s: %v", what.path, err)
	default:
		s.byStatus[resp.StatusCode].Add(1)
		s.check(what.path, what.statuses, id, resp, string(body))
	}
}

func (s *soak) check(path string, statuses []int, id string, resp *http.Response, body string) {
	ok := resp.StatusCode == 503 || resp.StatusCode == 504
	for _, status := range statuses {
		ok = ok || resp.StatusCode == status
	}
	switch {
	case !ok:
		s.wrong.add("%s: status %d: %s", path, resp.StatusCode, body)
	case resp.StatusCode == 503 && resp.Header.Get("Retry-After") == "":
		s.wrong.add("%s: 503 without Retry-After", path)
	case resp.StatusCode == 200 && !strings.HasSuffix(body, " "+id):
		s.wrong.add("%s: response to another request: %q, not %s", path, body, id)
	}
}

// rest waits until nothing runs any more, and returns the live heap and the number of goroutines.
func (s *soak) rest(t *testing.T) (heap uint64, goroutines int) {
	t.Helper()
	s.client.CloseIdleConnections()
	least := 1 << 30
	for still := 0; still < 20; still++ { // stragglers end by themselves
		time.Sleep(10 * time.Millisecond)
		if n := runtime.NumGoroutine(); n < least {
			least, still = n, 0
		}
	}
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc, least
}

func (s *soak) statuses() string {
	var b strings.Builder
	for status := range s.byStatus {
		if n := s.byStatus[status].Load(); n > 0 {
			fmt.Fprintf(&b, "%d: %d  ", status, n)
		}
	}
	return strings.TrimSpace(b.String())
}

// responseCounter counts the responses to one request.
type responseCounter struct {
	http.ResponseWriter
	count int
}

func (w *responseCounter) WriteHeader(status int) {
	if status >= 200 {
		w.count++
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *responseCounter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// complaints are the first few failures.
type complaints struct {
	mu  sync.Mutex
	all []string
}

func (c *complaints) add(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.all) < 10 {
		c.all = append(c.all, fmt.Sprintf(format, args...))
	}
}

func (c *complaints) list() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.all
}

// teapot is an error with a status.
type teapot struct{}

func (teapot) Error() string { return "a teapot" }
func (teapot) Status() int   { return http.StatusTeapot }

// place is a resource; what it finds depends on the name.
type place struct{ kind string }

func soakFind(ctx context.Context, kind, name string) (traversal.Resource, error) {
	switch name {
	case "missing":
		return nil, traversal.ErrNotFound
	case "broken":
		return nil, teapot{}
	case "panic":
		panic("a lookup that panics")
	case "slow":
		select {
		case <-time.After(rand.N(2 * soakLimit / 3)):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	case "coroutine", "executor", "panics", "unheard", "stubborn", "stubbornlater", "inside", "stream", "limited":
		return nil, traversal.ErrNotFound
	}
	return &place{kind}, nil
}

type (
	syncPlace  struct{}
	laterPlace struct{}
	pathPlace  struct{}
	batchPlace struct {
		names *async.Batcher[string, traversal.Resource]
	}
)

func (syncPlace) Child(ctx context.Context, name string) (traversal.Resource, error) {
	return soakFind(ctx, "sync", name)
}

func (laterPlace) ChildAsync(ctx context.Context, name string) *async.Future[traversal.Resource] {
	return async.Go(ctx, func(ctx context.Context) (traversal.Resource, error) { return soakFind(ctx, "later", name) })
}

func (pathPlace) Descend(_ context.Context, names []string) ([]traversal.Resource, error) {
	found := make([]traversal.Resource, len(names))
	for n := range names {
		found[n] = &place{"path"}
	}
	return found, nil
}

func (b batchPlace) Child(ctx context.Context, name string) (traversal.Resource, error) {
	return b.names.Load(ctx, name)
}

func (p *place) Child(ctx context.Context, name string) (traversal.Resource, error) {
	if p.kind == "later" {
		return async.Await(ctx, laterPlace{}.ChildAsync(ctx, name))
	}
	return soakFind(ctx, p.kind, name)
}

func soakApp(t *testing.T, recycle bool) *framework.App {
	batch := async.NewBatcher(func(_ context.Context, names []string) (map[string]traversal.Resource, error) {
		time.Sleep(time.Millisecond)
		found := map[string]traversal.Resource{}
		for _, name := range names {
			if name != "missing" {
				found[name] = &place{"batch"}
			}
		}
		return found, nil
	}, async.BatcherOptions{Missing: traversal.ErrNotFound})
	t.Cleanup(func() { assert.NoError(t, batch.Close(context.WithoutCancel(t.Context()))) })
	root := traversal.Map{"sync": syncPlace{}, "later": laterPlace{}, "path": pathPlace{}, "batch": batchPlace{batch}}

	config := quiet(framework.Options{
		Root:        func(*framework.Request) (traversal.Resource, error) { return root, nil },
		Settings:    registry.Settings{"async.workers": 4, "async.queue": 8},
		GracePeriod: time.Millisecond, RecycleRequests: recycle,
	})
	config.Include(framework.Async)
	config.AddTween("limit", tweens.Limit(soakClients*4/5, tweens.LimitOptions{Queue: soakClients / 20, Wait: 5 * time.Millisecond}))
	config.AddTween("timeout", tweens.Timeout(soakLimit, tweens.TimeoutOptions{GracePeriod: time.Millisecond}))
	soakViews(config)
	return build(t, config)
}

func soakViews(config *framework.Configurator) {
	id := func(r *framework.Request) string { return r.URL.Query().Get("id") }
	asText, inline := views.Renderer("string"), views.WithMapper(views.DefaultMapper)
	add := func(name string, v views.View, options ...views.Option) {
		config.AddView(v, append(options, views.Name(name), asText)...)
	}
	add("", views.Func(func(r *framework.Request) (string, error) { return "here " + id(r), nil }), inline)
	add("coroutine", views.Func(func(r *framework.Request) (*async.Future[string], error) {
		return async.Go(r.Context(), func(ctx context.Context) (string, error) {
			parts := make([]*async.Future[int], 8)
			for n := range parts {
				parts[n] = async.Go(ctx, func(context.Context) (int, error) {
					time.Sleep(rand.N(time.Millisecond))
					return n, nil
				})
			}
			_, err := async.All(ctx, parts...)
			return "parts " + id(r), err
		}), nil
	}))
	add("executor", views.Func(func(r *framework.Request) (string, error) {
		time.Sleep(rand.N(10 * time.Millisecond))
		return "executed " + id(r), nil
	}))
	add("panics", views.Func(func(*framework.Request) (string, error) { panic("a view that panics") }))
	add("unheard", views.Func(func(r *framework.Request) (string, error) {
		async.Go(r.Context(), func(context.Context) (int, error) { panic("unheard") })
		async.Go(r.Context(), waitForEnd)
		return "no client waits for " + id(r), nil
	}), inline)
	scribble := func(r *framework.Request) (*framework.Response, error) {
		time.Sleep(soakLimit*3/4 + rand.N(soakLimit)) // whatever the context says
		r.Header.Set("X-Late", "1")
		r.Response().SetHeader("X-Late", "1")
		return r.Text("too late, or nearly so " + id(r)), nil
	}
	add("stubborn", views.Func(scribble), inline)
	add("stubbornlater", views.Func(func(r *framework.Request) (*async.Future[*framework.Response], error) {
		return async.Go(r.Context(), func(context.Context) (*framework.Response, error) { return scribble(r) }), nil
	}))
	add("inside", views.Func(func(r *framework.Request) (*framework.Response, error) {
		sub, err := http.NewRequestWithContext(r.Context(), http.MethodGet, "/later/a?id="+id(r), nil)
		if err != nil {
			return nil, err
		}
		return r.Subrequest(sub)
	}), inline)
	add("stream", views.Func(func(r *framework.Request) (*framework.Response, error) {
		resp := r.Response()
		resp.SetReader(io.MultiReader(strings.NewReader("a stream"), strings.NewReader(" "+id(r))), -1)
		return resp, nil
	}), inline)
	add("limited", views.Func(func(r *framework.Request) (string, error) {
		time.Sleep(time.Millisecond)
		return "one of few " + id(r), nil
	}), inline, views.Around(tweens.Limit(4, tweens.LimitOptions{Queue: 8, Wait: 5 * time.Millisecond}),
		tweens.Timeout(soakLimit/2, tweens.TimeoutOptions{GracePeriod: time.Millisecond})))
	config.AddErrorView(views.ErrorStatus(500, 599, func(r *framework.Request, _ error) (*framework.Response, error) {
		return r.Text("sorry"), nil
	}))
	config.AddErrorView(views.Error(func(*framework.Request, *web.PanicError) (*framework.Response, error) {
		return nil, errors.New("an error view that fails")
	}))
}
