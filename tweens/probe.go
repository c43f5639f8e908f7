package tweens

import "github.com/mastaba-go/mastaba/views/web"

// Probe wraps each tween of a chain, and the router, whose name is [Main], when the chain is built.
// A development server measures with it. It is a component of the registry; without one a chain is
// built as if there were none. Its handlers must call the one that they are given.
type Probe func(name string, handler web.Handler) web.Handler
