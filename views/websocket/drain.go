package websocket

import "sync"

// drains has the open sockets of each running application, by the channel that is closed when its
// server stops. Each has one goroutine that waits for that; the last socket that leaves ends it.
var drains = struct {
	mu     sync.Mutex // guards all
	groups map[<-chan struct{}]*drainGroup
}{groups: map[<-chan struct{}]*drainGroup{}}

type drainGroup struct {
	conns map[*Conn]struct{}
	empty chan struct{} // closed when the last one leaves
	done  chan struct{} // closed when the goroutine has ended
}

// joinDrain closes a socket with 1001 once draining is closed. leave has to be called.
func joinDrain(draining <-chan struct{}, c *Conn) (leave func()) {
	if draining == nil {
		return func() {}
	}
	drains.mu.Lock()
	defer drains.mu.Unlock()
	g := drains.groups[draining]
	if g == nil {
		g = &drainGroup{conns: map[*Conn]struct{}{}, empty: make(chan struct{}), done: make(chan struct{})}
		drains.groups[draining] = g
		go g.wait(draining)
	}
	g.conns[c] = struct{}{}
	return func() { g.leave(draining, c) }
}

func (g *drainGroup) leave(draining <-chan struct{}, c *Conn) {
	drains.mu.Lock()
	delete(g.conns, c)
	last := len(g.conns) == 0 && drains.groups[draining] == g
	if last {
		delete(drains.groups, draining)
		close(g.empty)
	}
	drains.mu.Unlock()
	if last {
		<-g.done
	}
}

// wait closes the sockets when the server stops.
func (g *drainGroup) wait(draining <-chan struct{}) {
	defer close(g.done)
	select {
	case <-g.empty:
		return
	case <-draining:
	}
	drains.mu.Lock()
	defer drains.mu.Unlock()
	for c := range g.conns {
		c.close(&CloseError{Code: StatusGoingAway, Reason: "the server is stopping"}, gracefully)
	}
}
