package server_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/framework/server"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// quick has timeouts that are short enough for a test to wait for.
var quick = server.Options{
	HeaderTimeout: 3 * time.Second, BodyTimeout: 400 * time.Millisecond, WriteTimeout: 400 * time.Millisecond,
	IdleTimeout: 5 * time.Second, DrainTimeout: 5 * time.Second,
}

func TestHundredThousandHeaders(t *testing.T) {
	noLeaks(t)
	o := quick
	o.HeaderTimeout = time.Minute
	s := serve(t, newApp(t, framework.Options{}), o)
	var request strings.Builder
	request.WriteString("GET / HTTP/1.1\r\nHost: x\r\n")
	for i := range 100_000 {
		_, _ = fmt.Fprintf(&request, "X-%d: v\r\n", i)
	}
	request.WriteString("\r\n")
	before := heap()
	for range 10 {
		c, done := s.dial(t), make(chan struct{})
		go func() { // the server stops reading before the end
			defer close(done)
			_, _ = io.WriteString(c.Conn, request.String())
		}()
		assert.Contains(t, c.closed(), "HTTP/1.1 431 Request Header Fields Too Large")
		require.NoError(t, c.Close())
		<-done
	}
	assert.Less(t, heap()-before, 16<<20, "bytes on the heap")
	s.alive(t)
}

func TestEndlessBody(t *testing.T) {
	noLeaks(t)
	app := newApp(t, framework.Options{}, func(c *framework.Configurator) {
		c.AddRoute("tiny", "/tiny", routes.BodyLimit(10))
		c.AddView(views.Func(countBody), views.Route("tiny"))
	})
	s := serve(t, app, quick)
	before := heap()
	for _, tt := range []struct {
		path   string
		status int
		text   string
	}{
		{"/count", 413, "the request body exceeds the limit of 10485760 bytes"},
		{"/small", 413, "the request body exceeds the limit of 100 bytes"},
		{"/tiny", 413, "the request body exceeds the limit of 10 bytes"},
		{"/ignore", 200, "not read"},
		{"/nowhere", 404, ""},
	} {
		for _, header := range []string{"Transfer-Encoding: chunked", "Content-Length: 99999999999"} {
			c := s.dial(t)
			c.send("POST " + tt.path + " HTTP/1.1\r\nHost: x\r\n" + header + "\r\n\r\n")
			var sent atomic.Int64
			done := make(chan struct{})
			go func() { // for ever, as far as it can see
				defer close(done)
				chunk := []byte("10000\r\n" + strings.Repeat("x", 0x10000) + "\r\n")
				for {
					n, err := c.Write(chunk)
					if sent.Add(int64(n)); err != nil {
						return
					}
				}
			}()
			resp, body := c.response()
			assert.Equal(t, tt.status, resp.StatusCode, "%s %s", tt.path, header)
			assert.Contains(t, body, tt.text)
			assert.True(t, resp.Close)
			c.closed()
			require.NoError(t, c.Close())
			<-done
			assert.Less(t, sent.Load(), int64(32<<20), "%s %s", tt.path, header)
		}
	}
	assert.Less(t, heap()-before, 16<<20, "bytes on the heap")
	s.alive(t)
}

// A client that expects a 100 (Continue) does not receive one for a body that is not read.
func TestExpectContinue(t *testing.T) {
	noLeaks(t)
	s := serve(t, newApp(t, framework.Options{}), quick)
	for path, status := range map[string]int{"/small": 413, "/ignore": 200, "/count": 100} {
		c := s.dial(t)
		c.send("POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n")
		resp, err := http.ReadResponse(c.r, nil)
		require.NoError(t, err)
		assert.Equal(t, status, resp.StatusCode, path)
		if status == 100 {
			c.send(strings.Repeat("x", 1000))
			resp, body := c.response()
			assert.Equal(t, 200, resp.StatusCode)
			assert.JSONEq(t, `{"bytes":1000}`, body)
			assert.False(t, resp.Close)
			continue
		}
		assert.True(t, resp.Close, path)
		c.closed()
	}
	s.alive(t)
}

