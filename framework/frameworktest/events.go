package frameworktest

import (
	"slices"
	"sync"

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
	return e
}

func subscribe[E any](config *framework.Configurator, e *events, name string) {
	registry.Subscribe(config, func(E) error {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.names = append(e.names, name)
		return nil
	})
}
