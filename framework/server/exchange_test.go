package server_test

import (
	"fmt"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/server"
)

// Streams that their client resets leave nothing in memory, and are not reset once more when
// the write timeout has passed.
func TestResetStreams(t *testing.T) {
	const count = 4000
	for _, handler := range []struct {
		name   string
		handle http.HandlerFunc
	}{
		{"that writes nothing", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }},
		{"that writes a little", func(w http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			_, _ = io.WriteString(w, "too late")
		}},
		{"that writes much", func(w http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			_, _ = w.Write(make([]byte, 2*4096))
		}},
		{"that flushes before and after", func(w http.ResponseWriter, r *http.Request) {
			w.(http.Flusher).Flush()
			<-r.Context().Done()
			w.(http.Flusher).Flush()
		}},
		{"that removes its deadline", func(w http.ResponseWriter, r *http.Request) {
			_ = http.NewResponseController(w).SetWriteDeadline(time.Time{})
			<-r.Context().Done()
		}},
	} {
		t.Run("a handler "+handler.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPipes()
				s := serve(t, handler.handle, server.Options{Listener: p, CleartextHTTP2: true})
				f := p.dialFrames(t)
				reset := func() {
					for range count / 100 {
						for range 100 {
							stream := f.get()
							synctest.Wait()
							f.send(frameReset, 0, stream, 0, 0, 0, 8) // CANCEL
						}
						synctest.Wait()
					}
				}
				reset() // fills pools and tables
				time.Sleep(time.Minute)
				before := heap()
				reset()
				held := heap() - before
				assert.Less(t, held/count, 100, "bytes held for each stream")
				time.Sleep(time.Minute)
				assert.Zero(t, f.count(frameReset), "frames RST_STREAM")
				require.NoError(t, f.Close())
				require.NoError(t, s.stop())
			})
		})
	}
}

// The last bytes of a response have a time limit too: a client whose window is closed does not
// hold a stream.
func TestClosedWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		s := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprint(w, "hello")
		}), server.Options{Listener: p, CleartextHTTP2: true})
		f := p.dialFrames(t, 0, 4, 0, 0, 0, 0) // INITIAL_WINDOW_SIZE
		f.get()
		time.Sleep(29 * time.Second)
		assert.Equal(t, 1, f.count(frameHeaders))
		assert.Zero(t, f.count(frameReset))
		time.Sleep(2 * time.Second)
		assert.Equal(t, 1, f.count(frameReset))
		require.NoError(t, f.Close())
		require.NoError(t, s.stop())
	})
}
