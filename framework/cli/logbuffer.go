package cli

import (
	"bytes"
	"cmp"
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
	// logPiece is how much is written at once, unless a line is longer: what a pipe
	// takes whole even if other processes write to it (PIPE_BUF, on Linux).
	logPiece = 4 << 10
)

// logBuffer gathers lines of the log, since one system call for each costs a busy
// server as much as everything else that the framework does for a request. A
// line waits for logDelay at the longest; warnings and errors, and all that came
// before them, are written at once. What waits is lost with a process that ends
// without Close.
//
// Lines stay whole and in their order. While some are written the next gather;
// only when those are as many again does their author wait. Close writes what is
// left, and lets later lines pass directly.
type logBuffer struct {
	mu      sync.Mutex // guards lines to closed
	lines   []byte
	failed  error // of a write that nobody waited for, until somebody is told
	flusher *time.Timer
	armed   bool // the flusher will come
	closed  bool

	writing sync.Mutex // guards to and spare; taken before mu
	to      io.Writer
	spare   []byte
}

var _ zerolog.LevelWriter = (*logBuffer)(nil)

func newLogBuffer(to io.Writer) *logBuffer {
	b := &logBuffer{to: to}
	b.flusher = time.AfterFunc(time.Hour, b.flushLate) // the first line sets it
	b.flusher.Stop()
	return b
}

// Write takes a line without a level, which does not wait.
func (b *logBuffer) Write(line []byte) (int, error) { return b.WriteLevel(zerolog.NoLevel, line) }

// WriteLevel takes a line. An error is that of the write which it caused, or of an
// earlier one that nobody was told of.
func (b *logBuffer) WriteLevel(level zerolog.Level, line []byte) (int, error) {
	full, err := b.gather(line)
	switch {
	case level >= zerolog.WarnLevel:
		err = cmp.Or(b.flush(1), err)
	case full:
		err = cmp.Or(b.flush(logGather), err)
	}
	return len(line), err
}

// gather keeps a line, and reports whether it is time to write, and the error that
// somebody has to be told.
func (b *logBuffer) gather(line []byte) (full bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lines = append(b.lines, line...)
	err, b.failed = b.failed, nil
	if b.closed || len(b.lines) >= logGather {
		return true, err
	}
	if !b.armed {
		b.armed = true
		b.flusher.Reset(logDelay)
	}
	return false, err
}

// flushLate writes what has waited.
func (b *logBuffer) flushLate() {
	if err := b.flush(1); err != nil {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.failed = err
	}
}

// flush writes what was gathered, if it is that much.
func (b *logBuffer) flush(least int) error {
	b.writing.Lock()
	defer b.writing.Unlock()
	lines := b.take(least)
	if len(lines) == 0 {
		return nil
	}
	err := b.write(lines)
	if cap(lines) <= 2*logGather { // else a crowd of long lines came at once
		b.spare = lines[:0]
	}
	return err
}

// write writes whole lines, piece by piece; after an error it goes on. The caller
// holds writing.
func (b *logBuffer) write(lines []byte) (first error) {
	for len(lines) > 0 {
		n := len(lines)
		if n > logPiece {
			n = cmp.Or(bytes.LastIndexByte(lines[:logPiece], '\n')+1, bytes.IndexByte(lines, '\n')+1, len(lines))
		}
		_, err := b.to.Write(lines[:n])
		first, lines = cmp.Or(first, err), lines[n:]
	}
	return first
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
	err := b.failed
	b.mu.Unlock()
	return cmp.Or(b.flush(1), err)
}
