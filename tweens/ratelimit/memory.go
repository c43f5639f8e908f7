package ratelimit

import (
	"context"
	"hash/maphash"
	"slices"
	"sync"
	"time"
)

// DefaultKeys is how many keys a Memory holds by default. They take about 3 MB.
const DefaultKeys = 100_000

// Memory is a Store in the memory of the process, for a bounded number of keys. NewMemory makes
// one. It is safe for concurrent use.
//
// A key is forgotten when room is needed and its bucket is empty, which changes nothing. If none of
// a few keys, taken at random, is empty, the one that drains first is forgotten, and may send a
// whole burst again. So a client with many addresses displaces those that send little, such as
// its own, rather than those that are close to their limits.
//
// It keeps a keyed hash of 64 bits in place of each key, so the length of keys does not matter, and
// no client can choose a key that counts as another's.
type Memory struct {
	seed    maphash.Seed
	start   time.Time
	shards  []shard
	largest int // keys in a shard
}

var _ Store = (*Memory)(nil)

// shard is a part of the keys.
type shard struct {
	mu    sync.Mutex
	empty map[uint64]time.Duration // when each bucket will be empty
	_     [48]byte                 // keeps the locks of neighbours in different cache lines
}

// The number of shards of a large Memory, and the keys that make another shard worthwhile.
const (
	mostShards   = 64
	keysPerShard = 256
)

// sample is how many keys are looked at to forget one.
const sample = 8

// NewMemory returns a Memory for at most this many keys; 0 or less means DefaultKeys.
func NewMemory(keys int) *Memory {
	if keys < 1 {
		keys = DefaultKeys
	}
	n := 1
	for n < mostShards && keys/(n*2) >= keysPerShard {
		n *= 2
	}
	m := &Memory{seed: maphash.MakeSeed(), start: time.Now(), shards: make([]shard, n), largest: max(keys/n, 1)}
	for i := range m.shards {
		m.shards[i].empty = map[uint64]time.Duration{}
	}
	return m
}

// Take counts a request. It never fails, and ignores ctx.
func (m *Memory) Take(_ context.Context, counts []Count) ([]State, error) {
	states := make([]State, len(counts))
	var room [4]taken
	all := room[:0]
	for _, c := range counts {
		hash := maphash.String(m.seed, c.Key)
		all = append(all, taken{hash: hash, shard: int(hash % uint64(len(m.shards)))})
	}
	m.lock(all)
	defer m.unlock(all)
	now := time.Since(m.start) // under the locks, so that the times of a shard do not go back
	fits := true
	for i := range all {
		t := &all[i]
		t.next, states[i] = counts[i].take(m.shards[t.shard].empty[t.hash], now)
		fits = fits && states[i].Wait == 0
	}
	if !fits {
		return states, nil
	}
	for i, t := range all {
		m.shards[t.shard].put(t.hash, t.next, now, m.largest)
		states[i].Level = t.next - now
	}
	return states, nil
}

// taken is one count of a Take.
type taken struct {
	hash  uint64
	shard int
	next  time.Duration
}

// lock locks the shards of all counts, in the order of their numbers.
func (m *Memory) lock(all []taken) {
	if len(all) == 1 {
		m.shards[all[0].shard].mu.Lock()
		return
	}
	for _, i := range numbers(all) {
		m.shards[i].mu.Lock()
	}
}

func (m *Memory) unlock(all []taken) {
	if len(all) == 1 {
		m.shards[all[0].shard].mu.Unlock()
		return
	}
	for _, i := range numbers(all) {
		m.shards[i].mu.Unlock()
	}
}

// numbers returns the numbers of the shards, sorted, each once.
func numbers(all []taken) []int {
	list := make([]int, len(all))
	for i, t := range all {
		list[i] = t.shard
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// put stores a key, in place of another one if the shard is full.
func (s *shard) put(hash uint64, empty, now time.Duration, largest int) {
	if len(s.empty) >= largest {
		if _, known := s.empty[hash]; !known {
			s.forget(now)
		}
	}
	s.empty[hash] = empty
}

// forget removes the empty buckets of a sample, or else the one that drains first. The order of a
// map is random.
func (s *shard) forget(now time.Duration) {
	var first uint64
	var soonest time.Duration
	seen, removed := 0, false
	for hash, empty := range s.empty {
		if empty <= now {
			delete(s.empty, hash)
			removed = true
		}
		if seen == 0 || empty < soonest {
			first, soonest = hash, empty
		}
		if seen++; seen == sample {
			break
		}
	}
	if !removed {
		delete(s.empty, first)
	}
}

// Len returns how many keys the memory holds.
func (m *Memory) Len() int {
	n := 0
	for i := range m.shards {
		s := &m.shards[i]
		s.mu.Lock()
		n += len(s.empty)
		s.mu.Unlock()
	}
	return n
}
