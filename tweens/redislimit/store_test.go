package redislimit_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/tweens/ratelimit"
	"github.com/mastaba-go/mastaba/tweens/redislimit"
	"github.com/mastaba-go/mastaba/views"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// missing skips a test that needs a server; where all of them must run, it fails.
func missing(t testing.TB, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// connect returns a store in the Redis of REDIS_URL, or of this machine, and the prefix of its keys.
func connect(t testing.TB) (store *redislimit.Store, client *redis.Client, prefix string) {
	t.Helper()
	url := os.Getenv("REDIS_URL")
	if url == "" {
		url = "redis://127.0.0.1:6379"
	}
	o, err := redis.ParseURL(url)
	require.NoError(t, err)
	o.ContextTimeoutEnabled = true
	client = redis.NewClient(o)
	t.Cleanup(func() { _ = client.Close() })
	if err := client.Ping(t.Context()).Err(); err != nil {
		missing(t, "no Redis at %s (set REDIS_URL for another): %v", url, err)
	}
	prefix = fmt.Sprintf("mastaba:test:{%x}:", rand.Uint64())
	store, err = redislimit.New(client, redislimit.Options{Prefix: prefix})
	require.NoError(t, err)
	return store, client, prefix
}

func take(t testing.TB, store ratelimit.Store, counts ...ratelimit.Count) []ratelimit.State {
	t.Helper()
	states, err := store.Take(t.Context(), counts)
	require.NoError(t, err)
	require.Len(t, states, len(counts))
	return states
}

func perHour(key string, n int) ratelimit.Count {
	return ratelimit.Count{Key: key, Interval: (time.Hour / time.Duration(n)).Truncate(time.Microsecond), Burst: n}
}

func TestTake(t *testing.T) {
	t.Parallel()
	store, client, prefix := connect(t)
	c := perHour("a", 3)
	for i := range 3 {
		s := take(t, store, c)[0]
		assert.Zero(t, s.Wait)
		assert.InDelta(t, float64(i+1)*20*60, s.Level.Seconds(), 60)
	}
	s := take(t, store, c)[0]
	assert.InDelta(t, 20*60, s.Wait.Seconds(), 60)
	assert.LessOrEqual(t, s.Level, time.Hour)
	assert.Zero(t, take(t, store, perHour("b", 3))[0].Wait, "another key")

	// A request that one rate refuses counts for none.
	both := take(t, store, perHour("c", 2), c)
	assert.Zero(t, both[0].Wait)
	assert.NotZero(t, both[1].Wait)
	assert.Zero(t, both[0].Level)
	assert.InDelta(t, 30*60, take(t, store, perHour("c", 2), perHour("d", 2))[0].Level.Seconds(), 60)

	ttl, err := client.PTTL(t.Context(), prefix+"d").Result()
	require.NoError(t, err)
	assert.InDelta(t, 30*60, ttl.Seconds(), 60, "it expires when its bucket is empty")
}

// The fastest rate that there is keeps its precision.
func TestFastRates(t *testing.T) {
	t.Parallel()
	store, _, _ := connect(t)
	c := ratelimit.Count{Key: "fast", Interval: time.Microsecond, Burst: 1}
	for range 50 {
		s := take(t, store, c)[0]
		assert.LessOrEqual(t, s.Wait, time.Microsecond)
		assert.LessOrEqual(t, s.Level, time.Microsecond)
	}
	long := ratelimit.Count{Key: "long", Interval: 366 * 24 * time.Hour, Burst: 1000}
	for i := range 3 {
		assert.InDelta(t, float64(i+1)*366*24, take(t, store, long)[0].Level.Hours(), 1)
	}
}

// What another clock or a mistake left in a key makes no bucket more than full, and no request pass.
func TestForeignValues(t *testing.T) {
	t.Parallel()
	store, client, prefix := connect(t)
	take(t, store, perHour("a", 2))
	require.NoError(t, client.Set(t.Context(), prefix+"a", "9007199254740991", time.Minute).Err())
	s := take(t, store, perHour("a", 2))[0]
	assert.Equal(t, 30*time.Minute, s.Wait)
	assert.Equal(t, time.Hour, s.Level)
	require.NoError(t, client.Set(t.Context(), prefix+"a", "nonsense", time.Minute).Err())
	_, err := store.Take(t.Context(), []ratelimit.Count{perHour("a", 2)})
	require.ErrorContains(t, err, "redislimit: ")
}

// Several processes share a quota, which is exact.
func TestSharedQuota(t *testing.T) {
	t.Parallel()
	store, _, _ := connect(t)
	var passed atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 40 {
				states, err := store.Take(context.Background(), []ratelimit.Count{perHour("shared", 100), perHour("more", 1000)})
				if assert.NoError(t, err) && states[0].Wait == 0 {
					passed.Add(1)
				}
			}
		})
	}
	wg.Wait()
	assert.EqualValues(t, 100, passed.Load())
}

