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
// Lines stay whole and in their order. While some are written the next gather;
// only when those are as many again does their author wait. Close writes what is
// left, and lets later lines pass directly.
type logBuffer struct {
	mu      sync.Mutex // guards all below
	lines   []byte
	flusher *time.Timer
	armed   bool // the flusher will come
	closed  bool

	writing sync.Mutex // guards all below; taken before mu
	to      io.Writer
	spare   []byte
}

var _ zerolog.LevelWriter = (*logBuffer)(nil)

func newLogBuffer(to io.Writer) *logBuffer {
	b := &logBuffer{to: to}
	b.flusher = time.AfterFunc(time.Hour, func() { _ = b.flush(1) })
	b.flusher.Stop()
	return b
}

// Write takes a line without a level, which does not wait.
func (b *logBuffer) Write(line []byte) (int, error) { return b.WriteLevel(zerolog.NoLevel, line) }

// WriteLevel takes a line. An error is that of the write which it caused, if any.
func (b *logBuffer) WriteLevel(level zerolog.Level, line []byte) (int, error) {
	switch full := b.gather(line); {
	case level >= zerolog.WarnLevel:
		return len(line), b.flush(1)
	case full:
		return len(line), b.flush(logGather)
	}
	return len(line), nil
}

// gather keeps a line, and reports whether it is time to write.
func (b *logBuffer) gather(line []byte) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lines = append(b.lines, line...)
	if b.closed || len(b.lines) >= logGather {
		return true
	}
	if !b.armed {
		b.armed = true
		b.flusher.Reset(logDelay)
	}
	return false
}

// flush writes what was gathered, if it is that much.
func (b *logBuffer) flush(least int) error {
	b.writing.Lock()
	defer b.writing.Unlock()
	lines := b.take(least)
	if len(lines) == 0 {
		return nil
	}
	_, err := b.to.Write(lines)
	if cap(lines) <= 2*logGather { // else a crowd of long lines came at once
		b.spare = lines[:0]
	}
	return err
}

// take hands over what was gathered; the caller holds writing.
func (b *logBuffer) take(least int) []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		least = 1
	}
	if len(b.lines) < least {
		return nil // somebody else was faster
	}
	lines := b.lines
	b.lines, b.spare, b.armed = b.spare, nil, false
	return lines
}

// Close writes what is left.
func (b *logBuffer) Close() error {
	b.flusher.Stop()
	b.mu.Lock()
	b.closed = true
	b.mu.Unlock()
	return b.flush(1)
}
