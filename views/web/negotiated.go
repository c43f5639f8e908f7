package web

// SetNegotiated tells the request that its Accept header has a say in what answers
// it. Whoever chooses among routes or views by it calls this, on the request's own
// goroutine.
func SetNegotiated(r *Request) { r.host().flags |= flagNegotiated }

// Negotiated reports whether the Accept header had a say so far. The framework
// adds it to Vary then, when a view has answered (RFC 9110, 12.5.5).
func (r *Request) Negotiated() bool { return r.host().flags&flagNegotiated != 0 }
