package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// Exit statuses.
const (
	exitFailure = 1
	exitUsage   = 2
)

// usageError is a command line that was wrong.
type usageError struct{ err error }

var _ error = usageError{}

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

func misused(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// errSaid ends a command with status 1 that has said what there was to say.
var errSaid = errors.New("the command failed, and said why")

// failed says what went wrong, and gives the exit status.
func (p *program) failed(err error) int {
	if err == nil {
		return 0
	}
	if err == errSaid {
		return exitFailure
	}
	gap := " "
	if text := err.Error(); strings.Contains(text, "\n") {
		gap = "\n" // a report
	}
	fmt.Fprintf(p.env.Stderr, "%s:%s%s\n", p.o.Name, gap, err)
	for _, stack := range stacks(err) {
		fmt.Fprintf(p.env.Stderr, "\n%s", stack)
	}
	if _, ok := errors.AsType[usageError](err); ok {
		fmt.Fprintf(p.env.Stderr, "see: %s --help\n", p.o.Name)
		return exitUsage
	}
	return exitFailure
}

// stacks finds those of panics.
func stacks(err error) []string {
	var found []string
	switch e := err.(type) {
	case *web.PanicError:
		return []string{string(e.Stack)}
	case *registry.Panic:
		return []string{string(e.Stack)}
	case interface{ Unwrap() error }:
		if inner := e.Unwrap(); inner != nil {
			return stacks(inner)
		}
	case interface{ Unwrap() []error }:
		for _, part := range e.Unwrap() {
			found = append(found, stacks(part)...)
		}
	}
	return found
}

// flagError is what cobra says of wrong flags, with the one that may be meant.
func flagError(cmd *cobra.Command, err error) error {
	unknown, ok := errors.AsType[*pflag.NotExistError](err)
	if !ok {
		return usageError{err}
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if near := registry.Nearest(unknown.GetSpecifiedName(), names); near != "" {
		return misused("%w: is --%s meant?", err, near)
	}
	return usageError{err}
}

// unknownCommand is the Args of the program itself, which takes none.
func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return misused("unknown command %q: is %q meant?", args[0], near[0])
	}
	return misused("unknown command %q", args[0])
}

// arguments makes a usage error of what check says.
func arguments(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return misused("%s: %w", cmd.Name(), err)
		}
		return nil
	}
}
