package origin_test

import (
	"context"
	"net"
	"net/http"
)

// withLocal is a context with the address at which the server was reached.
type withLocal struct {
	context.Context
	addr net.Addr
}

func (c withLocal) Value(key any) any {
	if key == http.LocalAddrContextKey {
		return c.addr
	}
	return c.Context.Value(key)
}