func TestBrokenMessages(t *testing.T) {
	noLeaks(t)
	s := serve(t, newApp(t, framework.Options{}), quick)
	chunked := "POST /count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
	for name, tt := range map[string]struct{ text, want string }{
		"chunk length":           {chunked + "xyz\r\nabc\r\n0\r\n\r\n", "400 "},
		"chunk length, negative": {chunked + "-5\r\nabc\r\n0\r\n\r\n", "400 "},
		"chunk length, huge":     {chunked + "fffffffffffffffff\r\nabc", "400 "},
		"chunk without its end":  {chunked + "3\r\nabcdef\r\n0\r\n\r\n", "400 "},
		"chunk extensions":       {chunked + "1;" + strings.Repeat("x", 10_000) + "\r\na\r\n0\r\n\r\n", "400 "},
		"trailers, endless":      {chunked + "0\r\n" + strings.Repeat("X-Y: z\r\n", 100_000), "400 "},
		"unknown coding":         {"POST /count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", "501 "},
		"two lengths":            {"POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "400 "},
		"no host":                {"GET / HTTP/1.1\r\n\r\n", "400 "},
		"no HTTP":                {"hello\r\n\r\n", "400 "},
		"another HTTP":           {"GET / HTTP/3.0\r\nHost: x\r\n\r\n", "505 "},
		"control characters":     {"GET / HTTP/1.1\r\nHost: x\r\nX-A: \x00\x01\r\n\r\n", "400 "},
	} {
		c := s.dial(t)
		go func() { _, _ = io.WriteString(c.Conn, tt.text) }()
		line, err := c.r.ReadString('\n')
		require.NoError(t, err, name)
		assert.True(t, strings.HasPrefix(line, "HTTP/1.1 "+tt.want), "%s: %s", name, line)
		c.closed()
		require.NoError(t, c.Close())
	}
	s.alive(t)
}

func TestPipelining(t *testing.T) {
	noLeaks(t)
	app := newApp(t, framework.Options{}, func(c *framework.Configurator) {
		c.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			return r.Text(r.URL.RawQuery), nil
		}), views.Name("echo"))
	})
	s := serve(t, app, quick)
	c := s.dial(t)
	var all strings.Builder
	for i := range 1000 {
		if i%3 == 0 { // with an unread body
			_, _ = fmt.Fprintf(&all, "POST /echo?%d HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nGET /", i)
			continue
		}
		_, _ = fmt.Fprintf(&all, "GET /echo?%d HTTP/1.1\r\nHost: x\r\n\r\n", i)
	}
	go func() { _, _ = io.WriteString(c.Conn, all.String()) }()
	for i := range 1000 {
		resp, body := c.response()
		assert.Equal(t, http.StatusOK, resp.StatusCode)
		assert.Equal(t, fmt.Sprint(i), body)
	}
}

func TestAbortedUploads(t *testing.T) {
	noLeaks(t)
	var handled sync.WaitGroup
	var wrong atomic.Int32
	app := newApp(t, framework.Options{}, func(c *framework.Configurator) {
		c.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			defer handled.Done()
			_, err := io.Copy(io.Discard, r.Body)
			if status, _ := web.StatusOf(err); status != http.StatusBadRequest {
				wrong.Add(1)
			}
			return nil, err
		}), views.Name("upload"))
	})
	s := serve(t, app, quick)
	const count = 200
	handled.Add(count)
	for range count {
		c, err := net.Dial("tcp", s.addr)
		require.NoError(t, err)
		_, err = io.WriteString(c, "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"+strings.Repeat("x", 1000))
		require.NoError(t, err)
		require.NoError(t, c.Close())
	}
	handled.Wait()
	assert.Zero(t, wrong.Load(), "views that did not see a 400")
	s.alive(t)
}

// Many slow clients at once cost the server little memory, and do not affect others.
func TestManySlowClients(t *testing.T) {
	noLeaks(t)
	o := quick
	o.HeaderTimeout, o.BodyTimeout, o.WriteTimeout = 3*time.Second, 3*time.Second, 3*time.Second
	s := serve(t, newApp(t, framework.Options{}), o)
	before := heap()
	const each = 60
	var crowd []net.Conn
	for i := range 3 * each {
		c, err := net.Dial("tcp", s.addr)
		require.NoError(t, err)
		defer func() { _ = c.Close() }()
		_, err = io.WriteString(c, [...]string{
			"GET / HTTP/1.1\r\nHost: x\r\nX-",
			"POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nx",
			"GET /zeros HTTP/1.1\r\nHost: x\r\n\r\n",
		}[i%3])
		require.NoError(t, err)
		crowd = append(crowd, c)
	}
	for range 100 {
		s.alive(t)
	}
	assert.Less(t, heap()-before, 16<<20, "bytes on the heap")
	responses := map[string]int{}
	for i, c := range crowd {
		line, _ := bufio.NewReader(c).ReadString('\n')
		responses[fmt.Sprint(i%3, " ", strings.TrimSpace(line))]++
	}
	assert.Equal(t, map[string]int{
		"0 HTTP/1.1 408 Request Timeout": each, "1 HTTP/1.1 408 Request Timeout": each, "2 HTTP/1.1 200 OK": each,
	}, responses)
	s.alive(t)
}

// A file longer than a writeStep is sent whole.
func TestFile(t *testing.T) {
	noLeaks(t)
	content := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	path := t.TempDir() + "/file"
	require.NoError(t, os.WriteFile(path, content, 0o600))
	app := newApp(t, framework.Options{}, func(c *framework.Configurator) {
		file := func(size int64) views.View {
			return views.Func(func(r *framework.Request) (*framework.Response, error) {
				f, err := os.Open(path)
				if err != nil {
					return nil, err
				}
				resp := r.Response()
				resp.SetReader(f, size)
				return resp, nil
			})
		}
		c.AddView(file(int64(len(content))), views.Name("file"))
		c.AddView(file(-1), views.Name("unknown"))
	})
	s := serve(t, app, quick)
	for _, request := range []string{"GET /file", "GET /unknown", "POST /file"} {
		c := s.dial(t)
		c.send(request + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		if strings.HasPrefix(request, "POST") {
			c.send("")
		}
		_, body := c.response()
		assert.True(t, string(content) == body, request)
	}
}

// heap returns the live heap. It collects twice, because pooled objects survive the first
// collection.
func heap() int {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}
