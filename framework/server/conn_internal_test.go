package server // conn has no public name

import (
	"net"
	"net/http"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Closing a connection does not wait for a client that reads nothing, although it tries to send
// the 408.
func TestCloseDoesNotBlock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, client := net.Pipe()
		l := &listener{conns: map[*conn]struct{}{}}
		c := l.track(server).(*conn)
		noteState(c, http.StateActive)
		noteState(c, http.StateIdle)
		go func() { _, _ = client.Write([]byte("GET /")) }()
		_, err := c.Read(make([]byte, 5))
		require.NoError(t, err)
		require.NoError(t, c.SetReadDeadline(time.Now().Add(time.Second)))
		_, err = c.Read(make([]byte, 1))
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)

		begin := time.Now()
		ended := make(chan time.Duration, 2)
		for range 2 {
			go func() {
				_ = c.Close() // one of them finds it closed
				ended <- time.Since(begin)
			}()
		}
		assert.Zero(t, <-ended, "the second closes at once")
		assert.LessOrEqual(t, <-ended, lastWriteTime)
		assert.Empty(t, l.open(func(connState) bool { return true }))
		require.NoError(t, client.Close())
	})
}
