package web

import (
	"net/http"

	"github.com/mastaba-go/mastaba/registry"
)

// The events of the framework. They are told as pointers: a subscriber of
// NewRequest takes a *web.NewRequest. They stand in the order in which one
// request tells them.
type (
	// ApplicationCreated is told once, when the application is whole, before it serves.
	ApplicationCreated struct {
		Registry *registry.Registry
		Handler  http.Handler
	}
	// NewRequest is told inside the tweens, before routing.
	NewRequest struct{ Request *Request }
	// BeforeTraversal is told after routing, before the root factory.
	BeforeTraversal struct{ Request *Request }
	// ResourceFound is told after traversal, before the view is looked up.
	ResourceFound struct{ Request *Request }
	// BeforeRender is told before a renderer runs. Subscribers may add to Vars
	// what a template should see beside Value.
	BeforeRender struct {
		Request  *Request
		Value    any
		Vars     map[string]any
		Renderer string
	}
	// NewResponse is told when the response callbacks are done.
	NewResponse struct {
		Request  *Request
		Response *Response
	}
)

// RequestEvent is an event about one request, so that predicates can filter it.
type RequestEvent interface{ EventRequest() *Request }

// EventRequest returns the request that the event is about.
func (e *NewRequest) EventRequest() *Request { return e.Request }

// EventRequest returns the request that the event is about.
func (e *BeforeTraversal) EventRequest() *Request { return e.Request }

// EventRequest returns the request that the event is about.
func (e *ResourceFound) EventRequest() *Request { return e.Request }

// EventRequest returns the request that the event is about.
func (e *BeforeRender) EventRequest() *Request { return e.Request }

// EventRequest returns the request that the event is about.
func (e *NewResponse) EventRequest() *Request { return e.Request }

var (
	_ RequestEvent = (*NewRequest)(nil)
	_ RequestEvent = (*BeforeTraversal)(nil)
	_ RequestEvent = (*ResourceFound)(nil)
	_ RequestEvent = (*BeforeRender)(nil)
	_ RequestEvent = (*NewResponse)(nil)
)
