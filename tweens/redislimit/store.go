package redislimit

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/mastaba-go/mastaba/tweens/ratelimit"
)

// DefaultPrefix begins the keys unless Options.Prefix is set.
const DefaultPrefix = "mastaba:limit:"

// Options are the options of New. The zero value suits most applications.
type Options struct {
	// Prefix begins all keys in Redis; "" means DefaultPrefix. Applications that share a Redis, but
	// not their limits, need different ones.
	Prefix string
}

// Store is a ratelimit.Store in Redis. It is safe for concurrent use.
type Store struct {
	client redis.Scripter
	prefix string
}

var _ ratelimit.Store = (*Store)(nil)

// New returns a store that uses client: a redis.Client, ClusterClient or Ring, whose options must
// have ContextTimeoutEnabled. It does not connect.
func New(client redis.UniversalClient, o Options) (*Store, error) {
	if v := reflect.ValueOf(client); client == nil || v.Kind() == reflect.Pointer && v.IsNil() {
		return nil, errors.New("redislimit: the client is nil: make one with redis.NewClient")
	}
	if !obeysDeadlines(client) {
		return nil, errors.New("redislimit: the client ignores the deadline of a command, so that requests would wait long for a " +
			"Redis that is down: set ContextTimeoutEnabled in its options")
	}
	s := &Store{client: client, prefix: o.Prefix}
	if s.prefix == "" {
		s.prefix = DefaultPrefix
	}
	return s, nil
}

// obeysDeadlines reports whether a client stops at the deadline of a context, as far as is known.
// The session store for Redis has the same three cases: no room lies below both that may link
// go-redis.
func obeysDeadlines(client redis.UniversalClient) bool {
	switch c := client.(type) {
	case *redis.Client:
		return c.Options().ContextTimeoutEnabled
	case *redis.ClusterClient:
		return c.Options().ContextTimeoutEnabled
	case *redis.Ring:
		return c.Options().ContextTimeoutEnabled
	}
	return true
}

// take is ratelimit's algorithm for all keys: each holds the time at which its bucket will be
// empty, in microseconds of the server's clock. It returns two numbers for each: how long there is
// no room, and how long the bucket takes to drain.
var take = redis.NewScript(`
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local after, states, fits = {}, {}, true
for i = 1, #KEYS do
	local interval, burst = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
	local full = now + interval * burst
	local empty = tonumber(redis.call('GET', KEYS[i]) or now)
	empty = math.min(math.max(empty, now), full)
	after[i] = empty + interval
	local wait = math.max(after[i] - full, 0)
	fits = fits and wait == 0
	states[2 * i - 1], states[2 * i] = wait, empty - now
end
if fits then
	for i = 1, #KEYS do
		local level = after[i] - now
		redis.call('SET', KEYS[i], string.format('%.0f', after[i]), 'PX', math.ceil(level / 1000))
		states[2 * i] = level
	end
end
return states
`)

// Take counts a request in one round trip, or two if Redis does not know the script yet.
func (s *Store) Take(ctx context.Context, counts []ratelimit.Count) ([]ratelimit.State, error) {
	keys, args := make([]string, len(counts)), make([]any, 0, 2*len(counts))
	for i, c := range counts {
		keys[i] = s.prefix + c.Key
		args = append(args, c.Interval.Microseconds(), c.Burst)
	}
	numbers, err := take.Run(ctx, s.client, keys, args...).Int64Slice()
	if err != nil {
		return nil, fmt.Errorf("redislimit: %w", err)
	}
	if len(numbers) != 2*len(counts) {
		return nil, fmt.Errorf("redislimit: the script returned %d numbers for %d rates", len(numbers), len(counts))
	}
	states := make([]ratelimit.State, len(counts))
	for i := range states {
		states[i] = ratelimit.State{
			Wait:  time.Duration(numbers[2*i]) * time.Microsecond,
			Level: time.Duration(numbers[2*i+1]) * time.Microsecond,
		}
	}
	return states, nil
}
