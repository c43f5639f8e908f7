package web

// Drainer is what an Invoker may be as well: one that tells when its server
// begins to drain.
type Drainer interface {
	// Draining returns a channel that is closed when the drain begins.
	Draining() <-chan struct{}
}

// Draining returns a channel that is closed when the server has stopped to
// take connections and waits for the requests under way: the moment for
// streams and sockets to come to an end, so that their clients connect again
// elsewhere. It is nil, which is never ready, where nothing drains.
//
//	select {
//	case event := <-events:
//	case <-r.Draining():
//		return nil
//	case <-r.Context().Done():
//		return r.Context().Err()
//	}
func (r *Request) Draining() <-chan struct{} {
	if d, ok := r.app.Invoker.(Drainer); ok {
		return d.Draining()
	}
	return nil
}
