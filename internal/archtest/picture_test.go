package archtest

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestPictureIsSound checks the picture itself: an arrow that it may not hold is not allowed by
// writing it down.
func TestPictureIsSound(t *testing.T) {
	t.Parallel()
	for at, r := range picture {
		assert.Equal(t, at, find(r.path), "%s: a line above it covers it, or is the same", r.path)
		for _, to := range r.may {
			if to == "..." {
				assert.True(t, isProgram(r.path), "%s: only programs may import everything", r.path)
				continue
			}
			below := slices.IndexFunc(picture, func(other room) bool { return other.path == to })
			assert.Greater(t, below, at, "%s to %s: the room must be written below it", r.path, to)
			assert.Empty(t, edge(r.path, at, to, false), "%s to %s", r.path, to)
		}
		for _, to := range r.tests {
			assert.GreaterOrEqual(t, find(to), 0, "%s: unknown room %s for its tests", r.path, to)
		}
	}
	for _, group := range siblings {
		for _, path := range group {
			assert.GreaterOrEqual(t, find(path), 0, "unknown sibling %s", path)
		}
	}
	for _, m := range modules {
		assert.True(t, m.rooms != nil || m.tests, "module %s: no room may import it", m.path)
		for _, path := range m.rooms {
			known := slices.ContainsFunc(picture, func(r room) bool { return r.path == path || matches(path, r.path) })
			assert.True(t, known || find(path) >= 0, "module %s: unknown room %s", m.path, path)
		}
	}
}
