package testserver

import (
	"bufio"
	"fmt"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Redis starts a Redis server that has every write on the disk before it answers. args are further
// arguments, such as "--cluster-enabled", "yes". The test is skipped if there is no redis-server.
func Redis(t testing.TB, args ...string) *Server {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		Missing(t, "no redis-server in PATH: install it (Debian: redis-server)")
	}
	dir, port := folder(t, nil), freePort(t)
	s := &Server{Addr: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), t: t, name: "redis-server"}
	s.args = func() *exec.Cmd {
		return exec.Command(path, append([]string{"--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--dir", dir,
			"--appendonly", "yes", "--appendfsync", "always", "--save", "", "--daemonize", "no"}, args...)...)
	}
	s.ready = func() error { return ping(s.Addr) }
	t.Cleanup(s.Kill)
	s.Start()
	return s
}

// ping returns an error until Redis answers and has loaded its data.
func ping(addr string) error {
	conn, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := fmt.Fprint(conn, "PING\r\n"); err != nil {
		return err
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err == nil && !strings.HasPrefix(line, "+PONG") {
		err = fmt.Errorf("redis answers %q", line)
	}
	return err
}
