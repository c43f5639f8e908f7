package cli

import (
	"io"
	"os"
	"sync"
)

// sharedOutput is the standard output where people see it together with the standard error: on a
// terminal, or after 2>&1. What goes to the standard error begins on a new line.
type sharedOutput struct {
	out, err io.Writer

	mu   sync.Mutex // guards open: the request may log from several goroutines
	open bool       // the last line of out has no line break
}

var _ io.Writer = (*sharedOutput)(nil)

// newSharedOutput returns nil if nobody sees the two together: then the standard output gets the
// body byte for byte.
func newSharedOutput(out, err io.Writer) *sharedOutput {
	if isTerminal(out) || sameFile(out, err) {
		return &sharedOutput{out: out, err: err}
	}
	return nil
}

// Write writes to the standard output.
func (s *sharedOutput) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(b) > 0 {
		s.open = b[len(b)-1] != '\n'
	}
	return s.out.Write(b)
}

// endLine ends an open line.
func (s *sharedOutput) endLine() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.open {
		return nil
	}
	s.open = false
	_, err := io.WriteString(s.out, "\n")
	return err
}

// aside writes to the standard error, at the beginning of a line.
type aside struct{ *sharedOutput }

var _ io.Writer = aside{}

func (a aside) Write(b []byte) (int, error) {
	_ = a.endLine() // whoever writes to the output gets its error
	return a.err.Write(b)
}

// sameFile reports whether both are one file.
func sameFile(a, b io.Writer) bool {
	one, ok := a.(*os.File)
	other, also := b.(*os.File)
	if !ok || !also {
		return false
	}
	first, err := one.Stat()
	if err != nil {
		return false
	}
	second, err := other.Stat()
	return err == nil && os.SameFile(first, second)
}
