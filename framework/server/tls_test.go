package server_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
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
	"github.com/mastaba-go/mastaba/framework/server"
)

// certificate returns a new certificate with that name and its key, as PEM.
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

// withCertificate writes a certificate and its key to files, and returns o with their names.
func withCertificate(t *testing.T, o server.Options) server.Options {
	t.Helper()
	dir := t.TempDir()
	o.CertFile, o.KeyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	cert, key := certificate(t, "first")
	require.NoError(t, os.WriteFile(o.CertFile, cert, 0o600))
	require.NoError(t, os.WriteFile(o.KeyFile, key, 0o600))
	return o
}

// unverified accepts any certificate.
func unverified() *tls.Config {
	return &tls.Config{InsecureSkipVerify: true} //nolint:gosec // the certificate is this test's own
}

// shown returns the name in the certificate that the server presents.
func shown(t *testing.T, addr string) string {
	t.Helper()
	c, err := tls.Dial("tcp", addr, unverified())
	require.NoError(t, err)
	defer func() { _ = c.Close() }()
	return c.ConnectionState().PeerCertificates[0].Subject.CommonName
}

func TestCertificateIsReloaded(t *testing.T) {
	noLeaks(t)
	var log frameworktest.Log
	o := withCertificate(t, server.Options{Logger: log.Logger()})
	s := serve(t, newApp(t, framework.Options{}), o)
	assert.Equal(t, "first", shown(t, s.addr))

	cert, key := certificate(t, "second")
	require.NoError(t, os.WriteFile(o.CertFile, cert, 0o600))
	assert.Equal(t, "first", shown(t, s.addr), "the key does not match yet")
	assert.Equal(t, "first", shown(t, s.addr))
	require.NoError(t, os.WriteFile(o.KeyFile, key, 0o600))
	assert.Equal(t, "second", shown(t, s.addr))

	require.NoError(t, os.Remove(o.KeyFile))
	assert.Equal(t, "second", shown(t, s.addr))

	cert, key = certificate(t, "third")
	next := t.TempDir() // as Kubernetes replaces a volume
	require.NoError(t, os.WriteFile(next+"/cert", cert, 0o600))
	require.NoError(t, os.WriteFile(next+"/key", key, 0o600))
	require.NoError(t, os.Rename(next+"/cert", o.CertFile))
	require.NoError(t, os.Rename(next+"/key", o.KeyFile))
	assert.Equal(t, "third", shown(t, s.addr))
	require.NoError(t, s.stop())

	var messages []string
	for _, line := range log.Lines() {
		if text, _ := line["message"].(string); strings.HasPrefix(text, "certificate") {
			messages = append(messages, text)
		}
	}
	assert.Equal(t, []string{
		"certificate not reloaded, the old one stays in use", "certificate reloaded",
		"certificate not reloaded, the old one stays in use", "certificate reloaded",
	}, messages, "each change is logged once")
}

func TestFailedHandshakeIsLoggedAtDebug(t *testing.T) {
	noLeaks(t)
	var log frameworktest.Log
	s := serve(t, newApp(t, framework.Options{}), withCertificate(t, server.Options{Logger: log.Logger()}))
	c := s.dial(t)
	c.send("this is not a handshake\r\n\r\n")
	c.closed()
	require.NoError(t, s.stop())
	for _, line := range log.Lines() {
		if text, _ := line["message"].(string); strings.Contains(text, "handshake") {
			assert.Equal(t, zerolog.LevelDebugValue, line["level"])
			return
		}
	}
	t.Error("not logged")
}

func TestHeaderTimeoutOverTLS(t *testing.T) {
	o := withCertificate(t, server.Options{})
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		o.Listener = p
		s := serve(t, newApp(t, framework.Options{}), o)
		c := p.dial(t)
		c.Conn = tls.Client(c.Conn, unverified())
		c.r = bufio.NewReader(c.Conn)
		begin := time.Now()
		c.send("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
		resp, _ := c.response()
		assert.Equal(t, http.StatusRequestTimeout, resp.StatusCode)
		assert.Equal(t, 10*time.Second, time.Since(begin))
		assert.Empty(t, c.closed())
		_ = c.Close() // the server has closed it
		require.NoError(t, s.stop())
	})
}
