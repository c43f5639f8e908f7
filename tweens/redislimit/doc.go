// Package redislimit counts the requests of package ratelimit in Redis, so that several processes
// share their limits:
//
//	client := redis.NewClient(&redis.Options{Addr: "127.0.0.1:6379", ContextTimeoutEnabled: true})
//	store, err := redislimit.New(client, redislimit.Options{})
//	if err != nil {
//		return err
//	}
//	config.AddTween("rate limit", ratelimit.New(ratelimit.Options{Store: store},
//		ratelimit.Rate{Requests: 100, Per: time.Minute}))
//
// All of it is [New], [Options] and the [Store] that New returns. The client is of
// github.com/redis/go-redis/v9; close it after the application has shut down.
//
// A request takes one round trip, for all rates of a tween together: a script reads the clock of
// Redis, so those of the machines do not matter, and sets a key for each rate, which expires when
// its bucket is empty. Processes whose rates differ in name or numbers count apart, so a rate may
// change while old processes still run.
//
// # A Redis that is down
//
// ratelimit.Options say what happens then. Requests pass uncounted, by default, or are refused with
// FailClosed. Either way they wait at most StoreTimeout, and one second goes by before Redis is
// asked again. The client must have ContextTimeoutEnabled for that: without it go-redis ignores the
// deadline of a command, and each request would wait for the client's own timeouts and retries,
// which are 3 seconds and more. A command that go-redis sends again after it got no reply may count
// twice.
//
// What Redis loses at a restart is forgotten: clients may send a burst again. Give it no eviction
// policy that drops keys before they expire, such as allkeys-lru, or room enough.
//
// # Redis Cluster
//
// A script may use the keys of one slot only. With several rates in a tween, set Options.Prefix to
// one with a hash tag, "{limit}:", which puts all keys into one slot. With one rate nothing is
// needed.
package redislimit
