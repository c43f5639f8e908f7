package testserver

import (
	"net"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// Postgres starts a PostgreSQL server whose user postgres needs no password: connect to
// postgres://postgres@ADDR/postgres. The test is skipped if there is none on this machine. Since
// PostgreSQL refuses to run as root, root runs it as the user postgres, nobody or daemon.
func Postgres(t testing.TB) *Server {
	t.Helper()
	bin, ok := postgresFolder()
	if !ok {
		Missing(t, "no PostgreSQL server in PATH or /usr/lib/postgresql: install it (Debian: postgresql)")
	}
	as, err := other()
	if err != nil {
		Missing(t, "PostgreSQL: %v", err)
	}
	dir, port := folder(t, as), freePort(t)
	data := filepath.Join(dir, "data")
	command := func(name string, args ...string) *exec.Cmd {
		cmd := exec.Command(filepath.Join(bin, name), args...)
		cmd.Dir = dir
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as}
		return cmd
	}
	if out, err := command("initdb", "--pgdata", data, "--username", "postgres", "--auth", "trust", "--encoding", "UTF8", "--no-locale", "--no-sync").CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v:\n%s", err, out)
	}
	s := &Server{Addr: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), t: t, name: "postgres"}
	s.args = func() *exec.Cmd {
		return command("postgres", "-D", data, "-p", strconv.Itoa(port), "-h", "127.0.0.1", "-k", "")
	}
	s.ready = func() error {
		return command("pg_isready", "-q", "-h", "127.0.0.1", "-p", strconv.Itoa(port), "-t", strconv.Itoa(int(time.Minute/time.Second))).Run()
	}
	t.Cleanup(s.Kill)
	s.Start()
	return s
}

// postgresFolder returns the folder of the newest server on this machine. Debian keeps it out of
// PATH.
func postgresFolder() (string, bool) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if path, err := exec.LookPath("postgres"); err == nil && len(found) == 0 {
		path, err = filepath.EvalSymlinks(path)
		return filepath.Dir(path), err == nil
	}
	if len(found) == 0 {
		return "", false
	}
	version := func(path string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		return n
	}
	newest := slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })
	return filepath.Dir(newest), true
}
