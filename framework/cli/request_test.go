package cli

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/framework"
)

// request --fail reports a hook that fails, and not that it has printed an error.
func TestRequestFailsAndSoDoesAHook(t *testing.T) {
	build := func(_ context.Context, env *Env) (*framework.Configurator, error) {
		config := framework.New(env.Options())
		config.OnStop(func(context.Context, *framework.App) error { return errors.New("the database does not close") })
		return config, nil
	}
	for _, args := range [][]string{
		{"request", "/nowhere", "--fail"}, {"request", "/nowhere", "--fail", "--json"}, {"request", "/nowhere"},
	} {
		var stderr bytes.Buffer
		status := Run(t.Context(), build, Options{Name: "wiki"}, Process{Args: args, Stderr: &stderr})
		assert.Equal(t, exitFailure, status, args)
		assert.Contains(t, stderr.String(), "the database does not close", args)
		assert.NotContains(t, stderr.String(), errReported.Error(), args)
	}
}
