package framework

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

// listen opens what o.Addr names.
func listen(o *ServerOptions) (net.Listener, error) {
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
		return nil, fmt.Errorf("%w: is the path too long for a socket (%d bytes)?", err, len(path))
	}
	if err != nil || o.SocketMode == 0 {
		return l, err
	}
	if err := os.Chmod(path, o.SocketMode.Perm()); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// removeStale removes a socket that a process left behind: one that nobody
// listens to. Anything else at the path stays, and is an error.
func removeStale(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode().Type() != fs.ModeSocket {
		return fmt.Errorf("listen unix %s: something else than a socket is there", path)
	}
	conn, err := net.DialTimeout("unix", path, time.Second)
	if err == nil {
		return errors.Join(fmt.Errorf("listen unix %s: another process listens there", path), conn.Close())
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		return fmt.Errorf("listen unix %s: a socket is there: %w", path, err)
	}
	return os.Remove(path)
}

// listener knows its connections, so that the drain can wait for them, and
// closes without losing one that has come.
type listener struct {
	net.Listener
	timeout time.Duration // of writes

	closing atomic.Int64  // when to close at the latest, in nanoseconds of Unix; zero: not yet
	closed  chan struct{} // closed when the last connection was taken
	close   func() error  // closes both, once

	mu    sync.Mutex // guards conns
	conns map[*conn]struct{}
}

func newListener(l net.Listener, writeTimeout time.Duration) *listener {
	kept := &listener{Listener: l, timeout: writeTimeout, closed: make(chan struct{}), conns: map[*conn]struct{}{}}
	kept.close = sync.OnceValue(func() error {
		defer close(kept.closed)
		return l.Close()
	})
	return kept
}

// Accept takes the next connection. While the listener closes it takes those
// that had come before: a client whose connection was established by the
// system may have sent its request already.
func (l *listener) Accept() (net.Conn, error) {
	for took := true; ; {
		raw, err := l.Listener.Accept()
		if err == nil {
			return l.keep(raw), nil
		}
		latest := l.closing.Load()
		if latest == 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			return nil, err
		}
		if !took || time.Now().UnixNano() > latest || !l.wait() {
			_ = l.close()
			return nil, net.ErrClosed
		}
		took = false
	}
}

// The queue of connections counts as empty when none came for queueWait; a
// crowd that does not stop coming is cut off after queueLongest.
const (
	queueWait    = 2 * time.Millisecond
	queueLongest = 250 * time.Millisecond
)

// wait makes the next Accept end when the queue is empty; false if the
// listener knows no deadlines.
func (l *listener) wait() bool {
	limited, ok := l.Listener.(interface{ SetDeadline(time.Time) error })
	return ok && limited.SetDeadline(time.Now().Add(queueWait)) == nil
}

// finish stops listening, and returns when it is done.
func (l *listener) finish() {
	l.closing.Store(time.Now().Add(queueLongest).UnixNano())
	if !l.wait() {
		_ = l.close()
	}
	<-l.closed
}

// Close stops listening at once.
func (l *listener) Close() error { return l.close() }

func (l *listener) keep(raw net.Conn) net.Conn {
	c := &conn{Conn: raw, home: l, timeout: l.timeout, born: time.Now()}
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

// open returns the connections that are in one of the states.
func (l *listener) open(in func(connState) bool) []*conn {
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []*conn
	for c := range l.conns {
		if in(connState(c.state.Load())) {
			list = append(list, c)
		}
	}
	return list
}
