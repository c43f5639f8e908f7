//go:build unix

package reload

import (
	"net"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMain is also the process that TestEndsBeforeReady starts.
func TestMain(m *testing.M) {
	child, err := Attach(func() {})
	switch {
	case err != nil:
		os.Exit(4)
	case child != nil: // as when an OnStart hook fails
		// Files that have deadlines are those whose reads Close ends.
		if err := child.orders.SetReadDeadline(time.Time{}); err != nil {
			os.Exit(5)
		}
		child.Close()
		os.Exit(3)
	}
	os.Exit(m.Run())
}

// A process that ends before it is ready does so at once: it does not wait for the supervisor, which
// waits for it.
func TestEndsBeforeReady(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	file, err := l.(*net.TCPListener).File()
	require.NoError(t, err)
	defer file.Close()
	executable, err := os.Executable()
	require.NoError(t, err)
	p, err := start(t.Context(), executable, Options{Stderr: os.Stderr}, file)
	assert.Nil(t, p)
	assert.EqualError(t, err, "exit status 3")
}
