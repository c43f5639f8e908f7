package web

import (
	"net/http"

	"github.com/mastaba-go/mastaba/registry"
)

// The events of the framework, in the order in which one request causes them. Subscribers get
// pointers, such as *web.NewRequest.
type (
	// ApplicationCreated occurs once, when the application is built and does not serve yet.
	ApplicationCreated struct {
		Registry *registry.Registry
		Handler  http.Handler
	}
	// NewRequest occurs inside the tweens, before routing.
	NewRequest struct{ Request *Request }
	// BeforeTraversal occurs after routing, before the root factory.
	BeforeTraversal struct{ Request *Request }
	// ResourceFound occurs after traversal, before view lookup.
	ResourceFound struct{ Request *Request }
	// BeforeRender occurs before a renderer runs. Subscribers may add to Vars, which templates get
	// in addition to Value.
	BeforeRender struct {
		Request  *Request
		Value    any
		Vars     map[string]any
		Renderer string
	}
	// NewResponse occurs after the response callbacks. Those of a subscriber do not run.
	NewResponse struct {
		Request  *Request
		Response *Response
	}
)

// RequestEvent is an event of one request, which predicates can filter: see [Where].
type RequestEvent interface{ EventRequest() *Request }

// EventRequest returns the request.
func (e *NewRequest) EventRequest() *Request { return e.Request }

// EventRequest returns the request.
func (e *BeforeTraversal) EventRequest() *Request { return e.Request }

// EventRequest returns the request.
func (e *ResourceFound) EventRequest() *Request { return e.Request }

// EventRequest returns the request.
func (e *BeforeRender) EventRequest() *Request { return e.Request }

// EventRequest returns the request.
func (e *NewResponse) EventRequest() *Request { return e.Request }

var (
	_ RequestEvent = (*NewRequest)(nil)
	_ RequestEvent = (*BeforeTraversal)(nil)
	_ RequestEvent = (*ResourceFound)(nil)
	_ RequestEvent = (*BeforeRender)(nil)
	_ RequestEvent = (*NewResponse)(nil)
)
