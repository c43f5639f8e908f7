package server

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// listen returns o.Listener, or listens on o.Addr.
func listen(o *Options) (net.Listener, error) {
	if o.Listener != nil {
		return o.Listener, nil
	}
	path, local := strings.CutPrefix(o.Addr, "unix:")
	if !local {
		return net.Listen("tcp", o.Addr)
	}
	if err := removeStale(path); err != nil {
		return nil, err
	}
	l, err := net.Listen("unix", path)
	if errors.Is(err, syscall.EINVAL) {
		return nil, fmt.Errorf("%w: the path may be too long for a socket (%d bytes)", err, len(path))
	}
	if err != nil || o.SocketMode == 0 {
		return l, err
	}
	if err := os.Chmod(path, o.SocketMode.Perm()); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// removeStale removes a socket file that an ended process left behind. It leaves anything
// else at the path alone and returns an error.
func removeStale(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode().Type() != fs.ModeSocket {
		return fmt.Errorf("listen unix %s: file exists and is not a socket", path)
	}
	conn, err := net.DialTimeout("unix", path, time.Second)
	if err == nil {
		return errors.Join(fmt.Errorf("listen unix %s: another process is listening on this socket", path), conn.Close())
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		return fmt.Errorf("listen unix %s: socket exists: %w", path, err)
	}
	return os.Remove(path)
}

// listener keeps track of its connections, so that the drain can wait for them, and stops
// without losing connections that are already established.
type listener struct {
	net.Listener
	timeout time.Duration // of writes

	closing atomic.Int64  // latest time to close, in Unix nanoseconds; zero: not closing
	closed  chan struct{} // closed after the last connection was accepted
	close   func() error  // closes the listener and the channel, once

	mu    sync.Mutex // guards conns
	conns map[*conn]struct{}
}

func newListener(raw net.Listener, writeTimeout time.Duration) *listener {
	l := &listener{Listener: raw, timeout: writeTimeout, closed: make(chan struct{}), conns: map[*conn]struct{}{}}
	l.close = sync.OnceValue(func() error {
		defer close(l.closed)
		return raw.Close()
	})
	return l
}

// Accept accepts the next connection. While the listener stops, Accept still returns
// connections from the system's queue: their clients may have sent a request already.
func (l *listener) Accept() (net.Conn, error) {
	for accepted := true; ; {
		raw, err := l.Listener.Accept()
		if err == nil {
			return l.track(raw), nil
		}
		latest := l.closing.Load()
		if latest == 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			return nil, err
		}
		if !accepted || time.Now().UnixNano() > latest || !l.wait() {
			_ = l.close()
			return nil, net.ErrClosed
		}
		accepted = false
	}
}

const (
	// queueWait is how long Accept waits before it considers the queue empty.
	queueWait = 2 * time.Millisecond
	// queueLimit is how long a stopping listener accepts connections at most.
	queueLimit = 250 * time.Millisecond
)

// wait makes the next Accept fail once the queue is empty. It reports whether the listener
// supports deadlines.
func (l *listener) wait() bool {
	limited, ok := l.Listener.(interface{ SetDeadline(time.Time) error })
	return ok && limited.SetDeadline(time.Now().Add(queueWait)) == nil
}

// finish stops listening and returns after the queue has been accepted.
func (l *listener) finish() {
	l.closing.Store(time.Now().Add(queueLimit).UnixNano())
	if !l.wait() {
		_ = l.close()
	}
	<-l.closed
}

// Close stops listening at once.
func (l *listener) Close() error { return l.close() }

func (l *listener) track(raw net.Conn) net.Conn {
	c := &conn{Conn: raw, listener: l, timeout: l.timeout, born: time.Now()}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conns[c] = struct{}{}
	return c
}

func (l *listener) forget(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.conns, c)
}

// open returns the open connections whose state matches.
func (l *listener) open(matches func(connState) bool) []*conn {
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []*conn
	for c := range l.conns {
		if matches(connState(c.state.Load())) {
			list = append(list, c)
		}
	}
	return list
}
