package cli

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// writeRecorder records the writes that it receives.
type writeRecorder struct {
	mu     sync.Mutex // guards all below
	pieces []string
	fail   error
}

func (r *writeRecorder) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fail != nil {
		return 0, r.fail
	}
	r.pieces = append(r.pieces, string(p))
	return len(p), nil
}

func (r *writeRecorder) seen() (string, int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.pieces, ""), len(r.pieces)
}

func TestLogBuffer(t *testing.T) {
	begin := func() (*writeRecorder, *logBuffer, zerolog.Logger) {
		to := &writeRecorder{}
		b := newLogBuffer(to)
		return to, b, zerolog.New(b)
	}
	t.Run("lines share a write after the delay", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			to, b, log := begin()
			log.Info().Msg("one")
			time.Sleep(logDelay / 2)
			log.Info().Msg("two")
			text, writes := to.seen()
			assert.Empty(t, text)
			assert.Zero(t, writes)
			time.Sleep(logDelay/2 + 1)
			synctest.Wait()
			text, writes = to.seen()
			assert.Equal(t, `{"level":"info","message":"one"}`+"\n"+`{"level":"info","message":"two"}`+"\n", text)
			assert.Equal(t, 1, writes)
			log.Info().Msg("three")
			time.Sleep(logDelay + 1)
			synctest.Wait()
			_, writes = to.seen()
			assert.Equal(t, 2, writes, "the next line waits no longer than the first")
			require.NoError(t, b.Close())
		})
	})
	t.Run("a warning is written with the lines before it", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			to, b, log := begin()
			log.Info().Msg("one")
			log.Warn().Msg("two")
			text, writes := to.seen()
			assert.Equal(t, 2, strings.Count(text, "\n"))
			assert.Less(t, strings.Index(text, "one"), strings.Index(text, "two"))
			assert.Equal(t, 1, writes)
			require.NoError(t, b.Close())
		})
	})
	t.Run("a full buffer is written in pieces of whole lines", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			to, b, log := begin()
			lines := 0
			for text, _ := to.seen(); text == ""; text, _ = to.seen() {
				log.Info().Msg(strings.Repeat("x", 700))
				lines++
			}
			assert.Equal(t, logGather/734+1, lines)
			log.Info().Msg(strings.Repeat("y", 2*logGather))
			log.Info().Msg("z")
			require.NoError(t, b.Close())
			assert.Len(t, to.pieces, (lines+4)/5+2)
			for i, piece := range to.pieces {
				assert.True(t, strings.HasSuffix(piece, "\n"), i)
				assert.True(t, len(piece) <= logPiece || strings.Count(piece, "\n") == 1, i)
			}
			text, _ := to.seen()
			assert.Equal(t, lines+2, strings.Count(text, "\n"))
		})
	})
	t.Run("after Close, lines are written directly", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			to, b, log := begin()
			log.Info().Msg("one")
			require.NoError(t, b.Close())
			text, _ := to.seen()
			assert.Contains(t, text, "one")
			log.Info().Msg("two")
			text, _ = to.seen()
			assert.Contains(t, text, "two")
		})
	})
	t.Run("a failed write is reported and not repeated", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			to, b, _ := begin()
			to.fail = errors.New("no space left on device")
			_, err := b.WriteLevel(zerolog.ErrorLevel, []byte("x\n"))
			require.ErrorIs(t, err, to.fail)
			to.fail = nil
			require.NoError(t, b.Close())
			text, _ := to.seen()
			assert.Empty(t, text)
		})
	})
	t.Run("the next line reports a failed write that no caller waited for", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			to, b, _ := begin()
			to.fail = errors.New("no space left on device")
			_, err := b.WriteLevel(zerolog.InfoLevel, []byte("one\n"))
			require.NoError(t, err)
			time.Sleep(logDelay + 1)
			synctest.Wait()
			to.fail = nil
			_, err = b.WriteLevel(zerolog.InfoLevel, []byte("two\n"))
			require.EqualError(t, err, "no space left on device")
			_, err = b.WriteLevel(zerolog.InfoLevel, []byte("three\n"))
			require.NoError(t, err, "once")
			require.NoError(t, b.Close())
			text, _ := to.seen()
			assert.Equal(t, "two\nthree\n", text)
		})
	})
	t.Run("many goroutines", func(t *testing.T) {
		to, b, log := begin()
		var all sync.WaitGroup
		for g := range 8 {
			all.Go(func() {
				for i := range 1000 {
					log.Info().Msg(fmt.Sprint(g, ":", i))
				}
			})
		}
		all.Wait()
		require.NoError(t, b.Close())
		text, writes := to.seen()
		assert.Equal(t, 8000, strings.Count(text, "\n"))
		assert.Less(t, writes, 800)
	})
}

func BenchmarkLog(b *testing.B) {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	require.NoError(b, err)
	defer func() { require.NoError(b, null.Close()) }()
	gathered := newLogBuffer(null)
	defer func() { require.NoError(b, gathered.Close()) }()
	for _, bm := range []struct {
		name string
		log  zerolog.Logger
	}{{"direct", zerolog.New(null)}, {"gathered", zerolog.New(gathered)}} {
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				bm.log.Info().Str("path", "/").Int("status", 200).Msg("request")
			}
		})
	}
}

// A slow write blocks no caller until logGather bytes have been collected again. (Not in a bubble
// of synctest, whose time stands still while a goroutine waits for a mutex.)
func TestLogBufferWhileWriting(t *testing.T) {
	slow := slowLog{begun: make(chan struct{}), goOn: make(chan struct{})}
	b := newLogBuffer(&slow)
	log := zerolog.New(b)
	log.Info().Msg("one")
	<-slow.begun
	log.Info().Msg("two") // returns, though the write is not done
	slow.goOn <- struct{}{}
	var server sync.WaitGroup
	server.Go(func() {
		for range slow.begun {
			slow.goOn <- struct{}{}
		}
	})
	log.Info().Msg(strings.Repeat("x", logGather))
	require.NoError(t, b.Close())
	close(slow.begun)
	server.Wait()
	text := strings.Join(slow.writes, "")
	assert.Contains(t, slow.writes[0], "one")
	assert.NotContains(t, slow.writes[0], "two")
	assert.Equal(t, 3, strings.Count(text, "\n"))
	assert.Less(t, strings.Index(text, "two"), strings.Index(text, "xxx"))
}

// slowLog blocks each write until the test lets it go on.
type slowLog struct {
	begun, goOn chan struct{}
	writes      []string
}

func (l *slowLog) Write(p []byte) (int, error) {
	l.begun <- struct{}{}
	<-l.goOn
	l.writes = append(l.writes, string(p))
	return len(p), nil
}
