package sse

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"
)

// LongestEvent is how many bytes an event may have that [Read] reads.
const LongestEvent = 1 << 20

// ErrTooLong is the error of an event with more than [LongestEvent] bytes.
var ErrTooLong = errors.New("sse: the event is too long")

// Read returns the events of a stream, as a client receives them. Each has the ID that the client
// has after it, so one without an ID of its own has that of the one before. Comments are left out;
// a block with an id or a retry alone is an event without Data. An event that the end of the stream
// cuts off is left out, as browsers do. The error, which ends the sequence, is that of r or
// [ErrTooLong].
func Read(r io.Reader) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, LongestEvent)
		lines.Split(splitLine())
		var e Event
		size, id := 0, ""
		for first := true; lines.Scan(); first = false {
			line := lines.Text()
			if first {
				line = strings.TrimPrefix(line, "\ufeff")
			}
			if size += len(line); size > LongestEvent {
				yield(Event{}, ErrTooLong)
				return
			}
			if line != "" {
				e.read(line, &id)
				continue
			}
			if e.Data != nil {
				e.Data = e.Data[:len(e.Data)-1] // of the last line
			}
			if got := e; got.Data != nil || got.Retry > 0 || id != e.ID {
				got.ID = id
				if !yield(got, nil) {
					return
				}
			}
			e, size = Event{ID: id}, 0
		}
		if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
			yield(Event{}, ErrTooLong)
		} else if err != nil {
			yield(Event{}, fmt.Errorf("sse: %w", err))
		}
	}
}

// read takes a line of an event. A new id counts at the end of the event.
func (e *Event) read(line string, id *string) {
	field, value, _ := strings.Cut(line, ":")
	value = strings.TrimPrefix(value, " ")
	switch field {
	case "id":
		if !strings.Contains(value, "\x00") {
			*id = value
		}
	case "event":
		e.Name = value
	case "data":
		e.Data = append(append(e.Data, value...), '\n')
	case "retry":
		if ms, err := strconv.ParseUint(value, 10, 32); err == nil {
			e.Retry = time.Duration(ms) * time.Millisecond
		}
	}
}

// splitLine returns a function that splits at "\r\n", "\r" and "\n". A "\r" ends the line at once,
// and a "\n" behind it is skipped when it comes: otherwise an event would wait for the next one.
func splitLine() bufio.SplitFunc {
	after := false // a "\r"
	return func(b []byte, atEOF bool) (advance int, line []byte, err error) {
		skip := 0
		if after && len(b) > 0 {
			after = false
			if b[0] == '\n' {
				skip = 1
			}
		}
		at := bytes.IndexAny(b[skip:], "\r\n")
		switch {
		case at >= 0:
			after = b[skip+at] == '\r'
			return skip + at + 1, b[skip : skip+at : skip+at], nil
		case atEOF:
			return len(b), nil, nil // a line without an end is cut off
		}
		return skip, nil, nil
	}
}
