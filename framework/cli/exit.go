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

// usageError is an invalid command line.
type usageError struct{ err error }

var _ error = usageError{}

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// errReported ends a command with exit status 1 that has printed its error already.
var errReported = errors.New("the error has been printed")

// exit prints err and returns the exit status for it.
func (p *program) exit(err error) int {
	if err == nil {
		return 0
	}
	if errors.Is(err, errReported) {
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

// stacks returns the stacks of the panics in err.
func stacks(err error) []string {
	var found []string
	switch e := err.(type) {
	case *web.PanicError:
		return []string{string(e.Stack)}
	case *registry.PanicError:
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

// flagError turns an error of cobra about flags into a usage error, with a suggestion for an
// unknown flag.
func flagError(cmd *cobra.Command, err error) error {
	unknown, ok := errors.AsType[*pflag.NotExistError](err)
	if !ok {
		return usageError{err}
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if near := registry.Nearest(unknown.GetSpecifiedName(), names); near != "" {
		return usagef("%w: did you mean --%s?", err, near)
	}
	return usageError{err}
}

// unknownCommand is the Args of the root command, which takes no arguments.
func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return usagef("unknown command %q: did you mean %q?", args[0], near[0])
	}
	return usagef("unknown command %q", args[0])
}

// noArguments is the Args of the other commands that take none.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("%s: unexpected argument %q", cmd.Name(), args[0])
	}
	return nil
}

// arguments turns an error of check into a usage error.
func arguments(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usagef("%s: %w", cmd.Name(), err)
		}
		return nil
	}
}
