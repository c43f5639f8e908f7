package nats_test

import (
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	natsgo "github.com/nats-io/nats.go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/mastaba-go/mastaba/internal/testserver"
	"github.com/mastaba-go/mastaba/traversal/topics"
	"github.com/mastaba-go/mastaba/traversal/topics/nats"
	"github.com/mastaba-go/mastaba/traversal/topics/topicstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func connect(t *testing.T, url string) *natsgo.Conn {
	t.Helper()
	conn, err := natsgo.Connect(url, natsgo.MaxReconnects(-1), natsgo.ReconnectWait(50*time.Millisecond), natsgo.Timeout(5*time.Second))
	if err != nil {
		testserver.Missing(t, "no NATS at %s (set NATS_URL for another): %v", url, err)
	}
	t.Cleanup(conn.Close)
	return conn
}

func TestTransport(t *testing.T) {
	t.Parallel()
	url := os.Getenv("NATS_URL")
	if url == "" {
		url = natsgo.DefaultURL
	}
	connect(t, url)
	topicstest.Run(t, func(t *testing.T) topics.Transport {
		transport, err := nats.New(connect(t, url), nats.Options{Subject: "test." + strings.ReplaceAll(t.Name(), "/", ".")})
		require.NoError(t, err)
		return transport
	})
}

// TestLostServer: those who missed a message get it late, or a Gap.
func TestLostServer(t *testing.T) {
	t.Parallel()
	server := testserver.NATS(t)
	start := func() *topics.Hub {
		transport, err := nats.New(connect(t, "nats://"+server.Addr), nats.Options{})
		require.NoError(t, err)
		return topicstest.Start(t, transport)
	}
	one, two := start(), start()
	s, err := two.Subscribe("/a", "")
	require.NoError(t, err)
	defer s.Close()
	publish := func(text string) {
		_, err := one.Publish(t.Context(), "/a", "n", []byte(text))
		require.NoError(t, err)
	}
	publish("1")
	assert.Equal(t, "1", string(topicstest.Next(t, s).Data))
	server.Stop(syscall.SIGTERM)
	publish("2") // the client of NATS keeps it, until one of the two is connected again
	server.Start()
	m := topicstest.Next(t, s)
	assert.True(t, m.Kind == topics.Gap || string(m.Data) == "2", "%s %s", m.Kind, m.Data)
	publish("3")
	for m.Kind == topics.Gap || string(m.Data) != "3" {
		m = topicstest.Next(t, s)
	}
}

// TestClosedConnection: Receive ends with an error, as nothing connects again.
func TestClosedConnection(t *testing.T) {
	t.Parallel()
	conn := connect(t, "nats://"+testserver.NATS(t).Addr)
	transport, err := nats.New(conn, nats.Options{})
	require.NoError(t, err)
	err = transport.Receive(t.Context(), func() { conn.Close() }, func([]byte) {})
	require.ErrorIs(t, err, natsgo.ErrConnectionClosed)
	require.ErrorContains(t, transport.Send(t.Context(), nil), "topics/nats: publish: ")
}

func TestInvalidOptions(t *testing.T) {
	t.Parallel()
	_, err := nats.New(nil, nats.Options{})
	require.ErrorContains(t, err, "the connection is nil")
	for _, subject := range []string{"a b", "a.*", ">", "a..b", ".a"} {
		_, err := nats.New(new(natsgo.Conn), nats.Options{Subject: subject})
		require.ErrorContains(t, err, "invalid subject")
	}
}
