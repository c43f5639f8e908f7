package browser

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// Cable is the network between a browser and a program, which a test may cut and mend.
type Cable struct {
	// URL leads through the cable.
	URL string

	mu    sync.Mutex // guards the rest
	to    string     // host:port of the program
	cut   bool
	conns map[net.Conn]bool
}

// NewCable returns a cable to the program at a URL. It ends with the test.
func NewCable(t testing.TB, url string) *Cable {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &Cable{URL: "http://" + l.Addr().String(), to: strings.TrimPrefix(url, "http://"), conns: map[net.Conn]bool{}}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return // closed at the end of the test
			}
			running.Go(func() { c.carry(conn) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		c.Cut()
		running.Wait()
	})
	return c
}

// carry connects a browser's connection with the program, until one of the two or the cable ends
// it.
func (c *Cable) carry(client net.Conn) {
	defer func() { _ = client.Close() }()
	c.mu.Lock()
	to := c.to
	c.mu.Unlock()
	server, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	if !c.plug(client) {
		return
	}
	defer c.unplug(client)
	var copying sync.WaitGroup
	copying.Go(func() {
		_, _ = io.Copy(server, client)
		_ = server.Close()
	})
	_, _ = io.Copy(client, server)
	_ = client.Close()
	copying.Wait()
}

func (c *Cable) plug(conn net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.cut {
		c.conns[conn] = true
	}
	return !c.cut
}

func (c *Cable) unplug(conn net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.conns, conn)
}

// Cut ends all connections, and those that are made before Mend.
func (c *Cable) Cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut = true
	for conn := range c.conns {
		_ = conn.Close()
	}
}

// Lead leads new connections to another program.
func (c *Cable) Lead(url string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.to = strings.TrimPrefix(url, "http://")
}

// Mend lets connections through again.
func (c *Cable) Mend() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut = false
}
