// Package ratelimit limits how many requests a client or a user may send in a given time. It is a
// tween:
//
//	config.AddTween("rate limit", ratelimit.New(ratelimit.Options{},
//		ratelimit.Rate{Requests: 100, Per: time.Minute},                           // of each client address
//		ratelimit.Rate{Requests: 1000, Per: time.Hour, Key: ratelimit.ByUser()}, // of each user
//	))
//
// A request beyond any of the rates is a 429 with Retry-After. Most applications need five names:
// [New], [Options], [Rate], and [ByClient] or [ByUser].
//
// One view or a few of them get a limit of their own by views.Around; those of a views.Group share
// it:
//
//	config.AddView(views.Func(login), views.Name("login"), views.Method("POST"),
//		views.Around(ratelimit.New(ratelimit.Options{}, ratelimit.Rate{Name: "login", Requests: 5, Per: time.Minute})))
//
// # Whom a request counts for
//
// ByClient takes the address of the client as trusted proxies give it: behind a proxy set
// framework.Options.TrustedProxies, or all clients count as one. Of an IPv6 address it takes the
// first 64 bits, since every subscriber has that many addresses. [ByNetwork] takes other lengths.
// ByUser takes the user id of the request and leaves anonymous requests alone, [By] whatever a
// function returns.
//
// # How it counts
//
// The generic cell rate algorithm (GCRA) is a leaky bucket that keeps one time per key: when the
// bucket will be empty. A client may send Burst requests at once, by default the whole Requests,
// and gets one more after each Per/Requests; there is no window after which all clients start
// afresh. If any rate has no room, the request is refused and counts for none of them.
//
// golang.org/x/time/rate does the same for one limiter in one process. For each client it
// keeps a lock and six words where this keeps one word. It cannot say when to try again without
// reserving a request, nor apply several limits at once, and would need a bounded map around it.
//
// Counts are in the memory of the process, for a bounded number of keys: see [Memory]. Several
// processes share them through package redislimit, or any other [Store].
//
// # What clients see
//
// Responses have RateLimit-Policy and RateLimit as in draft-ietf-httpapi-ratelimit-headers-11, for
// each rate that counted the request:
//
//	RateLimit-Policy: "client";q=100;w=60
//	RateLimit: "client";r=42;t=35
//
// 42 more requests are possible now, and after 35 seconds the whole quota is. In a 429, r is 0 for
// the rate that has no room, and t is the Retry-After.
//
// The tween is outside ExcView by default, where a refusal costs least and is a plain response.
// With tweens.Under(tweens.ExcView), an error view handles it as any error. Add it after the limit
// of concurrent requests (tweens.Limit) and before those tweens whose headers a 429 needs, such as
// tweens.CORS and tweens.SecurityHeaders.
package ratelimit
