package server_test

import (
	"net"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/framework/server"
)

func TestOptionsCheck(t *testing.T) {
	t.Parallel()
	wrong := server.Options{Addr: "nowhere", KeyFile: "k.pem", MaxHeader: -1, MaxHeaderLines: 20}
	err := wrong.Check()
	for _, field := range []string{"Addr", "KeyFile", "MaxHeader", "MaxHeaderLines"} {
		assert.ErrorContains(t, err, "server.Options."+field+": ", "all are reported together")
	}
	for _, o := range []server.Options{
		{}, {MaxHeaderLines: 64}, {Addr: ":http"}, {Addr: ":0"}, {Addr: "[::1]:80"}, {Addr: "unix:x.sock"}, {CertFile: "not there", KeyFile: "nor there"},
		{Addr: "of the listener", Listener: untouchedListener{}},
	} {
		assert.NoError(t, o.Check())
	}
}

// untouchedListener panics when it is used.
type untouchedListener struct{ net.Listener }
