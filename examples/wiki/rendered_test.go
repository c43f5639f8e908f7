package main

import (
	"html/template"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
)

// TestRenderedPages: what is used stays, and the bytes are bounded.
func TestRenderedPages(t *testing.T) {
	t.Parallel()
	var c renderedPages
	used := renderedKey{page: uuid.New(), version: 1}
	c.put(used, "used")
	large := template.HTML(strings.Repeat("x", 1<<20))
	for range 200 {
		body, ok := c.get(used)
		assert.True(t, ok)
		assert.EqualValues(t, "used", body)
		c.put(renderedKey{page: uuid.New()}, large)
		total := 0
		for _, generation := range []map[renderedKey]template.HTML{c.young, c.old} {
			for _, body := range generation {
				total += len(body)
			}
		}
		assert.LessOrEqual(t, total, renderedBytes)
	}
}

// TestRenderedAgain: a page that was edited, or moved so that its links lead elsewhere, is rendered
// again.
func TestRenderedAgain(t *testing.T) {
	t.Parallel()
	w, app := newApp(t)
	bob := member(t, w, app, "bob", "")
	send(bob, "/@@newfolder", "/@@newfolder", "name", "docs", "title", "Docs").Status(http.StatusSeeOther)
	send(bob, "/@@newpage", "/@@newpage", "name", "plan", "title", "Plan", "text", "[a](a) one").Status(http.StatusSeeOther)
	assert.Contains(t, bob.Get("/plan").Body, `href="/a"`)
	edit(bob, "/plan", "1", "Plan", "[a](a) two").Status(http.StatusSeeOther)
	assert.Contains(t, bob.Get("/plan").Body, `> two</p>`)
	send(bob, "/plan/@@move", "/plan/@@move", "name", "plan", "folder", "/docs").Status(http.StatusSeeOther)
	assert.Contains(t, bob.Get("/docs/plan").Body, `href="/docs/a"`)
}
