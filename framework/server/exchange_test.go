package server_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
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

// While the server departs, every response asks its client to reconnect, whatever Connection
// header the handler has set.
func TestResponsesOfADepartingServer(t *testing.T) {
	for _, tt := range []struct {
		name string
		set  []string // the handler's Connection header
		want []string
	}{
		{"no header", nil, []string{"close"}},
		{"keep-alive", []string{"keep-alive"}, []string{"close"}},
		{"close", []string{"Close"}, []string{"close"}},
		{"another option", []string{"Keep-Alive, X-Hop"}, []string{"close", "X-Hop"}},
		{"two lines", []string{"X-Hop", "upgrade,close"}, []string{"close", "X-Hop", "upgrade"}},
	} {
		for how, respond := range map[string]func(w http.ResponseWriter){
			"nothing":     func(http.ResponseWriter) {},
			"a status":    func(w http.ResponseWriter) { w.WriteHeader(http.StatusCreated) },
			"early hints": func(w http.ResponseWriter) { w.WriteHeader(http.StatusEarlyHints) },
			"text":        func(w http.ResponseWriter) { _, _ = w.Write([]byte("hello")) },
			"a string":    func(w http.ResponseWriter) { _, _ = io.WriteString(w, "hello") },
			"a flush":     func(w http.ResponseWriter) { w.(http.Flusher).Flush() },
			"a copy": func(w http.ResponseWriter) {
				_, _ = io.Copy(w, struct{ io.Reader }{strings.NewReader("hello")})
			},
			"full duplex": func(w http.ResponseWriter) {
				_ = http.NewResponseController(w).EnableFullDuplex()
				_, _ = w.Write([]byte("hello"))
			},
		} {
			t.Run(tt.name+", "+how, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := newPipes()
					s := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
						for _, line := range tt.set {
							w.Header().Add("Connection", line)
						}
						respond(w)
					}), server.Options{Listener: p, CleartextHTTP2: true, DrainDelay: time.Minute})
					ended := make(chan error, 1)
					go func() { ended <- s.stop() }()
					synctest.Wait()
					for _, request := range []string{"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx"} {
						c := p.dial(t)
						c.send(request)
						var got []string
						for _, line := range strings.Split(c.closed(), "\r\n") {
							if option, ok := strings.CutPrefix(line, "Connection: "); ok {
								got = append(got, option)
							}
						}
						if how == "early hints" { // which carry the handler's header
							got = got[len(tt.set):]
						}
						assert.Equal(t, tt.want, got)
					}
					f := p.dialFrames(t)
					f.get()
					synctest.Wait()
					assert.Equal(t, 1, f.count(frameGoAway))
					require.NoError(t, f.Close())
					require.NoError(t, <-ended)
				})
			})
		}
	}
}

// A connection that changes its protocol does not promise to close.
func TestUpgradeOfADepartingServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		s := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Connection", "Upgrade")
			w.Header().Set("Upgrade", "x")
			w.WriteHeader(http.StatusSwitchingProtocols)
		}), server.Options{Listener: p, DrainDelay: time.Minute})
		ended := make(chan error, 1)
		go func() { ended <- s.stop() }()
		synctest.Wait()
		c := p.dial(t)
		c.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
		resp, err := http.ReadResponse(c.r, nil)
		require.NoError(t, err)
		assert.Equal(t, []string{"Upgrade"}, resp.Header["Connection"])
		require.NoError(t, c.Close())
		require.NoError(t, <-ended)
	})
}
