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
	// Dir is the folder where it runs; "" is that of the test.
	Dir string

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
	p := build(t, root, "./"+folder)
	p.env = env
	p.Start()
	return p
}

// root is the module of the project.
var root = filepath.Join("..", "..")

// NewApplication makes an application with "mastaba new" and builds it. It is not started. Its folder is Dir.
func NewApplication(t testing.TB, variant string) *Program {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "shop")
	Go(t, root, "run", "./framework/cmd/mastaba", "new", "shop", "--variant", variant, "--dir", dir)
	p := build(t, dir, ".")
	p.Dir = dir
	p.args = append(p.args, "--dev")
	return p
}

// Go runs the go command in a folder.
func Go(t testing.TB, dir string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", args[0], err, out)
	}
}

// build builds a package for a free address.
func build(t testing.TB, dir, pkg string) *Program {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program")
	Go(t, dir, "build", "-o", path, pkg)
	addr := freeAddr(t)
	p := &Program{URL: "http://" + addr, t: t, path: path, args: []string{"serve", "--addr", addr}}
	t.Cleanup(p.Stop)
	return p
}

// Command runs another command of the program, with a text as its input, and returns what it prints.
func (p *Program) Command(input string, args ...string) string {
	p.t.Helper()
	cmd := exec.CommandContext(p.t.Context(), p.path, args...)
	cmd.Dir, cmd.Stdin, cmd.Stderr = p.Dir, strings.NewReader(input), p
	out, err := cmd.Output()
	if err != nil {
		p.t.Fatalf("%v: %v\n%s", args, err, p.Log())
	}
	return string(out)
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
	p.run.Dir = p.Dir
	p.run.Env = append(os.Environ(), p.env...)
	p.run.Stderr = p
	if err := p.run.Start(); err != nil {
		p.t.Fatal(err)
	}
	for range 100 {
		if resp, err := http.Get(p.URL + "/"); err == nil { // whatever the status
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
