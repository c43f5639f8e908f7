package sse

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Event is one event of a stream. A browser dispatches it to the listeners of its name. An event
// with neither Name nor Data is not dispatched: it sets the ID or the Retry alone.
type Event struct {
	// ID is what the browser sends as Last-Event-ID when it comes back; "" leaves it as it was. It
	// has no line breaks and no NUL.
	ID string
	// Name is the type of the event; "" is "message". It has no line breaks.
	Name string
	// Data is text in UTF-8. Each kind of line break arrives as a line feed.
	Data []byte
	// Retry is how long the browser waits before it comes back, in whole milliseconds; 0 leaves it
	// as it was.
	Retry time.Duration
}

// JSON returns an event whose data is v as JSON, as json.Marshal encodes it.
func JSON(name string, v any) (Event, error) {
	data, err := json.Marshal(v)
	return Event{Name: name, Data: data}, err
}

// check returns what is wrong with an event.
func (e *Event) check() error {
	switch {
	case strings.ContainsAny(e.ID, "\r\n\x00"):
		return fmt.Errorf("sse: the ID %q of an event has a line break or a NUL", e.ID)
	case strings.ContainsAny(e.Name, "\r\n"):
		return fmt.Errorf("sse: the name %q of an event has a line break", e.Name)
	case e.Retry < 0:
		return fmt.Errorf("sse: the Retry of an event is negative: %v", e.Retry)
	}
	return nil
}

// append appends the event as the HTML standard describes it (9.2.5).
func (e *Event) append(b []byte) []byte {
	if e.ID != "" {
		b = append(append(append(b, "id: "...), e.ID...), '\n')
	}
	if e.Name != "" {
		b = append(append(append(b, "event: "...), e.Name...), '\n')
	}
	if e.Retry > 0 {
		b = append(strconv.AppendInt(append(b, "retry: "...), e.Retry.Milliseconds(), 10), '\n')
	}
	if e.Data != nil || e.Name != "" {
		b = appendLines(b, "data: ", e.Data) // without data the browser would not dispatch it
	}
	return append(b, '\n')
}

// appendLines appends each line of text behind a prefix. "\r\n", "\r" and "\n" end a line.
func appendLines(b []byte, prefix string, text []byte) []byte {
	for {
		at := bytes.IndexAny(text, "\r\n")
		if at < 0 {
			return append(append(append(b, prefix...), text...), '\n')
		}
		b = append(append(append(b, prefix...), text[:at]...), '\n')
		if text[at] == '\r' && at+1 < len(text) && text[at+1] == '\n' {
			at++
		}
		text = text[at+1:]
	}
}
