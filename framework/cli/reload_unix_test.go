//go:build unix

package cli_test

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const reloadedProgram = `package main

import (
	"context"
	"os"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/cli"
	"github.com/mastaba-go/mastaba/views"
)

func main() { cli.Main(build, cli.Options{Name: "site", SettingsFile: "site.toml", Settings: []cli.Setting{{Name: "greeting"}}}) }

func build(_ context.Context, env *cli.Env) (*framework.Configurator, error) {
	if text == "ends" {
		os.Exit(3)
	}
	config := framework.New(env.Options())
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		return r.HTML("<body>" + text + cli.Value[string](env, "greeting") + "</body>"), nil
	}))
	return config, nil
}
`

// reloaded is a program that serves with --reload.
type reloaded struct {
	t   *testing.T
	dir string
	url string
	cmd *exec.Cmd

	mu  sync.Mutex
	log strings.Builder // guarded by mu
}

// serveReloaded makes a module of a program, and serves it.
func serveReloaded(t *testing.T) *reloaded {
	t.Helper()
	checkout, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}").Output()
	require.NoError(t, err)
	root := strings.TrimSpace(string(checkout))
	p := &reloaded{t: t, dir: t.TempDir()}
	p.write("go.mod", "module example.com/site\n\ngo 1.26\n\nrequire github.com/mastaba-go/mastaba v0.0.0\n\nreplace github.com/mastaba-go/mastaba => "+strconv.Quote(root)+"\n")
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	require.NoError(t, err)
	p.write("go.sum", string(sums))
	p.write("main.go", reloadedProgram)
	p.write("text.go", "package main\n\nconst text = \"one\"\n")
	for _, args := range [][]string{{"mod", "tidy"}, {"build", "-o", "bin/site", "."}} {
		cmd := exec.CommandContext(t.Context(), "go", args...)
		cmd.Dir = p.dir
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
	}
	p.cmd = exec.Command(filepath.Join(p.dir, "bin", "site"), "serve", "--reload", "--addr", "127.0.0.1:0", "--set", "log_format=json")
	p.cmd.Dir = p.dir
	log, err := p.cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, p.cmd.Start())
	read := make(chan struct{})
	address := make(chan string, 1)
	go func() { // ends with the pipe, whose last writer is the last process
		defer close(read)
		for lines := bufio.NewScanner(log); lines.Scan(); {
			p.mu.Lock()
			p.log.WriteString(lines.Text() + "\n")
			p.mu.Unlock()
			if found := regexp.MustCompile(`"address":"([^"]+)"`).FindStringSubmatch(lines.Text()); found != nil {
				select {
				case address <- found[1]:
				default:
				}
			}
		}
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Signal(os.Interrupt)
		<-read
		_ = p.cmd.Wait()
		if t.Failed() {
			t.Log(p.lines())
		}
	})
	select {
	case a := <-address:
		p.url = "http://" + a
	case <-read:
		t.Fatal("it ended")
	}
	return p
}

func (p *reloaded) lines() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

// write replaces a file, as editors do.
func (p *reloaded) write(name, text string) {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
	require.NoError(p.t, os.WriteFile(path+"~", []byte(text), 0o600))
	require.NoError(p.t, os.Rename(path+"~", path))
}

// get returns the status and the page. Each request has a connection of its own.
func (p *reloaded) get() (int, string, error) {
	hr, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.url+"/", nil)
	require.NoError(p.t, err)
	hr.Header.Set("Accept", "text/html")
	hr.Close = true
	resp, err := http.DefaultClient.Do(hr)
	if err != nil {
		return 0, "", err
	}
	body, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body), errors.Join(err, resp.Body.Close())
}

// until waits for a page with a text.
func (p *reloaded) until(text string) {
	p.t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) { // another process
		if _, page, err := p.get(); err == nil && strings.Contains(page, text) {
			return
		}
	}
	p.t.Fatalf("no page with %q", text)
}

// event waits for an event of the stream that pages follow, and returns its data.
func (p *reloaded) event(name string) string {
	p.t.Helper()
	resp, err := http.Get(p.url + "/-/dev/reload")
	require.NoError(p.t, err)
	defer resp.Body.Close()
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if lines.Text() == "event: "+name && lines.Scan() {
			return strings.TrimPrefix(lines.Text(), "data: ")
		}
	}
	p.t.Fatalf("no event %q", name)
	return ""
}

func TestReload(t *testing.T) {
	t.Parallel()
	p := serveReloaded(t)
	p.until("<body>one")
	process := p.event("process")
	_, page, err := p.get()
	require.NoError(t, err)
	assert.Contains(t, page, `<script src="/-/dev/reload.js?process=`+strings.Trim(process, `"`)+`" defer></script>`)

	// No request fails while the process is replaced, and a burst of changes is one build.
	var failed, sent atomic.Int64
	stop := make(chan struct{})
	var clients sync.WaitGroup
	for range 4 {
		clients.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				sent.Add(1)
				if status, _, err := p.get(); err != nil || status != http.StatusOK {
					failed.Add(1)
					t.Log(status, err)
				}
			}
		})
	}
	for range 5 {
		p.write("text.go", "package main\n\nconst text = \"two\"\n")
	}
	p.write("text_test.go", "package main\n\nnot Go\n")
	p.until("<body>two")
	close(stop)
	clients.Wait()
	assert.Zero(t, failed.Load(), "of %d requests", sent.Load())
	assert.Greater(t, sent.Load(), int64(200))
	assert.Equal(t, 2, strings.Count(p.lines(), "reload: built in"))

	// What cannot be built is shown, and the old process goes on.
	p.write("text.go", "package main\n\nconst text = \"three\n")
	assert.Contains(t, p.event("failed"), "text.go:3:")
	p.until("<body>two")
	p.write("text.go", "package main\n\nconst text = \"ends\"\n")
	for !strings.Contains(p.lines(), "exit status 3") {
		time.Sleep(20 * time.Millisecond) // another process
	}
	p.until("<body>two")

	// A file in a new folder counts, and settings need no build.
	require.NoError(t, os.Mkdir(filepath.Join(p.dir, "more"), 0o700))
	p.write("more/more.go", "package more\n\nconst Text = \"three\"\n")
	p.write("text.go", "package main\n\nimport \"example.com/site/more\"\n\nconst text = more.Text\n")
	p.until("<body>three")
	built := strings.Count(p.lines(), "reload: built in")
	p.write("site.toml", "greeting = \" and four\"\n")
	p.until("<body>three") // the file did not exist when the program began
	p.write("more/more.go", "package more\n\nconst Text = \"five\"\n")
	p.until("<body>five and four")
	assert.Equal(t, built+1, strings.Count(p.lines(), "reload: built in"))

	// The one that serves does not outlive the supervisor.
	require.NoError(t, p.cmd.Process.Kill())
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) { // another process
		if _, _, err := p.get(); errors.Is(err, syscall.ECONNREFUSED) {
			break
		}
		require.True(t, time.Now().Before(deadline), "it still serves")
	}
}
