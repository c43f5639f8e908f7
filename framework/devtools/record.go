package devtools

import (
	"net/http"
	"sync"
	"time"
)

// Bounds of what is kept.
const (
	maxRecords  = 100
	maxBytes    = 16 << 20 // of all records
	maxSpans    = 400      // of a request
	maxLines    = 200      // of the log of a request
	maxLogBytes = 32 << 10 // of the log of a request
	maxVars     = 50       // of a template
)

// fact is a named value.
type fact struct{ Name, Value string }

// span is a part of the time of a request.
type span struct {
	Kind  string // see the class names in toolbar.css
	Name  string
	Depth int           // how many spans are around it
	Begin time.Duration // since the begin of the request
	End   time.Duration // 0 while it lasts
	Note  string
}

// line is a line of the log.
type line struct {
	Level, Time, Text string
	Fields            []fact
}

// rendering is a call of a renderer.
type rendering struct {
	Renderer string
	Value    string // its type
	Vars     []fact
}

// record is what is known about one request. Its goroutines add to it while it lasts.
type record struct {
	number  uint64
	id      string // in the log
	begin   time.Time
	method  string
	target  string
	remote  string
	request []fact // the header
	bytes   int    // guarded by the history

	mu        sync.Mutex    // guards all below
	again     *http.Request // for an explanation; its body was read
	status    int           // 0 until there is a response
	kind      string        // content type of the response
	size      int64
	ready     time.Duration // until there was a response
	took      time.Duration // until it was sent; 0 until then
	response  []fact        // the header
	facts     []fact        // about the routing
	user      string
	session   []fact
	rendered  []rendering
	spans     []span
	open      []int // of spans
	dropped   int   // spans that were too many
	lines     []line
	logBytes  int
	lostLines int
	failure   string
}

// since returns the time since the begin.
func (rec *record) since() time.Duration { return max(time.Since(rec.begin), 1) }

// start begins a span inside those that are open. end ends it, and those inside it that are still
// open.
func (rec *record) start(kind, name string) (end func(note string)) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if len(rec.spans) == maxSpans {
		rec.dropped++
		return func(string) {}
	}
	at := len(rec.spans)
	rec.spans = append(rec.spans, span{Kind: kind, Name: name, Depth: len(rec.open), Begin: rec.since()})
	rec.open = append(rec.open, at)
	return func(note string) {
		rec.mu.Lock()
		defer rec.mu.Unlock()
		rec.close(at, note)
	}
}

// close ends a span. The caller holds mu.
func (rec *record) close(at int, note string) {
	now := rec.since()
	for len(rec.open) > 0 {
		last := rec.open[len(rec.open)-1]
		if last < at {
			break
		}
		rec.open = rec.open[:len(rec.open)-1]
		rec.spans[last].End = now
	}
	if rec.spans[at].End == 0 { // its goroutine outlived the span around it
		rec.spans[at].End = now
	}
	if note != "" {
		rec.spans[at].Note = note
	}
}

// closeKind ends the innermost open span of a kind.
func (rec *record) closeKind(kind, note string) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	for i := len(rec.open) - 1; i >= 0; i-- {
		if at := rec.open[i]; rec.spans[at].Kind == kind {
			rec.close(at, note)
			return
		}
	}
}

// past adds a span that has just ended.
func (rec *record) past(kind, name, note string, took time.Duration) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if len(rec.spans) == maxSpans {
		rec.dropped++
		return
	}
	now := rec.since()
	rec.spans = append(rec.spans, span{Kind: kind, Name: name, Note: note, Depth: len(rec.open), Begin: max(now-took, 0), End: now})
}

// count returns the number of spans of a kind.
func (rec *record) count(kind string) (n int) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	for _, s := range rec.spans {
		if s.Kind == kind {
			n++
		}
	}
	return n
}

// log adds a line.
func (rec *record) log(l line, size int) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if len(rec.lines) == maxLines || rec.logBytes+size > maxLogBytes {
		rec.lostLines++
		return
	}
	rec.lines, rec.logBytes = append(rec.lines, l), rec.logBytes+size
}

// weight returns about how many bytes the record has. The caller holds mu.
func (rec *record) weight() int {
	n := len(rec.target) + len(rec.failure) + rec.logBytes
	for _, s := range rec.spans {
		n += 80 + len(s.Name) + len(s.Note)
	}
	for _, facts := range [][]fact{rec.request, rec.response, rec.facts, rec.session} {
		n += weigh(facts)
	}
	for _, r := range rec.rendered {
		n += weigh(r.Vars)
	}
	for name, values := range rec.again.Header { // kept whole, for the explanation
		for _, value := range values {
			n += len(name) + len(value)
		}
	}
	return n
}

func weigh(facts []fact) (n int) {
	for _, f := range facts {
		n += 32 + len(f.Name) + len(f.Value)
	}
	return n
}
