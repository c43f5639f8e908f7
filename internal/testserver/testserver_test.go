package testserver_test

import (
	"net"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/internal/testserver"
)

func TestServersStopAndStart(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(testing.TB) *testserver.Server{
		"redis":    func(t testing.TB) *testserver.Server { return testserver.Redis(t) },
		"postgres": testserver.Postgres,
		"nats":     testserver.NATS,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			for range 2 {
				conn, err := net.Dial("tcp", s.Addr)
				require.NoError(t, err)
				require.NoError(t, conn.Close())
				s.Kill()
				_, err = net.Dial("tcp", s.Addr)
				assert.Error(t, err)
				s.Start()
			}
		})
	}
}
