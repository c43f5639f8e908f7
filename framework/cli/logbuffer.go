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
	// logDelay is how long a line may wait: too short for people to notice, long enough for
	// hundreds of requests to share one write.
	logDelay = 10 * time.Millisecond
	// logGather is how many bytes may wait.
	logGather = 32 << 10
	// logPiece is the size of a write, unless a line is longer. A pipe accepts that much
	// atomically even if other processes write to it (PIPE_BUF on Linux).
	logPiece = 4 << 10
)

// logBuffer collects log lines, because a system call for each costs a busy server as much as
// everything else that the framework does for a request. A line waits for logDelay at most.
// Warnings and errors are written at once, with all lines before them. Waiting lines are lost
// if the process ends without Close.
//
// Lines stay whole and in order. During a write, further lines are collected; a caller waits
// for the write only if logGather bytes have been collected again. Close writes the rest;
// lines after that are written directly.
type logBuffer struct {
	mu      sync.Mutex // guards lines to closed
	lines   []byte
	failed  error // of a write that no caller waited for, until a caller gets it
	flusher *time.Timer
	armed   bool // the flusher will run
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

// Write writes a line without a level, which does not wait.
func (b *logBuffer) Write(line []byte) (int, error) { return b.WriteLevel(zerolog.NoLevel, line) }

// WriteLevel adds a line. It returns the error of the write that it causes, or of an earlier
// write that no caller waited for.
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

// gather adds a line. It reports whether it is time to write, and returns the error of an
// earlier write.
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

// flushLate writes the lines that have waited for logDelay.
func (b *logBuffer) flushLate() {
	if err := b.flush(1); err != nil {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.failed = err
	}
}

// flush writes the collected lines if they have at least that many bytes.
func (b *logBuffer) flush(least int) error {
	b.writing.Lock()
	defer b.writing.Unlock()
	lines := b.take(least)
	if len(lines) == 0 {
		return nil
	}
	err := b.write(lines)
	if cap(lines) <= 2*logGather { // otherwise many long lines came at once
		b.spare = lines[:0]
	}
	return err
}

// write writes whole lines, piece by piece, and continues after an error. The caller holds
// writing.
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

// take returns the collected lines and starts anew. The caller holds writing.
func (b *logBuffer) take(least int) []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		least = 1
	}
	if len(b.lines) < least {
		return nil // another goroutine was faster
	}
	lines := b.lines
	b.lines, b.spare, b.armed = b.spare, nil, false
	return lines
}

// Close writes the rest.
func (b *logBuffer) Close() error {
	b.flusher.Stop()
	b.mu.Lock()
	b.closed = true
	err := b.failed
	b.mu.Unlock()
	return cmp.Or(b.flush(1), err)
}
