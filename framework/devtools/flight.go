package devtools

import (
	"bytes"
	"io"
	"runtime/trace"
	"sync"
	"time"
)

// Bounds of the flight recorder.
const (
	flightAge   = 10 * time.Second
	flightBytes = 8 << 20
	slowRequest = time.Second
	maxKept     = 3 // traces
)

// flight records what the runtime did in the last seconds (runtime/trace).
type flight struct {
	mu       sync.Mutex // guards all
	recorder *trace.FlightRecorder
	kept     []flightTrace // newest last
}

// flightTrace is the trace of a slow request.
type flightTrace struct {
	Request uint64
	Target  string
	Took    time.Duration
	data    []byte
}

// Start starts the flight recorder. It is an error if another one runs in this process. stop ends
// it; after an error it does nothing.
func (t *Toolbar) Start() (stop func(), err error) {
	f := &t.flight
	if !t.recording {
		return func() {}, nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	recorder := trace.NewFlightRecorder(trace.FlightRecorderConfig{MinAge: flightAge, MaxBytes: flightBytes})
	if err := recorder.Start(); err != nil {
		return func() {}, err
	}
	f.recorder = recorder
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.recorder == recorder {
			recorder.Stop()
			f.recorder = nil
		}
	}, nil
}

// running reports whether the recorder runs.
func (f *flight) running() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.recorder != nil
}

// write writes the trace of the last seconds. It reports false if the recorder does not run.
func (f *flight) write(w io.Writer) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.recorder == nil {
		return false, nil
	}
	_, err := f.recorder.WriteTo(w)
	return true, err
}

// keepSlow keeps the trace of a slow request. Of several at once it keeps that of the first.
func (t *Toolbar) keepSlow(rec *record, took time.Duration) {
	f := &t.flight
	if took < slowRequest || !f.mu.TryLock() {
		return
	}
	defer f.mu.Unlock()
	if f.recorder == nil {
		return
	}
	var data bytes.Buffer
	if _, err := f.recorder.WriteTo(&data); err != nil {
		return
	}
	if len(f.kept) == maxKept {
		f.kept = append(f.kept[:0:0], f.kept[1:]...)
	}
	f.kept = append(f.kept, flightTrace{Request: rec.number, Target: rec.method + " " + rec.target, Took: took, data: data.Bytes()})
}

// traces returns the kept traces, oldest first.
func (f *flight) traces() []flightTrace {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]flightTrace(nil), f.kept...)
}

// trace returns the trace of a request; nil if none was kept.
func (f *flight) trace(request uint64) []byte {
	for _, kept := range f.traces() {
		if kept.Request == request {
			return kept.data
		}
	}
	return nil
}
