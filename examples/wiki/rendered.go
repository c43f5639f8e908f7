package main

import (
	"html/template"
	"sync"

	"github.com/google/uuid"

	"github.com/mastaba-go/mastaba/framework"
)

// renderedBytes is how much HTML an instance keeps at most.
const renderedBytes = 32 << 20

// renderedKey is what the HTML of a page depends on: its text, and where its links start.
type renderedKey struct {
	page      uuid.UUID
	version   int64
	base, top string
}

// renderedPages keeps the HTML of pages. It has two generations, each with half of the bytes: when
// the young one is full, it becomes the old one, and what was old is forgotten. HTML that is used
// becomes young again. The zero value is empty. It is safe for concurrent use.
type renderedPages struct {
	mu         sync.Mutex // guards all below
	young, old map[renderedKey]template.HTML
	size       int // bytes in young
}

func (c *renderedPages) get(key renderedKey) (template.HTML, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	body, ok := c.young[key]
	if !ok {
		if body, ok = c.old[key]; ok {
			c.add(key, body)
		}
	}
	return body, ok
}

func (c *renderedPages) put(key renderedKey, body template.HTML) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.young[key]; !ok {
		c.add(key, body)
	}
}

// add adds to the young generation. The caller holds mu.
func (c *renderedPages) add(key renderedKey, body template.HTML) {
	const entry = 200 // bytes, about, besides the texts
	size := len(body) + len(key.base) + len(key.top) + entry
	if c.size+size > renderedBytes/2 {
		c.old, c.young, c.size = c.young, nil, 0
	}
	if c.young == nil {
		c.young = map[renderedKey]template.HTML{}
	}
	c.young[key] = body
	c.size += size
}

// body returns the text of a page as HTML.
func (w *wiki) body(r *framework.Request, p *Page) (template.HTML, error) {
	folder, _ := folderOf(r.Node())
	base, top, err := linkBases(r, folder)
	if err != nil {
		return "", err
	}
	key := renderedKey{p.ID(), p.Version(), base, top}
	if body, ok := w.rendered.get(key); ok {
		return body, nil
	}
	body, err := render(r, folder, p.Text)
	if err == nil {
		w.rendered.put(key, body)
	}
	return body, err
}
