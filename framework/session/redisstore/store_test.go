package redisstore_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/framework/session/redisstore"
	"github.com/mastaba-go/mastaba/framework/session/sessiontest"
	"github.com/mastaba-go/mastaba/internal/testserver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// connect returns a client for the Redis of REDIS_URL, or of this machine.
func connect(t testing.TB) *redis.Client {
	t.Helper()
	url := os.Getenv("REDIS_URL")
	if url == "" {
		url = "redis://127.0.0.1:6379"
	}
	o, err := redis.ParseURL(url)
	require.NoError(t, err)
	o.ContextTimeoutEnabled = true
	client := redis.NewClient(o)
	t.Cleanup(func() { _ = client.Close() })
	if err := client.Ping(t.Context()).Err(); err != nil {
		testserver.Missing(t, "no Redis at %s (set REDIS_URL for another): %v", url, err)
	}
	return client
}

func newStore(t testing.TB, client redisstore.Client) (store *redisstore.Store, prefix string) {
	t.Helper()
	prefix = fmt.Sprintf("mastaba:test:%x:", rand.Uint64())
	store, err := redisstore.New(client, redisstore.Options{Prefix: prefix})
	require.NoError(t, err)
	return store, prefix
}

func TestConformance(t *testing.T) {
	t.Parallel()
	client := connect(t)
	sessiontest.TestStore(t, func(t *testing.T) session.Store {
		store, _ := newStore(t, client)
		return store
	})
}

// TestCluster runs the suite in a cluster, where the two ids of a session that is renewed are in
// different slots.
func TestCluster(t *testing.T) {
	t.Parallel()
	server := testserver.Redis(t, "--cluster-enabled", "yes")
	client := redis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{server.Addr}, ContextTimeoutEnabled: true})
	t.Cleanup(func() { _ = client.Close() })
	single := redis.NewClient(&redis.Options{Addr: server.Addr})
	require.NoError(t, single.ClusterAddSlotsRange(t.Context(), 0, 16383).Err())
	require.NoError(t, single.Close())
	require.Eventually(t, func() bool {
		info, err := client.ClusterInfo(t.Context()).Result()
		return err == nil && strings.Contains(info, "cluster_state:ok")
	}, time.Minute, 20*time.Millisecond)
	sessiontest.TestStore(t, func(t *testing.T) session.Store {
		store, _ := newStore(t, client)
		return store
	})
}

// TestOutages stops and kills a Redis that has each write on the disk before it answers.
func TestOutages(t *testing.T) {
	t.Parallel()
	server := testserver.Redis(t)
	client := redis.NewClient(&redis.Options{Addr: server.Addr, ContextTimeoutEnabled: true, MaxRetries: 1, DialerRetries: 1})
	t.Cleanup(func() { _ = client.Close() })
	store, _ := newStore(t, client)
	sessiontest.TestOutages(t, session.Options{Store: store}, func(wait func(answered, refused int64)) {
		for range 3 {
			for _, end := range []func(){server.Kill, func() { server.Stop(syscall.SIGTERM) }} {
				wait(60, 0)
				end()
				wait(0, 30)
				server.Start()
			}
		}
	})
}

// TestWhatRedisHolds: the key is the hash of the id, never the id itself, and it expires.
func TestWhatRedisHolds(t *testing.T) {
	t.Parallel()
	client := connect(t)
	store, prefix := newStore(t, client)
	id := session.ID{1, 2, 3}
	rec := session.Record{Created: time.Unix(1000, 0), Renewed: time.Unix(2000, 0), Values: map[string]string{"user": `"alice"`}}
	require.NoError(t, store.Create(t.Context(), id, rec, 90*time.Second))
	key := prefix + id.String()
	got, err := client.HGetAll(t.Context(), key).Result()
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"c": "1000", "r": "2000", "v:user": `"alice"`}, got)
	ttl, err := client.PTTL(t.Context(), key).Result()
	require.NoError(t, err)
	assert.InDelta(t, 90, ttl.Seconds(), 60)
	require.NoError(t, store.Update(t.Context(), id, session.Change{Renewed: time.Unix(3000, 0)}, time.Hour))
	ttl, err = client.PTTL(t.Context(), key).Result()
	require.NoError(t, err)
	assert.Greater(t, ttl, 30*time.Minute)

	require.NoError(t, client.HSet(t.Context(), key, "c", "yesterday").Err())
	_, err = store.Load(t.Context(), id)
	require.ErrorContains(t, err, `redis: load session: field "c": `)
	assert.NotErrorIs(t, err, session.ErrNotFound, "a damaged session is not an empty one")
	require.NoError(t, store.Delete(t.Context(), id))
}

