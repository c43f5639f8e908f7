package markdown_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/examples/markdown"
)

func TestTitle(t *testing.T) {
	for document, want := range map[string]string{
		"":       "",
		"text\n": "",
		"text\n\n## The *second* `one` [here](x)\n":   "The second one here",
		"Title\nof two lines\n=====\n":                "Title of two lines",
		"---\ntitle: \"In: front\"\n---\n# Heading\n": "In: front",
		"---\r\ntitle: 'It'\r\n---\r\n":               "It",
		"+++\ndraft = true\ntitle = \"TOML\"\n+++\n":  "TOML",
		"---\nauthor: x\ntitle:\n---\n# Heading\n":    "Heading",
		"```\n# code\n```\n# Heading\n":               "Heading",
	} {
		assert.Equal(t, want, markdown.Title([]byte(document)), "%q", document)
	}
}
