package routes

import (
	"strings"

	"github.com/mastaba-go/mastaba/registry"
)

// prefixKey carries the prefix through a configuration and its includes.
type prefixKey struct{}

// WithPrefix returns a Config that puts prefix before the patterns of the routes
// declared with it and with what it includes, after the prefix that c carries
// already. Prefix and pattern meet in one slash. A prefix of slashes only is none.
func WithPrefix(c *registry.Config, prefix string) *registry.Config {
	joined := strings.TrimRight(prefixOf(c), "/") + "/" + strings.TrimLeft(prefix, "/")
	return c.With(prefixKey{}, strings.Trim(joined, "/"))
}

func prefixOf(c *registry.Config) string {
	prefix, _ := c.Value(prefixKey{}).(string)
	return prefix
}

// prefixed puts the prefix before a pattern. An empty pattern gives a slash at the
// end, unless it is to inherit that of the prefix, which has none.
func prefixed(prefix, pattern string, inheritSlash bool) string {
	switch {
	case prefix == "":
		return pattern
	case pattern == "" && inheritSlash:
		return prefix
	}
	return prefix + "/" + strings.TrimLeft(pattern, "/")
}
