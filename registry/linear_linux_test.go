package registry_test

import (
	"testing"

	"github.com/mastaba-go/mastaba/internal/cputime"
	"github.com/mastaba-go/mastaba/registry"
)

// A build of 32,000 declarations takes about as long as 32 builds of 1,000.
func TestBuildIsNotQuadratic(t *testing.T) {
	kinds := map[string]func(n int) *registry.Config{
		"plain": declare,
		"chain": declareChain,
		"conflict": func(n int) *registry.Config {
			c := registry.New(registry.Options{})
			for range n {
				c.Declare(registry.Declaration{ID: "the same"})
			}
			return c
		},
	}
	for name, configure := range kinds {
		t.Run(name, func(t *testing.T) {
			few, many := configure(1_000), configure(32_000)
			cputime.AssertLinear(t, 32, func() { _, _ = few.Build() }, func() { _, _ = many.Build() })
		})
	}
}