func TestInvalidClients(t *testing.T) {
	t.Parallel()
	for _, client := range []redis.UniversalClient{nil, (*redis.Client)(nil)} {
		_, err := redislimit.New(client, redislimit.Options{})
		require.ErrorContains(t, err, "the client is nil")
	}
	for _, client := range []redis.UniversalClient{
		redis.NewClient(&redis.Options{}), redis.NewClusterClient(&redis.ClusterOptions{}), redis.NewRing(&redis.RingOptions{}),
	} {
		_, err := redislimit.New(client, redislimit.Options{})
		require.ErrorContains(t, err, "set ContextTimeoutEnabled in its options")
		require.NoError(t, client.Close())
	}
	for _, client := range []redis.UniversalClient{
		redis.NewClusterClient(&redis.ClusterOptions{ContextTimeoutEnabled: true}), redis.NewRing(&redis.RingOptions{ContextTimeoutEnabled: true}),
	} {
		_, err := redislimit.New(client, redislimit.Options{})
		require.NoError(t, err)
		require.NoError(t, client.Close())
	}
}

// server is a Redis of its own, to stop and start.
type server struct {
	t    *testing.T
	addr string
	cmd  *exec.Cmd
}

func newServer(t *testing.T) *server {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		missing(t, "no redis-server to start: %v", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &server{t: t, addr: l.Addr().String()}
	require.NoError(t, l.Close())
	t.Cleanup(s.stop)
	s.start()
	return s
}

func (s *server) start() {
	s.t.Helper()
	_, port, _ := net.SplitHostPort(s.addr)
	s.cmd = exec.Command("redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", s.t.TempDir())
	out, err := s.cmd.StdoutPipe()
	require.NoError(s.t, err)
	require.NoError(s.t, s.cmd.Start())
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "Ready to accept connections") {
			return
		}
	}
	s.t.Fatal("redis-server did not start")
}

func (s *server) stop() {
	if s.cmd != nil {
		_ = s.cmd.Process.Signal(syscall.SIGCONT)
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		s.cmd = nil
	}
}

// An application whose Redis stops, starts and hangs responds all the time, within the bound.
func TestRedisStopsAndStarts(t *testing.T) {
	t.Parallel()
	redisServer := newServer(t)
	client := redis.NewClient(&redis.Options{Addr: redisServer.addr, ContextTimeoutEnabled: true})
	t.Cleanup(func() { _ = client.Close() })
	store, err := redislimit.New(client, redislimit.Options{})
	require.NoError(t, err)
	log := new(frameworktest.Log)
	config := framework.New(framework.Options{Logger: log.Logger()})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text("x"), nil }))
	config.AddTween("open", ratelimit.New(ratelimit.Options{Store: store, StoreTimeout: 200 * time.Millisecond},
		ratelimit.Rate{Name: "open", Requests: 1, Per: time.Hour}))
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) { return r.Text("x"), nil }), views.Name("login"),
		views.Around(ratelimit.New(ratelimit.Options{Store: store, StoreTimeout: 200 * time.Millisecond, FailClosed: true},
			ratelimit.Rate{Name: "closed", Requests: 1, Per: time.Hour})))
	app := frameworktest.New(t, config)
	visit := func(client, path string) int {
		hr := httptest.NewRequest("GET", path, nil)
		hr.RemoteAddr = client
		return app.Send(hr).Code
	}
	assert.Equal(t, 200, visit("192.0.2.1:1", "/login"))
	assert.Equal(t, 429, visit("192.0.2.1:1", "/login"))

	// It is asked again a second after it failed. Until it counts, requests get what the options say.
	counts := func(client string) {
		t.Helper()
		require.Eventually(t, func() bool { return visit(client, "/") == 429 }, 20*time.Second, 50*time.Millisecond)
	}
	redisServer.stop()
	for range 20 {
		assert.Equal(t, 200, visit("192.0.2.2:1", "/"))
		assert.Equal(t, 503, visit("192.0.2.2:1", "/login"))
	}
	redisServer.start()
	counts("192.0.2.3:1")
	require.NoError(t, redisServer.cmd.Process.Signal(syscall.SIGSTOP))
	for range 20 {
		assert.Equal(t, 200, visit("192.0.2.4:1", "/"))
		assert.Equal(t, 503, visit("192.0.2.4:1", "/login"))
	}
	require.NoError(t, redisServer.cmd.Process.Signal(syscall.SIGCONT))
	counts("192.0.2.5:1")
	var failures int
	for _, line := range log.Lines() {
		if strings.Contains(fmt.Sprint(line["message"]), "the store of the rate limit failed") {
			failures++
		}
	}
	assert.NotZero(t, failures)
	assert.Less(t, failures, 10)
}

func BenchmarkTake(b *testing.B) {
	store, _, _ := connect(b)
	counts := []ratelimit.Count{perHour("bench", 1_000_000)}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := store.Take(b.Context(), counts); err != nil {
			b.Fatal(err)
		}
	}
}
