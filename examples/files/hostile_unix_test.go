//go:build unix

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// program is the example in a process of its own.
type program struct {
	addr string
	pid  int
}

// start runs the program on a free port until the test ends, and checks that it exits cleanly.
func start(t *testing.T, args ...string) *program {
	t.Helper()
	name := filepath.Join(t.TempDir(), "files")
	out, err := exec.Command("go", "build", "-o", name, ".").CombinedOutput() // without the race detector, which needs memory
	require.NoError(t, err, "%s", out)
	cmd := exec.Command(name, append([]string{"serve", "--addr", "127.0.0.1:0"}, args...)...)
	cmd.Env = []string{} // variables would be settings
	log, err := cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewReader(log)
	p := &program{pid: cmd.Process.Pid}
	for p.addr == "" {
		text, err := lines.ReadString('\n')
		if err != nil {
			_ = cmd.Process.Kill()
			t.Fatalf("the program ended before it served: %v %v", err, cmd.Wait())
		}
		var line struct{ Message, Address string }
		require.NoError(t, json.Unmarshal([]byte(text), &line), text)
		if line.Message == "serving" {
			p.addr = line.Address
		}
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = io.Copy(io.Discard, lines)
	}()
	t.Cleanup(func() {
		assert.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
		<-read
		assert.NoError(t, cmd.Wait())
	})
	return p
}

// memory returns the resident memory of the process in bytes; ok is false if it is unknown.
func (p *program) memory() (n int, ok bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.pid))
	if err != nil {
		return 0, false
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	fields := strings.Fields(rest)
	if len(fields) < 2 || fields[1] != "kB" {
		return 0, false
	}
	n, err = strconv.Atoi(fields[0])
	return n << 10, err == nil
}

func (p *program) dial(t *testing.T) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", p.addr)
	require.NoError(t, err)
	require.NoError(t, c.SetDeadline(time.Now().Add(time.Minute)))
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// send sends text, as far as the program reads it, and returns what it sends back until it closes.
func (p *program) send(t *testing.T, text string) string {
	t.Helper()
	c, sent := p.dial(t), make(chan struct{})
	go func() {
		defer close(sent)
		_, _ = io.WriteString(c, text)
	}()
	response, _ := io.ReadAll(c) // the connection may be reset after the response
	_ = c.Close()
	<-sent
	return string(response)
}

// drip sends text, then a byte per second until the program responds, and returns the response.
func (p *program) drip(t *testing.T, text string) string {
	c, refused := p.dial(t), make(chan struct{})
	go func() {
		second := time.NewTicker(time.Second)
		defer second.Stop()
		_, _ = io.WriteString(c, text)
		for {
			select {
			case <-second.C:
				_, _ = io.WriteString(c, "x")
			case <-refused:
				return
			}
		}
	}()
	defer close(refused)
	response, _ := io.ReadAll(c)
	return string(response)
}

const (
	get  = "GET / HTTP/1.1\r\nHost: localhost\r\n"
	post = "POST / HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n"
)

// alive checks that the program still serves other clients.
func (p *program) alive(t *testing.T) {
	t.Helper()
	response := p.send(t, get+"Connection: close\r\n\r\n")
	assert.True(t, strings.HasPrefix(response, "HTTP/1.1 200 OK\r\n"), response)
	assert.Contains(t, response, `<h1 id="hello-you">`)
}

// Hostile clients get a clear response at little cost, and others are served meanwhile. The server
// has its default limits, so this takes as long as a header may: ten seconds.
func TestHostileClients(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes ten seconds")
	}
	p := start(t, "--dir", sample.write(t))
	p.alive(t)
	before, known := p.memory()

	var slow sync.WaitGroup
	const crowd = 20
	var headers, bodies [crowd]string
	for i := range crowd {
		slow.Go(func() { headers[i] = p.drip(t, get+"X-Slow: ") })
		slow.Go(func() { bodies[i] = p.drip(t, post+"Content-Length: 100000\r\n\r\n") })
	}

	var many strings.Builder
	for i := range 100_000 {
		_, _ = fmt.Fprintf(&many, "X-%d: v\r\n", i)
	}
	chunk := "10000\r\n" + strings.Repeat("x", 0x10000) + "\r\n"
	chunked := post + "Transfer-Encoding: chunked\r\n\r\n"
	for name, tt := range map[string]struct{ text, status, contains string }{
		"100,000 headers":         {get + many.String() + "\r\n", "431 Request Header Fields Too Large", ""},
		"endless body":            {post + "Content-Length: 99999999999\r\n\r\n" + strings.Repeat(chunk, 1000), "405 Method Not Allowed", "<h1>"},
		"endless body, in chunks": {chunked + strings.Repeat(chunk, 1000), "405 Method Not Allowed", "<h1>"},
		"broken chunks":           {chunked + "xyz\r\nabc\r\n0\r\n\r\n", "405 Method Not Allowed", "<h1>"},
		"two lengths":             {post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", "400 Bad Request", ""},
		"not HTTP":                {"hello\r\n\r\n", "400 Bad Request", ""},
	} {
		response := p.send(t, tt.text)
		assert.True(t, strings.HasPrefix(response, "HTTP/1.1 "+tt.status+"\r\n"), "%s: %.200s", name, response)
		assert.Contains(t, response, tt.contains, name)
		p.alive(t)
	}

	responses := p.send(t, strings.Repeat(get+"\r\n", 199)+get+"Connection: close\r\n\r\n")
	assert.Equal(t, 200, strings.Count(responses, "HTTP/1.1 200 OK\r\n"), "pipelined requests")
	for range 200 { // aborted uploads
		c := p.dial(t)
		_, err := io.WriteString(c, post+"Content-Length: 100000\r\n\r\n"+strings.Repeat("x", 1000))
		require.NoError(t, err)
		require.NoError(t, c.Close())
	}
	p.alive(t)

	slow.Wait()
	for i := range crowd {
		resp, err := http.ReadResponse(bufio.NewReader(strings.NewReader(headers[i])), nil)
		if assert.NoError(t, err, "a header of one byte a second: %q", headers[i]) {
			assert.Equal(t, http.StatusRequestTimeout, resp.StatusCode)
			_ = resp.Body.Close()
		}
		assert.True(t, strings.HasPrefix(bodies[i], "HTTP/1.1 405 Method Not Allowed\r\n"), "a body of one byte a second: %.200s", bodies[i])
	}
	p.alive(t)
	if after, ok := p.memory(); known && ok {
		assert.Less(t, after-before, 64<<20, "bytes of memory")
		t.Logf("memory: %d KiB before, %d KiB after", before>>10, after>>10)
	}
}
