package cli_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/cli"
	"github.com/mastaba-go/mastaba/framework/security/password"
)

// What the command prints is a line of a password file, for exactly the password that was sent.
func TestPasswordOfALine(t *testing.T) {
	t.Parallel()
	build := func(context.Context, *cli.Env) (*framework.Configurator, error) {
		return framework.New(framework.Options{}), nil
	}
	for stdin, want := range map[string]string{
		"open sesame\n": "open sesame", "open sesame\r\n": "open sesame", "open sesame": "open sesame", " pä:ss \n": " pä:ss ",
		strings.Repeat("x", password.MaxLength) + "\r\n": strings.Repeat("x", password.MaxLength),
		strings.Repeat("x", password.MaxLength+1):        "",
		"a\rb": "", "\n": "", "": "", "a\nb\n": "", "a\n\n": "",
	} {
		var out, errs bytes.Buffer
		code := cli.Run(t.Context(), build, cli.Options{Name: "wiki"}, cli.Process{
			Args: []string{"password", "alice"}, Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &errs,
		})
		if want == "" {
			assert.Equal(t, 1, code, "%q", stdin)
			assert.Empty(t, out.String())
			assert.Contains(t, errs.String(), "wiki: password: ")
			continue
		}
		require.Equal(t, 0, code, "%q: %s", stdin, errs.String())
		file, err := password.ParseFile("users", out.Bytes())
		require.NoError(t, err)
		ok, err := password.NewChecker(file, password.CheckerOptions{}).Check(t.Context(), "alice", want)
		require.NoError(t, err)
		assert.True(t, ok, "%q", stdin)
	}
}
