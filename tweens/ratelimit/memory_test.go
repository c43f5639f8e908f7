package ratelimit_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/tweens/ratelimit"
)

// take counts one request, and reports whether there was room.
func take(t testing.TB, m ratelimit.Store, counts ...ratelimit.Count) bool {
	t.Helper()
	states, err := m.Take(t.Context(), counts)
	require.NoError(t, err)
	require.Len(t, states, len(counts))
	for _, s := range states {
		if s.Wait > 0 {
			return false
		}
	}
	return true
}

func perHour(key string, n int) ratelimit.Count {
	return ratelimit.Count{Key: key, Interval: time.Hour / time.Duration(n), Burst: n}
}

// The memory is bounded. A flood of addresses displaces those that send little, and makes nobody
// free who is at the limit.
func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	for _, keys := range []int{1, 2, 100, 5000} {
		t.Run(fmt.Sprint(keys), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := ratelimit.NewMemory(keys)
				for range 10 {
					assert.True(t, take(t, m, perHour("heavy", 10)))
				}
				assert.False(t, take(t, m, perHour("heavy", 10)))
				for i := range 4 * keys {
					assert.True(t, take(t, m, perHour(fmt.Sprint(i), 10)), "there is always room for a new one")
					require.LessOrEqual(t, m.Len(), keys)
				}
				if keys > 1 {
					assert.False(t, take(t, m, perHour("heavy", 10)), "still known")
				}
				time.Sleep(2 * time.Hour)
				before := m.Len()
				assert.True(t, take(t, m, perHour("late", 10)))
				assert.LessOrEqual(t, m.Len(), before+1)
				assert.True(t, take(t, m, perHour("heavy", 10)))
			})
		})
	}
}

// bucket is a leaky bucket, counted the long way.
type bucket struct {
	level float64 // requests
	at    time.Time
}

func (b *bucket) drain(c ratelimit.Count) {
	b.level = max(0, b.level-float64(time.Since(b.at))/float64(c.Interval))
	b.at = time.Now()
}

// The algorithm, for several counts at once, is that of leaky buckets.
func TestMemoryFollowsTheModel(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		random := rand.New(rand.NewPCG(1, 2))
		counts := make([]ratelimit.Count, 6)
		model := make([]bucket, len(counts))
		for i := range counts {
			counts[i] = ratelimit.Count{Key: fmt.Sprint("key ", i), Interval: time.Duration(1+random.IntN(20)) * time.Second, Burst: 1 + random.IntN(8)}
		}
		m := ratelimit.NewMemory(0)
		refused := 0
		for range 20000 {
			time.Sleep(time.Duration(random.IntN(3000)) * time.Millisecond)
			first := random.IntN(len(counts))
			last := first + 1 + random.IntN(min(3, len(counts)-first))
			room := true
			for i := first; i < last; i++ {
				model[i].drain(counts[i])
				room = room && model[i].level+1 <= float64(counts[i].Burst)+1e-6
			}
			states, err := m.Take(t.Context(), counts[first:last])
			require.NoError(t, err)
			for i := first; i < last; i++ {
				b, s := &model[i], states[i-first]
				wait := max(0, (b.level+1-float64(counts[i].Burst))*float64(counts[i].Interval))
				require.InDelta(t, wait, float64(s.Wait), 1e5)
				if room {
					b.level++
				}
				require.InDelta(t, b.level*float64(counts[i].Interval), float64(s.Level), 1e5)
			}
			if !room {
				refused++
			}
		}
		assert.Greater(t, refused, 1000)
	})
}

func TestMemoryConcurrently(t *testing.T) {
	t.Parallel()
	m := ratelimit.NewMemory(1000)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 2000 {
				a, b := fmt.Sprint(rand.IntN(3000)), fmt.Sprint(rand.IntN(3000))
				_, _ = m.Take(t.Context(), []ratelimit.Count{perHour(a, 5), perHour(b, 7), perHour(a+b, 1)})
				_, _ = m.Take(t.Context(), []ratelimit.Count{perHour(b, 5), perHour(a, 7)})
			}
		})
	}
	wg.Wait()
	assert.LessOrEqual(t, m.Len(), 1000)
}

func BenchmarkMemory(b *testing.B) {
	m := ratelimit.NewMemory(0)
	counts := make([]ratelimit.Count, 1<<18)
	for i := range counts {
		counts[i] = perHour(fmt.Sprintf("client:100:60000000:100:192.0.%d.%d", i>>8, i&255), 100)
	}
	for name, keys := range map[string]int{"known": 1 << 10, "full": 1 << 18} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				i = (i + 1) & (keys - 1)
				_, _ = m.Take(b.Context(), counts[i:i+1])
			}
		})
	}
}
