package browser

import (
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// Program is a program of the project that serves. It belongs to one test, which may stop and start
// it.
type Program struct {
	// URL is that of the program, the same after each start.
	URL string

	t    testing.TB
	path string
	args []string
	env  []string
	run  *exec.Cmd // nil while it is stopped

	mu  sync.Mutex
	log strings.Builder // guarded by mu
}

// Log returns what the program has written to standard error since its first start.
func (p *Program) Log() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

// Write receives what the program writes to standard error.
func (p *Program) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if testing.Verbose() {
		_, _ = os.Stderr.Write(text)
	}
	return p.log.Write(text)
}

// Build builds the program of a folder of the project, starts it, and ends it with the test. env
// are further variables of its environment, as "NAME=value".
func Build(t testing.TB, folder string, env ...string) *Program {
	t.Helper()
	path := filepath.Join(t.TempDir(), filepath.Base(folder))
	build := exec.CommandContext(t.Context(), "go", "build", "-o", path, "./"+folder)
	build.Dir = filepath.Join("..", "..") // the module of the project
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	addr := freeAddr(t)
	p := &Program{URL: "http://" + addr, t: t, path: path, args: []string{"serve", "--addr", addr}, env: env}
	t.Cleanup(p.Stop)
	p.Start()
	return p
}

// Serve is Build for a program that is not stopped. It returns the URL.
func Serve(t testing.TB, folder string) string {
	t.Helper()
	return Build(t, folder).URL
}

// Start starts the program, and waits until it serves.
func (p *Program) Start() {
	p.t.Helper()
	p.run = exec.Command(p.path, p.args...)
	p.run.Env = append(os.Environ(), p.env...)
	p.run.Stderr = p
	if err := p.run.Start(); err != nil {
		p.t.Fatal(err)
	}
	for range 100 {
		if resp, err := http.Get(p.URL + "/"); err == nil {
			_ = resp.Body.Close()
			return
		}
		time.Sleep(50 * time.Millisecond) // another process: nothing else says when it listens
	}
	p.t.Fatalf("%s does not serve %s", p.path, p.URL)
}

// Stop ends the program as an operator does, and waits for it.
func (p *Program) Stop() {
	if p.run == nil {
		return
	}
	_ = p.run.Process.Signal(os.Interrupt)
	_ = p.run.Wait()
	p.run = nil
}

func freeAddr(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}
