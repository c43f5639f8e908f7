package server_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/server"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// overHTTP2 returns a client that uses HTTP/2 only.
func overHTTP2(t *testing.T) *http.Client {
	t.Helper()
	transport := &http.Transport{TLSClientConfig: unverified(), Protocols: new(http.Protocols)}
	transport.Protocols.SetHTTP2(true)
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func TestHTTP2(t *testing.T) {
	noLeaks(t)
	causes := make(chan error, 1)
	app := newApp(t, framework.Options{}, func(c *framework.Configurator) {
		c.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			r.AddFinishedCallback(func(r *web.Request) error {
				causes <- context.Cause(r.Context())
				return nil
			})
			return sendZeros(r)
		}), views.Name("watched"))
		c.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			resp := r.Response()
			resp.SetStream(func(w web.StreamWriter) error {
				for range 10 { // longer than WriteTimeout
					if _, err := io.WriteString(w, strings.Repeat("x", 1000)); err != nil {
						return err
					}
					if err := w.Flush(); err != nil {
						return err
					}
					time.Sleep(80 * time.Millisecond)
				}
				return r.Context().Err()
			})
			return resp, nil
		}), views.Name("events"))
	})
	o := withCertificate(t, quick)
	s := serve(t, app, o)
	c := overHTTP2(t)
	post := func(path string, body io.Reader) (int, string) {
		resp, err := c.Post("https://"+s.addr+path, "text/plain", body)
		require.NoError(t, err)
		defer func() { _ = resp.Body.Close() }()
		assert.Equal(t, 2, resp.ProtoMajor)
		text, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return resp.StatusCode, string(text)
	}

	status, text := post("/count", strings.NewReader(strings.Repeat("x", 1<<20)))
	assert.Equal(t, 200, status, text)
	assert.JSONEq(t, `{"bytes":1048576}`, text)

	status, text = post("/count", dripping(20*time.Millisecond, 60))
	assert.Equal(t, 408, status, text)
	status, text = post("/small", struct{ io.Reader }{strings.NewReader(strings.Repeat("x", 1000))})
	assert.Equal(t, 413, status)
	assert.Contains(t, text, "limit of 100 bytes")
	status, text = post("/events", nil)
	assert.Equal(t, 200, status)
	assert.Len(t, text, 10_000)

	// A stream whose client does not read is reset; the connection stays open.
	resp, err := c.Get("https://" + s.addr + "/watched")
	require.NoError(t, err)
	require.ErrorIs(t, <-causes, context.Canceled)
	_, err = io.Copy(io.Discard, resp.Body)
	require.Error(t, err)
	require.NoError(t, resp.Body.Close())
	status, _ = post("/events", nil)
	assert.Equal(t, 200, status)
}

// dripping returns a body of single bytes.
func dripping(every time.Duration, count int) io.Reader {
	return &drips{every, count}
}

type drips struct {
	every time.Duration
	left  int
}

func (d *drips) Read(p []byte) (int, error) {
	if d.left == 0 {
		return 0, io.EOF
	}
	d.left--
	time.Sleep(d.every)
	p[0] = 'x'
	return 1, nil
}

func TestHTTP2WithoutTLS(t *testing.T) {
	noLeaks(t)
	s := serve(t, newApp(t, framework.Options{}), server.Options{CleartextHTTP2: true})
	transport := &http.Transport{Protocols: new(http.Protocols)}
	transport.Protocols.SetUnencryptedHTTP2(true)
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport}).Get("http://" + s.addr)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, 2, resp.ProtoMajor)
	s.alive(t)
}

func TestDrainOfHTTP2(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g, p := newGate(), newPipes()
		app := newApp(t, framework.Options{}, g.add)
		s := serve(t, app, server.Options{Listener: p, CleartextHTTP2: true})
		transport := &http.Transport{
			Protocols:   new(http.Protocols),
			DialContext: func(context.Context, string, string) (net.Conn, error) { return p.dial(t).Conn, nil },
		}
		transport.Protocols.SetUnencryptedHTTP2(true)
		get := func(path string) string {
			resp, err := (&http.Client{Transport: transport}).Get("http://app" + path)
			require.NoError(t, err)
			assert.Equal(t, 2, resp.ProtoMajor)
			body, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			return string(body)
		}
		late := make(chan string, 1)
		go func() { late <- get("/wait") }()
		<-g.entered
		ended := make(chan error, 1)
		go func() { ended <- s.stop() }()
		<-app.Draining()
		time.Sleep(200 * time.Millisecond)
		assert.Equal(t, "Hello, world!\n", get("/"), "on the same connection")
		time.Sleep(5 * time.Second)
		close(g.release)
		assert.Equal(t, "late\n", <-late)
		require.NoError(t, <-ended)
		transport.CloseIdleConnections()
	})
}
