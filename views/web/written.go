package web

// Sent returns what reached the client: for finished callbacks, which run after the response was sent. It is zero before,
// and for a response that was never sent (App.Do, a subrequest).
//
// Send notes it on the original request. A copy sends into the writer of net/http middleware between tweens, which is not
// the client's.
func (r *Request) Sent() Sent {
	x := r.root().extras.Load()
	if x == nil {
		return Sent{}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.sent
}

// noteSent keeps what was sent, if anything may ask: without extras there are no callbacks.
func (r *Request) noteSent(sent Sent) {
	if r.origin() != nil {
		return
	}
	if x := r.extras.Load(); x != nil {
		x.mu.Lock()
		defer x.mu.Unlock()
		x.sent = sent
	}
}
