package web

import (
	"sync"
	"sync/atomic"

	"github.com/rs/zerolog"

	"github.com/mastaba-go/mastaba/views/web/internal/attributes"
	"github.com/mastaba-go/mastaba/views/web/internal/callbacks"
	"github.com/mastaba-go/mastaba/views/web/internal/header"
	"github.com/mastaba-go/mastaba/views/web/internal/origin"
	"github.com/mastaba-go/mastaba/views/web/internal/owned"
	"github.com/mastaba-go/mastaba/views/web/internal/stream"
	"github.com/mastaba-go/mastaba/views/web/internal/vary"
)

// extras is what most requests never need, allocated on first use. It belongs to the original
// request, and its copies share it.
type extras struct {
	detached atomic.Pointer[Detached] // whose copy the original is, if any
	vary     vary.Names               // the headers, other than Accept, that had a say in the choice of route and view
	accept   header.KeptAccept
	claims   origin.Kept
	interim  *stream.Interim        // shared with detached copies; nil without a client
	ready    atomic.Bool            // see Driver.ResponseReady
	savedIn  *Response              // where the session was saved
	view     atomic.Pointer[string] // see Driver.NameView

	attributes attributes.Set
	onResponse callbacks.List[func(*Request, *Response) error]
	onFinished callbacks.List[func(*Request) error]
	closers    callbacks.Closers               // closed after onFinished
	responses  owned.List[*Request, *Response] // what Response returns once the one in the request is taken

	mu sync.Mutex // guards all below

	id   string
	log  *zerolog.Logger
	sent Sent
}

// more returns the extras, allocating them if necessary.
func (r *Request) more() *extras {
	root := r.root()
	if x := root.extras.Load(); x != nil {
		return x
	}
	root.extras.CompareAndSwap(nil, new(extras))
	return root.extras.Load()
}
