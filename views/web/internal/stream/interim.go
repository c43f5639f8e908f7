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

// NewInterim returns an Interim that sends with w, the writer for hr. It returns nil for a client
// of HTTP/1.0, which gets no informational responses (RFC 9110 15.2). It also returns nil if hr is
// not from a net/http server: other writers, such as httptest.ResponseRecorder, may take an
// informational response for the response itself.
func NewInterim(w http.ResponseWriter, hr *http.Request) *Interim {
	if !hr.ProtoAtLeast(1, 1) || hr.Context().Value(http.ServerContextKey) == nil {
		return nil
	}
	return &Interim{w: w}
}

// Send sends an informational response with the headers of the writer and those in h, which replace
// them. The headers of the writer stay as they were.
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

// Close waits for an informational response that is being sent. Send does nothing afterwards.
func (i *Interim) Close() {
	if i != nil {
		i.mu.Lock()
		defer i.mu.Unlock()
		i.w = nil
	}
}
