package frameworktest

import (
	"bytes"
	"encoding/json"
	"maps"
	"sync"

	"github.com/rs/zerolog"
)

// Log records what an application logs: set framework.Options.Logger to its Logger. The zero value
// is ready to use. It is safe for concurrent use.
type Log struct {
	mu    sync.Mutex // guards lines
	lines []map[string]any
}

// Logger returns a logger that records every level in l.
func (l *Log) Logger() *zerolog.Logger {
	logger := zerolog.New(l)
	return &logger
}

// Write records one JSON line, as zerolog writes it.
func (l *Log) Write(line []byte) (int, error) {
	var fields map[string]any
	if err := json.NewDecoder(bytes.NewReader(line)).Decode(&fields); err != nil {
		return 0, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, fields)
	return len(line), nil
}

// Lines returns the lines so far, each as its fields: "level", "message", "error" and whatever else
// was logged.
func (l *Log) Lines() []map[string]any {
	l.mu.Lock()
	defer l.mu.Unlock()
	lines := make([]map[string]any, len(l.lines))
	for i, fields := range l.lines {
		lines[i] = maps.Clone(fields)
	}
	return lines
}
