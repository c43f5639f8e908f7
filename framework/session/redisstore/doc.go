// Package redisstore keeps the sessions of package session in Redis, or in a server that speaks its
// protocol, such as Valkey.
//
//	client := redis.NewClient(&redis.Options{Addr: "127.0.0.1:6379", ContextTimeoutEnabled: true})
//	store, err := redisstore.New(client, redisstore.Options{})
//	if err != nil {
//		log.Fatal(err)
//	}
//	sessions, err := session.New(session.Options{Store: store})
//
// The names are [New], [Options] and [Store]. Example is a whole configuration.
//
// A session is a hash under the key "session:" and the hash of its id: "c" and "r" are the stamps
// Created and Renewed in seconds, and "v:NAME" is the value NAME as JSON. The key expires with the
// session (PEXPIRE), so Redis removes it by itself.
//
// Each call is one round trip. A change is a script, which other clients see whole or not at all:
// it checks that the session is still there, then sets and deletes only the fields that the request
// has changed. Requests of one client at the same time therefore merge, and a session that ended
// stays ended.
//
// # What the server needs
//
// Redis 6 or later, without scripts switched off. Set `maxmemory-policy volatile-ttl` or
// `noeviction` and watch the memory: with an `allkeys` policy, a full Redis logs users out. With
// `appendfsync everysec`, its default once appendonly is on, a crash of the machine loses the last
// second; with `always` it loses nothing that a client has seen saved. Replicas and failover lose
// what was not replicated: set `min-replicas-to-write`, or accept it.
//
// In Redis Cluster, session.Session.Renew needs two steps, since the old key and the new one may be
// on different machines. Nothing is lost in between, but for a moment both exist.
//
// # Durations
//
// session.Options.StoreTimeout limits each call, which is why the client needs
// ContextTimeoutEnabled. Keep its DialTimeout and ReadTimeout so small that it has a second attempt
// within that time. The client counts connections in two pools, one of which is for pipelines; this
// package uses only the other one.
package redisstore
