package callbacks

import (
	"io"
	"sync"
)

// Closers are closed at the end. The zero value is empty. It is safe for concurrent use.
type Closers struct {
	mu  sync.Mutex // guards all
	all []io.Closer
}

// Add adds one.
func (c *Closers) Add(one io.Closer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = append(c.all, one)
}

// Adopt takes over those of other.
func (c *Closers) Adopt(other *Closers) {
	for _, one := range other.take() {
		c.Add(one)
	}
}

// Close closes all, each once. It ignores errors: a temporary file may stay behind, no more.
func (c *Closers) Close() {
	for _, one := range c.take() {
		_ = one.Close()
	}
}

func (c *Closers) take() []io.Closer {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := c.all
	c.all = nil
	return all
}
