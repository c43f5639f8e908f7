package main

import (
	"fmt"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/internal/testserver"
)

// TestServersAway ends each server of two instances while people read and edit. The answers are right
// or a 503, and all is well again when the server is back, without a restart.
func TestServersAway(t *testing.T) {
	t.Parallel()
	postgres, redis, nats := testserver.Postgres(t), testserver.Redis(t), testserver.NATS(t)
	env := []string{
		"DATABASE_URL=postgres://postgres@" + postgres.Addr + "/postgres?sslmode=disable",
		"REDIS_URL=redis://" + redis.Addr, "NATS_URL=nats://" + nats.Addr, "WIKI_STALE_FOR=1h", "MASTABA_HEALTH=true",
	}
	one, two := start(t, env...), start(t, env...)
	alice, bob := newPerson(t, one.URL), newPerson(t, two.URL)
	alice.enter("alice", two.Invite)
	bob.enter("alice", "")
	n := 0
	save := func() string {
		n++
		require.NoError(t, alice.edit("/welcome", fmt.Sprintf("edit %d", n)))
		return fmt.Sprintf("edit %d\n", n)
	}
	both := func() {
		text := save()
		for bob.page("/welcome").Text != text { // only an event can make it so
			require.NoError(t, t.Context().Err())
		}
	}
	both()
	for _, away := range []struct {
		server *testserver.Server
		needed bool
	}{{postgres, true}, {redis, true}, {nats, false}} {
		statuses := whileAway(t, away.server, away.needed, alice, bob)
		t.Logf("%s: %v", away.server.Addr, statuses)
		if !away.needed {
			assert.NotContains(t, statuses, http.StatusServiceUnavailable)
		}
		for status := range statuses {
			assert.Contains(t, []int{http.StatusOK, http.StatusSeeOther, http.StatusServiceUnavailable}, status)
		}
		both()
	}

	// What was changed while the instances did not hear of each other is seen afterwards.
	nats.Kill()
	text := save()
	nats.Start()
	for bob.page("/welcome").Text != text {
		require.NoError(t, t.Context().Err())
	}
	one.signal(os.Interrupt)
	two.signal(os.Interrupt)
}

// whileAway reads and edits while a server is away, until each of several people has had some
// answers, and then until the server is back. It returns how often there was which status.
func whileAway(t *testing.T, server *testserver.Server, needed bool, people ...*person) map[int]int {
	t.Helper()
	var mu sync.Mutex // guards statuses
	statuses := map[int]int{}
	try := func(p *person, method, path string) int {
		a, err := p.do(method, path, nil)
		if !assert.NoError(t, err) {
			return 0
		}
		if a.status >= 500 && a.status != http.StatusServiceUnavailable {
			t.Error(a.status, a.body)
		}
		mu.Lock()
		defer mu.Unlock()
		statuses[a.status]++
		return a.status
	}
	var back atomic.Bool
	var all, some sync.WaitGroup
	some.Add(len(people))
	for _, p := range people {
		all.Go(func() {
			for tries := 0; ; tries++ {
				page, form := try(p, "GET", "/welcome"), try(p, "GET", "/welcome/@@edit")
				down := page == http.StatusServiceUnavailable || form == http.StatusServiceUnavailable
				if tries == 5 {
					some.Done()
				}
				if tries >= 5 && (!down && back.Load() || t.Failed() || t.Context().Err() != nil) {
					return
				}
			}
		})
	}
	server.Kill()
	some.Wait()
	ready := http.StatusOK
	if needed {
		ready = http.StatusServiceUnavailable
	}
	assert.Equal(t, ready, try(people[0], "GET", "/readyz"))
	server.Start()
	back.Store(true)
	all.Wait()
	return statuses
}
