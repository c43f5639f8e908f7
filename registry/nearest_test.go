package registry_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/registry"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	names := []string{"json", "string", "page.html", "jsonp"}
	for name, want := range map[string]string{
		"jsno":      "json",
		"JSON":      "",
		"strin":     "string",
		"page.htm":  "page.html",
		"jsonpp":    "jsonp",
		"unrelated": "",
		"x":         "",
		"":          "",
	} {
		assert.Equal(t, want, registry.Nearest(name, names), name)
	}
	assert.Empty(t, registry.Nearest("json", nil))
}
