package registry_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
)

func TestSourceString(t *testing.T) {
	t.Parallel()
	dir, err := os.Getwd()
	require.NoError(t, err)
	abs := func(parts ...string) string { return filepath.Join(append([]string{dir}, parts...)...) }
	tests := []struct {
		in   registry.Source
		want string
	}{
		{registry.Source{}, "(unknown source)"},
		{registry.Source{File: abs("wiki", "views.go"), Line: 41}, "wiki/views.go:41"},
		{registry.Source{File: abs("..odd", "views.go"), Line: 41}, "..odd/views.go:41"},
		{registry.Source{File: abs("..", "views.go"), Line: 41}, abs("..", "views.go") + ":41"},
		{registry.Source{File: "example.org/wiki/views.go", Line: 41}, "example.org/wiki/views.go:41"},
		{registry.Source{File: "generated"}, "generated"},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, tt.in.String())
	}
	assert.Equal(t, "source", registry.Source{File: "source"}.String())
	assert.Zero(t, registry.Caller(1000))
	assert.Equal(t, "source_test.go:35", registry.Caller(0).String())
}
