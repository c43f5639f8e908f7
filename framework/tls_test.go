package framework_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// certificate makes a certificate of that name, and its key, as PEM.
func certificate(t *testing.T, name string) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	require.NoError(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})
}

// withCertificate writes a pair of files and points o at them.
func withCertificate(t *testing.T, o framework.ServerOptions) framework.ServerOptions {
	t.Helper()
	dir := t.TempDir()
	o.CertFile, o.KeyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	cert, key := certificate(t, "first")
	require.NoError(t, os.WriteFile(o.CertFile, cert, 0o600))
	require.NoError(t, os.WriteFile(o.KeyFile, key, 0o600))
	return o
}

// unverified is for servers that made their certificate themselves.
func unverified() *tls.Config {
	return &tls.Config{InsecureSkipVerify: true} //nolint:gosec // the certificate is this test's own
}

// shown is the name in the certificate that the server shows.
func shown(t *testing.T, addr string) string {
	t.Helper()
	c, err := tls.Dial("tcp", addr, unverified())
	require.NoError(t, err)
	defer func() { _ = c.Close() }()
	return c.ConnectionState().PeerCertificates[0].Subject.CommonName
}

func TestCertificateFollowsItsFiles(t *testing.T) {
	noLeaks(t)
	var log frameworktest.Log
	config := framework.New(framework.Options{Logger: log.Logger()})
	config.AddView(views.Func(sayHello))
	o := withCertificate(t, framework.ServerOptions{})
	s := serve(t, build(t, config), o)
	assert.Equal(t, "first", shown(t, s.addr))

	cert, key := certificate(t, "second")
	require.NoError(t, os.WriteFile(o.CertFile, cert, 0o600))
	assert.Equal(t, "first", shown(t, s.addr), "the key does not fit yet")
	assert.Equal(t, "first", shown(t, s.addr))
	require.NoError(t, os.WriteFile(o.KeyFile, key, 0o600))
	assert.Equal(t, "second", shown(t, s.addr))

	require.NoError(t, os.Remove(o.KeyFile))
	assert.Equal(t, "second", shown(t, s.addr))

	cert, key = certificate(t, "third")
	next := t.TempDir() // as a volume of Kubernetes is exchanged: by a rename
	require.NoError(t, os.WriteFile(next+"/cert", cert, 0o600))
	require.NoError(t, os.WriteFile(next+"/key", key, 0o600))
	require.NoError(t, os.Rename(next+"/cert", o.CertFile))
	require.NoError(t, os.Rename(next+"/key", o.KeyFile))
	assert.Equal(t, "third", shown(t, s.addr))
	require.NoError(t, s.end())

	var said []string
	for _, line := range log.Lines() {
		if text, _ := line["message"].(string); strings.HasPrefix(text, "certificate") {
			said = append(said, text)
		}
	}
	assert.Equal(t, []string{
		"certificate: the old one stays in use", "certificate loaded again",
		"certificate: the old one stays in use", "certificate loaded again",
	}, said, "each change is told once")
}

// overHTTP2 gives a client that speaks HTTP/2 and nothing else.
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
	app := hall(t, framework.Options{}, func(c *framework.Configurator) {
		c.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			r.AddFinishedCallback(func(r *web.Request) error {
				causes <- context.Cause(r.Context())
				return nil
			})
			return sendMuch(r)
		}), views.Name("watched"))
		c.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			resp := r.Response()
			resp.SetStream(func(w web.StreamWriter) error {
				for range 10 { // longer than the time for a write
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
	assert.Contains(t, text, "100 bytes at most")
	status, text = post("/events", nil)
	assert.Equal(t, 200, status)
	assert.Len(t, text, 10_000)

	// A stream whose client does not read is given up, the connection is not.
	resp, err := c.Get("https://" + s.addr + "/watched")
	require.NoError(t, err)
	require.ErrorIs(t, <-causes, context.Canceled)
	_, err = io.Copy(io.Discard, resp.Body)
	require.Error(t, err)
	require.NoError(t, resp.Body.Close())
	status, _ = post("/events", nil)
	assert.Equal(t, 200, status)
}

// dripping gives a body of single bytes.
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
	s := serve(t, hall(t, framework.Options{}), framework.ServerOptions{CleartextHTTP2: true})
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
		app := hall(t, framework.Options{}, g.add)
		s := serve(t, app, framework.ServerOptions{Listener: p, CleartextHTTP2: true})
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
		go func() { ended <- s.end() }()
		<-app.Draining()
		time.Sleep(200 * time.Millisecond)
		assert.Equal(t, "Hello, world!\n", get("/"), "on the same connection: there is no other")
		time.Sleep(5 * time.Second)
		close(g.release)
		assert.Equal(t, "late\n", <-late)
		require.NoError(t, <-ended)
		transport.CloseIdleConnections()
	})
}

func TestServerLogOfHandshakes(t *testing.T) {
	noLeaks(t)
	var log frameworktest.Log
	config := framework.New(framework.Options{Logger: log.Logger()})
	s := serve(t, build(t, config), withCertificate(t, framework.ServerOptions{}))
	c := s.dial(t)
	c.send("this is no handshake, whatever it says\r\n\r\n")
	c.closed()
	require.NoError(t, s.end())
	for _, line := range log.Lines() {
		if text, _ := line["message"].(string); strings.Contains(text, "handshake") {
			assert.Equal(t, zerolog.LevelDebugValue, line["level"])
			return
		}
	}
	t.Error("not logged")
}

func TestHeaderThatIsTooSlowOverTLS(t *testing.T) {
	noLeaks(t)
	s := serve(t, hall(t, framework.Options{}), withCertificate(t, framework.ServerOptions{HeaderTimeout: 200 * time.Millisecond}))
	raw, err := tls.Dial("tcp", s.addr, unverified())
	require.NoError(t, err)
	defer func() { _ = raw.Close() }()
	c := &client{t, raw, bufio.NewReader(raw)}
	c.send("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
	resp, _ := c.answer()
	assert.Equal(t, http.StatusRequestTimeout, resp.StatusCode)
	assert.Empty(t, c.closed())
}
