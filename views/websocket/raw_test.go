package websocket_test

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// rawClient is a client that sends the bytes that it is given.
type rawClient struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
}

func dialRaw(t *testing.T, address, headers string) *rawClient {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	c := &rawClient{t, conn, bufio.NewReader(conn)}
	c.write(strings.ReplaceAll("GET / HTTP/1.1\nHost: example.com\nConnection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n"+headers+"\n", "\n", "\r\n"))
	resp, err := http.ReadResponse(c.in, nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusSwitchingProtocols, resp.StatusCode)
	return c
}

func (c *rawClient) write(b string) {
	c.t.Helper()
	_, err := io.WriteString(c.conn, b)
	require.NoError(c.t, err)
}

func (c *rawClient) read(n int) string {
	c.t.Helper()
	b := make([]byte, n)
	_, err := io.ReadFull(c.in, b)
	require.NoError(c.t, err)
	return string(b)
}

// end expects the end of the connection.
func (c *rawClient) end() {
	c.t.Helper()
	_, err := c.in.ReadByte()
	require.Error(c.t, err)
}

// frames reads the frames until the connection ends, and describes them: text, and the code of a
// close frame.
func (c *rawClient) frames() (all []string) {
	c.t.Helper()
	for {
		head, err := c.in.Peek(2)
		if err != nil {
			return all
		}
		first, size := head[0], int(head[1])
		require.Less(c.t, size, 126, "not masked, and short")
		payload := c.read(2 + size)[2:]
		switch first {
		case 0x81:
			all = append(all, "text "+payload)
		case 0x82:
			all = append(all, "bytes "+payload)
		case 0x8a:
			all = append(all, "pong "+payload)
		case 0x88:
			if len(payload) == 0 {
				all = append(all, "close")
				break
			}
			all = append(all, fmt.Sprintf("close %d", binary.BigEndian.Uint16([]byte(payload))))
		default:
			all = append(all, fmt.Sprintf("frame %#x", first))
		}
	}
}

// frame returns a masked frame that begins with a byte.
func frame(first byte, payload string) string {
	b := []byte{first}
	switch n := len(payload); {
	case n < 126:
		b = append(b, 0x80|byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 0x80|127), uint64(n))
	}
	mask := [4]byte{0x12, 0x34, 0x56, 0x78}
	b = append(b, mask[:]...)
	for i := range len(payload) {
		b = append(b, payload[i]^mask[i%4])
	}
	return string(b)
}
