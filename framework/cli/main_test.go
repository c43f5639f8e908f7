package cli_test

import (
	"bytes"
	"context"
	"net"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/cli"
	"github.com/mastaba-go/mastaba/framework/server"
)

// Log lines from before a panic are not lost.
func TestLogIsWrittenAfterAPanic(t *testing.T) {
	t.Parallel()
	build := func(_ context.Context, env *cli.Env) (*framework.Configurator, error) {
		env.Logger.Info().Msg("opening the database")
		return framework.New(env.Options()), nil
	}
	o := cli.Options{Name: "wiki", Server: server.Options{Started: func(net.Addr) { panic("no place to note the address") }}}
	var log bytes.Buffer
	assert.PanicsWithValue(t, "no place to note the address", func() {
		cli.Run(t.Context(), build, o, cli.Process{Args: []string{"serve", "--addr", "127.0.0.1:0"}, Stderr: &log})
	})
	assert.Contains(t, log.String(), `"opening the database"`)
}
