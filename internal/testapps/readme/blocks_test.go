package readme

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestBlocks(t *testing.T) {
	t.Parallel()
	const text = "# Title\n```go\na\n```\n## One\ntext\n\n    indented\n\n```go\nb {\n## no heading\n}\n```\n```sh\nc\n```\n## Two\n```go\nd\n```\n"
	want := []block{{"", "a\n"}, {"One", "b {\n## no heading\n}\n"}, {"Two", "d\n"}}
	assert.Equal(t, want, blocks(text))
}
