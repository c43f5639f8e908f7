package topics_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/mastaba-go/mastaba/traversal/topics"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// publish publishes numbered messages, and returns the position behind the last one.
func publish(t testing.TB, h *topics.Hub, name string, from, to int) (id string) {
	t.Helper()
	for i := from; i <= to; i++ {
		var err error
		id, err = h.Publish(t.Context(), name, "n", fmt.Append(nil, i))
		require.NoError(t, err)
	}
	return id
}

func subscribe(t testing.TB, h *topics.Hub, name, after string) *topics.Subscription {
	t.Helper()
	s, err := h.Subscribe(name, after)
	require.NoError(t, err)
	t.Cleanup(s.Close)
	return s
}

// waiting returns what a subscription has without waiting: "1 2 gap 9".
func waiting(t testing.TB, s *topics.Subscription) string {
	t.Helper()
	var all []string
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for {
		m, err := s.Next(ctx)
		if errors.Is(err, context.Canceled) {
			return strings.Join(all, " ")
		}
		require.NoError(t, err)
		if m.Kind != topics.Published {
			all = append(all, m.Kind.String())
			continue
		}
		assert.Equal(t, "n", m.Name)
		all = append(all, string(m.Data))
	}
}

func TestSubscribers(t *testing.T) {
	t.Parallel()
	h := topics.New(topics.Options{})
	publish(t, h, "/a", 1, 2)
	one, other := subscribe(t, h, "/a", ""), subscribe(t, h, "/b", "")
	publish(t, h, "/a", 3, 5)
	publish(t, h, "/b", 6, 6)
	assert.Equal(t, "3 4 5", waiting(t, one), "from now on")
	assert.Equal(t, "6", waiting(t, other))
	assert.Empty(t, waiting(t, one))
	assert.Len(t, h.Recent("/a"), 5)
	assert.Empty(t, h.Recent("/c"))
}

// TestNextWaits: for a message, for the end of its context, for Close.
func TestNextWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := topics.New(topics.Options{})
		s := subscribe(t, h, "/a", "")
		time.AfterFunc(time.Second, func() { publish(t, h, "/a", 1, 1) })
		began := time.Now()
		m, err := s.Next(t.Context())
		require.NoError(t, err)
		assert.Equal(t, "1", string(m.Data))
		assert.Equal(t, time.Second, time.Since(began))

		late := errors.New("late")
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, late)
		defer cancel()
		_, err = s.Next(ctx)
		require.ErrorIs(t, err, late)

		time.AfterFunc(time.Second, s.Close)
		_, err = s.Next(t.Context())
		require.ErrorIs(t, err, topics.ErrClosed)
		s.Close()

		s = subscribe(t, h, "/a", "")
		time.AfterFunc(time.Second, h.Close)
		_, err = s.Next(t.Context())
		require.ErrorIs(t, err, topics.ErrClosed)
		h.Close()
		_, err = h.Publish(t.Context(), "/a", "n", nil)
		require.ErrorIs(t, err, topics.ErrClosed)
		_, err = h.Subscribe("/a", "")
		require.ErrorIs(t, err, topics.ErrClosed)
		_, err = h.Position("/a")
		require.ErrorIs(t, err, topics.ErrClosed)
		_, err = h.Join(t.Context(), "/a", "ann")
		require.ErrorIs(t, err, topics.ErrClosed)
	})
}

// TestResumeAtEachFill: whatever the topic keeps, someone who comes back gets what they missed, or a
// Gap if that is not kept any more.
func TestResumeAtEachFill(t *testing.T) {
	t.Parallel()
	const keep = 4
	for published := range 3*keep + 1 {
		for seen := range published + 1 {
			h := topics.New(topics.Options{Keep: keep})
			after, err := h.Position("/a")
			require.NoError(t, err)
			if seen > 0 {
				after = publish(t, h, "/a", 1, seen)
			}
			publish(t, h, "/a", seen+1, published)
			want := []string{}
			for i := seen + 1; i <= published; i++ {
				want = append(want, fmt.Sprint(i))
			}
			if published-seen > keep {
				want = []string{"gap"}
			}
			s := subscribe(t, h, "/a", after)
			assert.Equal(t, strings.Join(want, " "), waiting(t, s), "%d of %d", seen, published)
			publish(t, h, "/a", 100, 100)
			assert.Equal(t, "100", waiting(t, s))
		}
	}
}

// TestSlowSubscriber: one that falls behind gets a Gap, and then what is new.
func TestSlowSubscriber(t *testing.T) {
	t.Parallel()
	h := topics.New(topics.Options{Keep: 3})
	s := subscribe(t, h, "/a", "")
	publish(t, h, "/a", 1, 3)
	assert.Equal(t, "1 2 3", waiting(t, s))
	publish(t, h, "/a", 4, 7)
	assert.Equal(t, "gap", waiting(t, s))
	last := publish(t, h, "/a", 8, 8)
	assert.Equal(t, "8", waiting(t, s))
	assert.Empty(t, waiting(t, subscribe(t, h, "/a", last)))

	h = topics.New(topics.Options{KeepBytes: 1000})
	s = subscribe(t, h, "/a", "")
	_, err := h.Publish(t.Context(), "/a", "n", make([]byte, 900))
	require.NoError(t, err)
	publish(t, h, "/a", 1, 1)
	assert.Len(t, h.Recent("/a"), 1)
	assert.Equal(t, "gap", waiting(t, s))
}

