package devtools

import (
	"slices"
	"sync"
)

// history holds the newest requests.
type history struct {
	mu      sync.Mutex // guards all
	last    uint64
	records []*record          // oldest first
	byID    map[string]*record // for the log
	bytes   int                // of all records that have ended, about
}

// add gives a record its number, and forgets the oldest if there are too many.
func (h *history) add(rec *record) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last++
	rec.number = h.last
	if len(h.records) == maxRecords {
		h.dropOldest()
	}
	h.records = append(h.records, rec)
	if h.byID == nil {
		h.byID = map[string]*record{}
	}
	h.byID[rec.id] = rec
}

// ended counts the bytes of a record that has ended, and forgets the oldest if there are too many.
func (h *history) ended(rec *record, bytes int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !slices.Contains(h.records, rec) {
		return
	}
	rec.bytes = bytes
	h.bytes += bytes
	for h.bytes > maxBytes && len(h.records) > 1 {
		h.dropOldest()
	}
}

// dropOldest forgets a record. The caller holds mu.
func (h *history) dropOldest() {
	rec := h.records[0]
	h.records = append(h.records[:0:0], h.records[1:]...)
	h.bytes -= rec.bytes
	if h.byID[rec.id] == rec {
		delete(h.byID, rec.id)
	}
}

// all returns the records, newest first.
func (h *history) all() []*record {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := make([]*record, 0, len(h.records))
	for i := len(h.records) - 1; i >= 0; i-- {
		all = append(all, h.records[i])
	}
	return all
}

// get returns a record; nil if it is forgotten.
func (h *history) get(number uint64) *record {
	for _, rec := range h.all() {
		if rec.number == number {
			return rec
		}
	}
	return nil
}

// of returns the record with an id in the log; nil if there is none.
func (h *history) of(id string) *record {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.byID[id]
}

// clear forgets all.
func (h *history) clear() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.records, h.byID, h.bytes = nil, nil, 0
}
