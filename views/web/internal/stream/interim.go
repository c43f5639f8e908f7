package stream

import (
	"maps"
	"net/http"
	"sync"

	"github.com/mastaba-go/mastaba/views/web/internal/header"
)

// Interim sends informational responses (1xx) until the response itself is sent. It is safe for
// concurrent use. A nil Interim sends nothing.
type Interim struct {
	mu sync.Mutex
	w  http.ResponseWriter // nil once closed
}

// NewInterim returns an Interim that sends to w, the writer of hr. It returns nil for a client of
// HTTP/1.0, which gets no informational responses (RFC 9110 15.2), and for what is not net/http's
// server and may take one for the response, as httptest.ResponseRecorder does.
func NewInterim(w http.ResponseWriter, hr *http.Request) *Interim {
	if !hr.ProtoAtLeast(1, 1) || hr.Context().Value(http.ServerContextKey) == nil {
		return nil
	}
	return &Interim{w: w}
}

// Send adds h to the headers of the writer for this one response.
func (i *Interim) Send(status int, h http.Header) {
	if i == nil {
		return
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.w == nil {
		return
	}
	own := i.w.Header()
	before := maps.Clone(own)
	maps.Copy(own, h)
	i.w.WriteHeader(status)
	header.Restore(own, before)
}

// Close waits for an informational response that is being sent, and drops later ones.
func (i *Interim) Close() {
	if i != nil {
		i.mu.Lock()
		defer i.mu.Unlock()
		i.w = nil
	}
}