func TestUnknownPositions(t *testing.T) {
	t.Parallel()
	h := topics.New(topics.Options{})
	other := publish(t, topics.New(topics.Options{}), "/a", 1, 1)
	own := publish(t, h, "/a", 1, 1)
	for _, after := range []string{other, own + "_" + other, "x", ".", "_", "a.b.c", "a.1_a.1", own + "_", strings.Repeat("a.1_", 40) + "b.1", strings.Repeat("x", 1<<20)} {
		assert.Equal(t, "gap", waiting(t, subscribe(t, h, "/a", after)), "%.50q", after)
	}
	assert.Empty(t, waiting(t, subscribe(t, h, "/a", own)))
}

func TestTooLarge(t *testing.T) {
	t.Parallel()
	h := topics.New(topics.Options{Largest: 3})
	_, err := h.Publish(t.Context(), "/a", "n", []byte("1234"))
	tooLarge, ok := errors.AsType[*topics.TooLargeError](err)
	require.True(t, ok)
	assert.Equal(t, `topic "/a": a message of 4 bytes is too large: at most 3 are allowed (topics.Options.Largest)`, tooLarge.Error())
	assert.Panics(t, func() { topics.New(topics.Options{Keep: -1}) })
}

// TestForgottenTopics: topics that nobody uses are forgotten, those with subscribers or people are not.
func TestForgottenTopics(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := topics.New(topics.Options{Topics: 8, Idle: time.Minute})
		kept := subscribe(t, h, "/kept", "")
		leave, err := h.Join(t.Context(), "/seat", "ann")
		require.NoError(t, err)
		first := publish(t, h, "/first", 1, 1)
		for i := range 100 {
			time.Sleep(time.Millisecond)
			publish(t, h, fmt.Sprint("/", i), 1, 1)
		}
		assert.LessOrEqual(t, h.Topics(), 8+8/4+2)
		assert.Equal(t, "gap", waiting(t, subscribe(t, h, "/first", first)))
		publish(t, h, "/kept", 1, 1)
		assert.Equal(t, "1", waiting(t, kept))
		assert.Equal(t, []string{"ann"}, h.Present("/seat"))

		leave()
		last := publish(t, h, "/old", 1, 1)
		time.Sleep(2 * time.Minute)
		publish(t, h, "/new", 1, 1)
		assert.Equal(t, "gap", waiting(t, subscribe(t, h, "/old", last)))
	})
}

func TestPresence(t *testing.T) {
	t.Parallel()
	h := topics.New(topics.Options{})
	s := subscribe(t, h, "/a", "")
	join := func(who string) func() {
		leave, err := h.Join(t.Context(), "/a", who)
		require.NoError(t, err)
		return leave
	}
	ann := join("ann")
	assert.Equal(t, "presence", waiting(t, s))
	second, bob := join("ann"), join("bob")
	assert.Equal(t, "presence", waiting(t, s), "one for both")
	assert.Equal(t, []string{"ann", "bob"}, h.Present("/a"))
	ann()
	ann()
	assert.Empty(t, waiting(t, s), "she has another window")
	assert.Equal(t, []string{"ann", "bob"}, h.Present("/a"))
	second()
	bob()
	assert.Equal(t, "presence", waiting(t, s))
	assert.Empty(t, h.Present("/a"))
	assert.Empty(t, h.Present("/b"))
}

// TestCloseWhileInUse: a hub that is closed while others publish, subscribe and join ends all of them, with
// ErrClosed and nothing else.
func TestCloseWhileInUse(t *testing.T) {
	t.Parallel()
	for range 20 {
		hub := topics.New(topics.Options{Keep: 4})
		var all sync.WaitGroup
		closed := func(err error) bool {
			if err != nil {
				assert.ErrorIs(t, err, topics.ErrClosed)
			}
			return err != nil
		}
		for i := range 8 {
			name := "/" + strconv.Itoa(i%3)
			all.Go(func() {
				for {
					if _, err := hub.Publish(t.Context(), name, "n", []byte("x")); closed(err) {
						return
					}
				}
			})
			all.Go(func() {
				for {
					sub, err := hub.Subscribe(name, "")
					if closed(err) {
						return
					}
					for range 3 {
						if _, err := sub.Next(t.Context()); closed(err) {
							break
						}
					}
					sub.Close()
				}
			})
			all.Go(func() {
				for {
					leave, err := hub.Join(t.Context(), name, "anna")
					if closed(err) {
						return
					}
					leave()
				}
			})
		}
		time.Sleep(2 * time.Millisecond)
		hub.Close()
		all.Wait()
	}
}
