package server

import (
	"errors"
	"net"
	"net/http"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// deadlineRecorder records the read deadlines that it receives.
type deadlineRecorder struct {
	net.Conn
	once string // the first read has it, and a deadline that is over
	err  error  // of each setting

	mu    sync.Mutex // guards all below
	times []time.Time
	reads int
}

func (c *deadlineRecorder) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	c.times = append(c.times, t)
	c.mu.Unlock()
	if c.err != nil {
		return c.err
	}
	return c.Conn.SetReadDeadline(t)
}

func (c *deadlineRecorder) Read(p []byte) (int, error) {
	c.mu.Lock()
	c.reads++
	c.mu.Unlock()
	if n := copy(p, c.once); n > 0 {
		c.once = ""
		return n, os.ErrDeadlineExceeded
	}
	return c.Conn.Read(p)
}

func (c *deadlineRecorder) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.times)
}

func TestReadDeadline(t *testing.T) {
	long := time.Unix(1, 0)
	run := func(name string, test func(t *testing.T, c *conn, below *deadlineRecorder, client net.Conn)) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, client := net.Pipe()
				below := &deadlineRecorder{Conn: server}
				l := &listener{conns: map[*conn]struct{}{}}
				c := l.track(below).(*conn)
				test(t, c, below, client)
				require.NoError(t, c.Close())
				require.NoError(t, client.Close())
			})
		})
	}
	read := func(c *conn) (time.Duration, error) {
		begin := time.Now()
		_, err := c.Read(make([]byte, 1))
		return time.Since(begin), err
	}

	run("a read ends at its deadline", func(t *testing.T, c *conn, _ *deadlineRecorder, _ net.Conn) {
		require.NoError(t, c.SetReadDeadline(time.Now().Add(time.Minute)))
		took, err := read(c)
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		assert.Equal(t, time.Minute, took)
		took, err = read(c)
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		assert.Zero(t, took, "it has passed for the next read too")
	})
	run("a later deadline counts, also during a read", func(t *testing.T, c *conn, below *deadlineRecorder, _ net.Conn) {
		require.NoError(t, c.SetReadDeadline(time.Now().Add(time.Second)))
		time.AfterFunc(time.Second/2, func() { _ = c.SetReadDeadline(time.Now().Add(time.Minute)) })
		took, err := read(c)
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		assert.Equal(t, time.Minute+time.Second/2, took)
		assert.Equal(t, 2, below.count())
	})
	run("an earlier deadline ends a blocked read", func(t *testing.T, c *conn, _ *deadlineRecorder, _ net.Conn) {
		require.NoError(t, c.SetReadDeadline(time.Now().Add(time.Hour)))
		time.AfterFunc(time.Second, func() { _ = c.SetReadDeadline(long) })
		took, err := read(c)
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		assert.Equal(t, time.Second, took)
	})
	run("a removed deadline does not end a read", func(t *testing.T, c *conn, _ *deadlineRecorder, client net.Conn) {
		require.NoError(t, c.SetReadDeadline(time.Now().Add(time.Second)))
		time.AfterFunc(time.Second/2, func() { _ = c.SetReadDeadline(time.Time{}) })
		time.AfterFunc(time.Hour, func() { _, _ = client.Write([]byte("x")) })
		took, err := read(c)
		require.NoError(t, err)
		assert.Equal(t, time.Hour, took)
	})
	run("after a deadline has passed, removing it allows reads", func(t *testing.T, c *conn, _ *deadlineRecorder, client net.Conn) {
		require.NoError(t, c.SetReadDeadline(time.Now().Add(time.Second)))
		_, err := read(c)
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		require.NoError(t, c.SetReadDeadline(time.Time{}))
		go func() { _, _ = client.Write([]byte("x")) }()
		_, err = read(c)
		require.NoError(t, err)
	})
	run("consecutive requests set the deadline once", func(t *testing.T, c *conn, below *deadlineRecorder, client net.Conn) {
		for range 100 { // what net/http does
			require.NoError(t, c.SetReadDeadline(time.Now().Add(2*time.Minute))) // idle
			go func() { _, _ = client.Write([]byte("x")) }()
			_, err := read(c)
			require.NoError(t, err)
			require.NoError(t, c.SetReadDeadline(time.Time{}))
			require.NoError(t, c.SetReadDeadline(time.Now().Add(10*time.Second))) // the header is there
			require.NoError(t, c.SetReadDeadline(time.Time{}))
			require.NoError(t, c.SetReadDeadline(long)) // before the read behind the request has begun
			_, err = read(c)
			require.ErrorIs(t, err, os.ErrDeadlineExceeded)
			require.NoError(t, c.SetReadDeadline(time.Time{}))
			time.Sleep(time.Second / 2)
		}
		assert.Equal(t, 1, below.count())
	})
	run("a background read during a request costs two", func(t *testing.T, c *conn, below *deadlineRecorder, client net.Conn) {
		for range 100 {
			require.NoError(t, c.SetReadDeadline(time.Now().Add(2*time.Minute)))
			go func() { _, _ = client.Write([]byte("x")) }()
			_, err := read(c)
			require.NoError(t, err)
			require.NoError(t, c.SetReadDeadline(time.Time{}))
			time.AfterFunc(time.Second, func() { _ = c.SetReadDeadline(long) })
			took, err := read(c)
			require.ErrorIs(t, err, os.ErrDeadlineExceeded)
			assert.Equal(t, time.Second, took)
			require.NoError(t, c.SetReadDeadline(time.Time{}))
		}
		assert.Equal(t, 200, below.count())
		assert.Equal(t, 200, below.reads, "no read failed to find that out")
	})
	run("bytes read with an outdated deadline are not lost", func(t *testing.T, c *conn, below *deadlineRecorder, _ net.Conn) {
		below.once = "abc"
		require.NoError(t, c.SetReadDeadline(time.Now().Add(time.Hour)))
		buf := make([]byte, 9)
		n, err := c.Read(buf)
		require.NoError(t, err)
		assert.Equal(t, "abc", string(buf[:n]))
	})
	run("two concurrent reads both end", func(t *testing.T, c *conn, _ *deadlineRecorder, client net.Conn) {
		ended := make(chan error, 2)
		for range 2 {
			go func() {
				_, err := read(c)
				ended <- err
			}()
		}
		_, _ = client.Write([]byte("x"))
		require.NoError(t, <-ended)
		require.NoError(t, c.SetReadDeadline(time.Now().Add(time.Second)))
		require.ErrorIs(t, <-ended, os.ErrDeadlineExceeded)
	})
	run("a connection without deadlines can be read", func(t *testing.T, c *conn, below *deadlineRecorder, client net.Conn) {
		below.err = errors.ErrUnsupported
		require.NoError(t, c.SetReadDeadline(time.Now().Add(time.Second)))
		time.AfterFunc(time.Minute, func() { _, _ = client.Write([]byte("x")) })
		took, err := read(c)
		require.NoError(t, err)
		assert.Equal(t, time.Minute, took)
	})
	run("after hijacking, deadlines are set directly", func(t *testing.T, c *conn, below *deadlineRecorder, _ net.Conn) {
		require.NoError(t, c.SetReadDeadline(time.Now().Add(time.Minute)))
		noteState(c, http.StateHijacked)
		count := below.count()
		require.NoError(t, c.SetReadDeadline(time.Now().Add(time.Hour)))
		assert.Equal(t, count+1, below.count())
		_ = c.NetConn().SetReadDeadline(time.Now().Add(time.Second))
		took, err := read(c)
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		assert.Equal(t, time.Second, took, "a deadline set on the underlying connection counts")
	})
}
