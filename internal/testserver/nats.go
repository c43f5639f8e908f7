package testserver

import (
	"net"
	"os/exec"
	"strconv"
	"testing"
	"time"
)

// NATS starts a NATS server without JetStream. The test is skipped if there is no nats-server.
func NATS(t testing.TB) *Server {
	t.Helper()
	path, err := exec.LookPath("nats-server")
	if err != nil {
		Missing(t, "no nats-server in PATH: install it (Debian: nats-server)")
	}
	port := freePort(t)
	s := &Server{Addr: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), t: t, name: "nats-server"}
	s.args = func() *exec.Cmd { return exec.Command(path, "--addr", "127.0.0.1", "--port", strconv.Itoa(port)) }
	s.ready = func() error {
		conn, err := net.DialTimeout("tcp", s.Addr, time.Second)
		if err == nil {
			err = conn.Close()
		}
		return err
	}
	t.Cleanup(s.Kill)
	s.Start()
	return s
}
