package reload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Options say what a supervisor runs. The zero value serves nothing: Addr is needed.
type Options struct {
	Addr     string   // to listen on, "host:port"
	Args     []string // of the process that serves
	Settings []string // files that it reads at its start
	Stdout   io.Writer
	Stderr   io.Writer // also of the supervisor itself
}

// Run serves the program that calls it until ctx ends, and builds it again when its source changes:
// see the package documentation. The program must have been built from a package, and the current
// folder must be in its module, or in one that requires it. The error is that of the listener, of
// the first build, or of watching.
func Run(ctx context.Context, o Options) error {
	dir, err := os.MkdirTemp("", "mastaba-reload-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	p, err := thisProgram(dir)
	if err != nil {
		return fmt.Errorf("reload: %w", err)
	}
	if err := p.find(ctx); err != nil {
		return fmt.Errorf("reload: %w", err)
	}
	l, err := net.Listen("tcp", o.Addr)
	if err != nil {
		return err
	}
	defer l.Close()
	file, err := l.(*net.TCPListener).File()
	if err != nil {
		return err
	}
	defer file.Close()
	o.Settings = slices.Clone(o.Settings)
	for i, name := range o.Settings {
		if o.Settings[i], err = filepath.Abs(name); err != nil {
			return err
		}
	}
	s := &supervisor{o: o, program: p, listener: file, bound: l.Addr().String()}
	// The watch begins before the build, so that no change falls between them.
	watching, stop := context.WithCancel(ctx)
	roots := p.roots
	for _, name := range o.Settings {
		if folder := filepath.Dir(name); !within(roots, folder) {
			roots = append(roots, folder)
		}
	}
	bursts, err := watch(watching, roots, s.log)
	defer func() {
		stop()
		for range bursts { // until the watch has ended
		}
	}()
	if err != nil {
		bursts = nil
		return fmt.Errorf("reload: %w", err)
	}
	defer s.end()
	if err := l.Close(); err != nil { // file has it; the supervisor accepts nothing while a child does
		return err
	}
	s.rebuild(ctx)
	for {
		var gone <-chan struct{}
		if s.current != nil {
			gone = s.current.gone
		}
		select {
		case <-ctx.Done():
			return nil
		case <-gone:
			s.current = nil
			if ctx.Err() == nil {
				s.fail("The process has ended. It is started again when its source changes.")
			}
		case changed := <-bursts:
			s.react(ctx, changed)
		}
	}
}

// within reports whether a folder is one of others, or below one.
func within(others []string, folder string) bool {
	for _, other := range others {
		if folder == other || strings.HasPrefix(folder, other+string(filepath.Separator)) {
			return true
		}
	}
	return false
}

// supervisor is one call of Run. It belongs to its goroutine.
type supervisor struct {
	o        Options
	program  *program
	listener *os.File
	bound    string

	executable string   // of the last successful build
	current    *process // that serves; nil if none does
	former     []*process
	notice     *notice // serves while no process does
}

func (s *supervisor) log(text string) { fmt.Fprintf(s.o.Stderr, "reload: %s\n", text) }

// react does what a burst of changes calls for.
func (s *supervisor) react(ctx context.Context, changed []string) {
	var live []string
	if s.current != nil {
		live = s.current.live
	}
	switch s.program.judge(changed, live, s.o.Settings) {
	case refresh:
		s.send(order{Event: eventChanged})
	case restart:
		s.log("the settings have changed")
		s.replace(ctx)
	case rebuild:
		s.rebuild(ctx)
	}
}

func (s *supervisor) send(o order) {
	if s.current != nil {
		s.current.send(o)
	}
}

// fail says why there is no new process: in the browser, and in the log.
func (s *supervisor) fail(text string) {
	s.log(text)
	if s.current != nil {
		s.current.send(order{Event: eventFailed, Text: text})
		return
	}
	if s.notice == nil {
		n, err := serveNotice(s.listener)
		if err != nil {
			s.log(err.Error())
			return
		}
		s.notice = n
	}
	s.notice.text.Store(&text)
}

// rebuild builds the program, and replaces the process if it has changed.
func (s *supervisor) rebuild(ctx context.Context) {
	s.send(order{Event: eventBuilding})
	start := time.Now()
	executable, err := s.program.build(ctx)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		s.fail("The program cannot be built.\n\n" + err.Error())
	case executable == "" && s.current != nil:
		s.send(order{Event: eventSame})
	default:
		s.log(fmt.Sprintf("built in %v", time.Since(start).Round(10*time.Millisecond)))
		if executable != "" {
			if s.executable != "" {
				_ = os.Remove(s.executable) // runs on, if it still does
			}
			s.executable = executable
		}
		if err := s.program.find(ctx); err != nil {
			s.log(err.Error())
		}
		s.replace(ctx)
	}
}

// replace starts a process of the executable, and lets the one before it end.
func (s *supervisor) replace(ctx context.Context) {
	if s.executable == "" {
		return // it never could be built
	}
	next, err := start(ctx, s.executable, s.o, s.listener)
	if err != nil {
		if ctx.Err() == nil {
			s.fail("The new process has ended before it served. Its last lines are in the terminal.\n\n" + err.Error())
		}
		return
	}
	if s.notice != nil {
		s.notice.close()
		s.notice = nil
	}
	if s.current != nil {
		s.current.stop()
		s.former = append(s.former, s.current)
	}
	s.current = next
}

// end ends what still runs, and waits for it.
func (s *supervisor) end() {
	if s.notice != nil {
		s.notice.close()
	}
	if s.current != nil {
		s.current.stop()
		s.former = append(s.former, s.current)
	}
	for _, p := range s.former {
		p.wait()
	}
}

var errNotReady = errors.New("it ended, or was not ready within a minute")