// TestPrefixesKeepApplicationsApart: what a prefix ends with never makes the key of another
// application.
func TestPrefixesKeepApplicationsApart(t *testing.T) {
	t.Parallel()
	client := connect(t)
	base := fmt.Sprintf("mastaba:test:%x", rand.Uint64())
	id := session.ID{0xab}
	stores := map[string]*redisstore.Store{}
	for _, end := range []string{"", ":", ":a", ":ab", ":*", "{x}", "\r\nDEL "} {
		store, err := redisstore.New(client, redisstore.Options{Prefix: base + end})
		require.NoError(t, err)
		stores[end] = store
	}
	for end, store := range stores {
		for other, reader := range stores {
			if other != end {
				_, err := reader.Load(t.Context(), id)
				require.ErrorIs(t, err, session.ErrNotFound, "%q finds the session of %q", other, end)
			}
		}
		require.NoError(t, store.Create(t.Context(), id, session.Record{Values: map[string]string{"own": end}}, time.Hour))
		rec, err := store.Load(t.Context(), id)
		require.NoError(t, err)
		assert.Equal(t, end, rec.Values["own"])
		require.NoError(t, store.Delete(t.Context(), id))
	}
}

// TestForeignKeysAreErrors: what somebody else has put under the key of a session is neither a session
// nor an empty one.
func TestForeignKeysAreErrors(t *testing.T) {
	t.Parallel()
	client := connect(t)
	store, prefix := newStore(t, client)
	id := session.ID{7}
	key := prefix + id.String()
	for name, put := range map[string]func() error{
		"text":          func() error { return client.Set(t.Context(), key, "alice", time.Minute).Err() },
		"list":          func() error { return client.RPush(t.Context(), key, "c", "1").Err() },
		"other fields":  func() error { return client.HSet(t.Context(), key, "user", "alice").Err() },
		"not a number":  func() error { return client.HSet(t.Context(), key, "c", "1e3", "r", "1").Err() },
		"half a record": func() error { return client.HSet(t.Context(), key, "c", "1", "v:user", `"alice"`).Err() },
	} {
		require.NoError(t, put())
		rec, err := store.Load(t.Context(), id)
		require.Error(t, err, name)
		assert.NotErrorIs(t, err, session.ErrNotFound, name)
		assert.Empty(t, rec.Values, name)
		require.NoError(t, client.Del(t.Context(), key).Err())
	}
}

// TestAfterScriptFlush: a server that has forgotten the scripts, such as after a restart, gets them
// again.
func TestAfterScriptFlush(t *testing.T) {
	t.Parallel()
	server := testserver.Redis(t)
	client := redis.NewClient(&redis.Options{Addr: server.Addr, ContextTimeoutEnabled: true})
	t.Cleanup(func() { _ = client.Close() })
	store, _ := newStore(t, client)
	for range 2 {
		require.NoError(t, store.Create(t.Context(), session.ID{1}, session.Record{}, time.Hour))
		require.NoError(t, store.Update(t.Context(), session.ID{1}, session.Change{}, time.Hour))
		require.NoError(t, client.ScriptFlush(t.Context()).Err())
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	_, err := redisstore.New(nil, redisstore.Options{})
	assert.EqualError(t, err, "redisstore.New: the client is nil: want one such as redis.NewClient(…)")
	_, err = redisstore.New((*redis.Client)(nil), redisstore.Options{})
	assert.ErrorContains(t, err, "the client is nil")

	const want = "redisstore.New: the client ignores deadlines, so a hanging Redis would hold up requests: set ContextTimeoutEnabled in its options"
	client := redis.NewClient(&redis.Options{Addr: "127.0.0.1:1"})
	cluster := redis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{"127.0.0.1:1"}})
	ring := redis.NewRing(&redis.RingOptions{Addrs: map[string]string{"a": "127.0.0.1:1"}})
	for _, c := range []redisstore.Client{client, cluster, ring} {
		_, err = redisstore.New(c, redisstore.Options{})
		assert.EqualError(t, err, want)
	}
	assert.NoError(t, errors.Join(client.Close(), cluster.Close(), ring.Close()))
}
