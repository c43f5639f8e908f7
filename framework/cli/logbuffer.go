package cli

import (
	"io"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

const (
	// logDelay is how late a line may reach the log: too little for people to
	// notice, enough for hundreds of requests to share one write.
	logDelay = 10 * time.Millisecond
	// logGather is how much is gathered at the most.
	logGather = 32 << 10
)

// logBuffer gathers lines of the log, since one system call for each costs a busy
// server as much as everything else that the framework does for a request. A
// line waits for logDelay at the longest; warnings and errors, and all that came
// before them, are written at once. The last line of a process that is killed
// may be lost if it is only information.
//
// Lines stay whole and in their order. Close writes what is left, and lets
// later lines pass directly.
type logBuffer struct {
	mu      sync.Mutex // guards all below, and to
	to      io.Writer
	lines   []byte
	flusher *time.Timer
	armed   bool // the flusher will come
	closed  bool
}

var _ zerolog.LevelWriter = (*logBuffer)(nil)

func newLogBuffer(to io.Writer) *logBuffer {
	b := &logBuffer{to: to, lines: make([]byte, 0, logGather)}
	b.flusher = time.AfterFunc(time.Hour, func() { _ = b.flush(false) })
	b.flusher.Stop()
	return b
}

// Write takes a line without a level, which does not wait.
func (b *logBuffer) Write(line []byte) (int, error) { return b.WriteLevel(zerolog.NoLevel, line) }

func (b *logBuffer) WriteLevel(level zerolog.Level, line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.lines)+len(line) > logGather {
		if err := b.write(); err != nil {
			return 0, err
		}
	}
	b.lines = append(b.lines, line...)
	if level >= zerolog.WarnLevel || b.closed {
		return len(line), b.write()
	}
	if !b.armed {
		b.armed = true
		b.flusher.Reset(logDelay)
	}
	return len(line), nil
}

func (b *logBuffer) flush(last bool) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.armed = false
	b.closed = b.closed || last
	return b.write()
}

func (b *logBuffer) write() error {
	if len(b.lines) == 0 {
		return nil
	}
	_, err := b.to.Write(b.lines)
	b.lines = b.lines[:0]
	return err
}

// Close writes what is left.
func (b *logBuffer) Close() error {
	b.flusher.Stop()
	return b.flush(true)
}
