package frameworktest

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// events are the names of the recorded events, in order.
type events struct {
	mu    sync.Mutex // guards names
	names []string
}

func (e *events) all() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.names)
}

// record subscribes to every event of the framework.
func record(config *framework.Configurator) *events {
	e := new(events)
	subscribe[*web.ApplicationCreated](config, e, "ApplicationCreated")
	subscribe[*web.NewRequest](config, e, "NewRequest")
	subscribe[*web.BeforeTraversal](config, e, "BeforeTraversal")
	subscribe[*web.ResourceFound](config, e, "ResourceFound")
	subscribe[*web.BeforeRender](config, e, "BeforeRender")
	subscribe[*web.NewResponse](config, e, "NewResponse")
	registry.Subscribe(config, func(e *web.NewResponse) error {
		// The context of net/http: Request.Context would keep the request from being recycled.
		if handled, ok := e.Request.Request.Context().Value(handledKey{}).(*handledError); ok {
			err := e.Request.Err()
			handled.err.Store(&err)
		}
		return nil
	})
	return e
}

// handledError is the error of a request that an error view handled. Its address is in the context
// of the request.
type handledError struct{ err atomic.Pointer[error] }

type handledKey struct{}

// get returns the error, nil without one.
func (h *handledError) get() error {
	if err := h.err.Load(); err != nil {
		return *err
	}
	return nil
}

func subscribe[E any](config *framework.Configurator, e *events, name string) {
	registry.Subscribe(config, func(E) error {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.names = append(e.names, name)
		return nil
	})
}
