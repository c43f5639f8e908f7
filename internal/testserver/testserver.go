// Package testserver starts database servers for tests, which stop and kill them: servers that
// nobody else uses, on free ports, with data that the test owns.
//
// A test that needs a server that only has to be there uses one of the environment instead, where
// there is one: see [Missing].
package testserver

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Missing skips a test that needs a server. With CI=true in the environment, where all tests have
// to run, it fails the test instead.
func Missing(t testing.TB, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// Server is a server of one test. It may be stopped and started any number of times, and always
// has the same address and data. Its methods are not safe for concurrent use.
type Server struct {
	// Addr is host:port.
	Addr string

	t     testing.TB
	name  string
	args  func() *exec.Cmd // a fresh command of the server
	ready func() error     // nil once it answers
	run   *exec.Cmd        // nil while it is stopped
	ended chan struct{}    // closed when run has ended
	out   *output
}

// Start starts the server and waits until it answers.
func (s *Server) Start() {
	s.t.Helper()
	if err := s.start(); err != nil {
		s.t.Fatal(err)
	}
}

func (s *Server) start() error {
	if s.run != nil {
		return nil
	}
	cmd := s.args()
	s.out = &output{}
	cmd.Stdout, cmd.Stderr = s.out, s.out
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", s.name, err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait()
	}()
	s.run, s.ended = cmd, ended
	for deadline := time.Now().Add(time.Minute); ; {
		err := s.ready()
		if err == nil {
			return nil
		}
		select {
		case <-ended:
			s.run = nil
			return fmt.Errorf("%s has ended:\n%s", s.name, s.out)
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			s.Kill()
			return fmt.Errorf("%s does not answer: %w:\n%s", s.name, err, s.out)
		}
	}
}

// Stop ends the server as an operator would, and waits for it.
func (s *Server) Stop(signal os.Signal) {
	if s.run == nil {
		return
	}
	_ = s.run.Process.Signal(signal)
	select {
	case <-s.ended:
	case <-time.After(30 * time.Second):
		_ = s.run.Process.Kill()
		<-s.ended
	}
	s.run = nil
}

// Kill ends the server at once, as a crash does.
func (s *Server) Kill() { s.Stop(os.Kill) }

// output is what a server has printed, for a failed test.
type output struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// freePort returns a port of 127.0.0.1 that was free a moment ago.
func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// folder returns a new folder for the data, which belongs to owner. A nil owner is this process.
func folder(t testing.TB, owner *syscall.Credential) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "testserver") // not t.TempDir, whose parents are for this user alone
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if owner != nil {
		if err := os.Chown(dir, int(owner.Uid), int(owner.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// other returns a user other than root, for servers that refuse to run as root; nil if this process
// is not root.
func other() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody", "daemon"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil || uid == 0 {
			continue
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		if err == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
		}
	}
	return nil, errors.New("this process is root, and there is no user postgres, nobody or daemon to run a server as")
}
