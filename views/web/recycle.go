package web

import (
	"net/http"

	"github.com/mastaba-go/mastaba/views/web/internal/ended"
)

// Keep makes the request safe to use after its end, in an application that recycles requests
// (framework.Options.RecycleRequests): this one is then not used for another request. In all other
// applications it does nothing.
//
// Call it before a goroutine that may outlive the request gets the request, or before the request
// is stored. It is safe for concurrent use, but only while the request is handled. Whatever returns
// a part of the request that may be kept has the same effect: Context, WithContext, Clone, With,
// WithNode, HTTP, Node, Result, Match and so on, [Driver.Detach], and a response whose body is a
// reader, a stream or a handler. So have goroutines started by async.Go, which need the context.
//
// Without Keep, code may keep past the end of the request what it got from Param, Parameters, ID,
// Log, Key.Get and the fields of the *http.Request, such as URL and Header. It must not keep the
// Request itself, nor a [Response] (see Response.Clone).
func (r *Request) Keep() {
	if r.app.Recycle {
		r.keep()
	}
}

func (r *Request) keep() {
	if root := r.root(); !root.kept.Load() {
		root.kept.Store(true)
	}
}

// BeginRecycled is [Begin] for a request that ends with [Driver.Recycle]: it may use the memory of
// an earlier one.
func BeginRecycled(app *Application, hr *http.Request) *Request {
	r, _ := app.ended.Get().(*Request)
	if r == nil {
		return Begin(app, hr)
	}
	r.Request, r.app = hr, app
	return r
}

// Recycle ends a request, unless work has used its scope or it is a copy; then it returns false,
// and EndScope has to end it. With Application.Recycle it also gives up the request, unless
// something keeps it (see [Request.Keep]): it must not be used anymore, nor its responses.
//
// With Application.Poison the memory is not used again. The request is poisoned instead: its
// methods panic with an [EndedError], except those that return what all requests share or only read
// its *http.Request. Its fields hold the text of the error, and the response cannot be sent.
func (d Driver) Recycle() bool {
	r := d.r
	app := r.app
	switch {
	case r.from != nil || r.slot.Peek() != nil:
		return false
	case !app.Recycle || r.kept.Load():
		return r.slot.Close()
	}
	if app.Poison {
		_ = r.slot.End(0)
		r.poison()
		return true
	}
	result := r.result
	if *r = (Request{}); result.HasRoom() {
		result.Reset()
		r.result = result
	}
	app.ended.Put(r)
	return true
}

// NameView records which view handles the request, for an EndedError. Without Application.Poison it
// does nothing.
func (d Driver) NameView(view string) {
	if d.r.app.Poison {
		d.r.more().view.Store(&view)
	}
}

// EndedError is what methods of a request panic with that was used after its end, where requests
// are poisoned: in frameworktest and "serve --dev", if the application recycles requests. The stack
// of the panic shows who used it.
type EndedError struct {
	Method, Path string // of the request
	Route        string // that matched; "" if none did
	View         string // that handled it, with its file and line; "" if none did
}

var _ error = (*EndedError)(nil)

// Error names the request and its view, and says what to do.
func (e *EndedError) Error() string { return ended.Text(e.Method, e.Path, e.Route, e.View) }

// poison makes the request unusable.
func (r *Request) poison() {
	e := &EndedError{Method: r.Method, Path: r.URL.Path}
	if x := r.extras.Load(); x != nil && x.view.Load() != nil {
		e.View = *x.view.Load()
	}
	if r.flags&flagMatched != 0 {
		e.Route = r.match.Route
	}
	r.from = &derivation{ended: e}
	r.Request = ended.Request(e)
	r.first = Response{}
	r.first.reply.Fail(e)
}
