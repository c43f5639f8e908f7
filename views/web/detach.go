package web

import (
	"context"
	"io"
	"net/http"
	"sync/atomic"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web/internal/body"
	"github.com/mastaba-go/mastaba/views/web/internal/lentbody"
)

// Detached is a copy of a request for a goroutine that may outlive the response: at a deadline, the
// response is sent while the view is still running. The copy shares nothing mutable with the
// original, so that neither sees what is done to the other, and there are no races. It ends with
// Attach or Abandon.
//
//   - The http.Request is cloned, with its headers, URL and forms. The body is lent; Abandon
//     revokes it.
//   - Match, walk, error and the response of [Request.Response] are copied.
//   - Attributes are copied; id and log are the same. A value that both know is still one value,
//     except for the session: what the copy does to it counts from Attach on.
//   - Callbacks that are added to the copy are its own until Attach.
//   - The scope is that of the original, if ctx derives from its context: what the copy starts is
//     waited for, and nothing can be started after the original has ended.
//
// Most applications need the timeout tween instead, which uses it.
type Detached struct {
	from, copy *Request
	body       *lentbody.Body // nil without a body
	original   io.ReadCloser  // the body that was lent
	join       func()         // of the attributes
	outer      *Detached      // that from belongs to, if any
	published  atomic.Pointer[progress]
}

// progress is what Publish published. It is immutable.
type progress struct {
	match  Match
	flags  requestFlags
	result traversal.Result
}

// Detach returns a copy of the request, with ctx as its context, for a goroutine that may outlive
// the response: see [Detached].
func (d Driver) Detach(ctx context.Context) *Detached {
	r := d.r
	r.Keep()
	id, h, x := r.ID(), r.host(), r.more()
	c := &Request{app: r.app, from: &derivation{parent: ctx}, err: h.err, flags: h.flags & flagsLearned, match: h.match, result: h.result}
	h.result = h.walked() // if there is none yet, the copy walks in the room of the original
	c.flags |= r.root().flags & flagErrorsHandled
	if resp := r.openResponse(); resp != nil {
		c.first = *resp.Clone()
		c.state.Store(responseOpen)
	}
	made := &Detached{from: r, copy: c, outer: x.detached.Load()}
	own := &extras{id: id, interim: x.interim}
	own.detached.Store(made)
	own.vary.Add(x.vary.All()...)
	own.claims.Keep(x.claims.Of(r.Request))
	made.join = own.attributes.Fork(&x.attributes)
	x.mu.Lock()
	if x.log != nil {
		log := x.log.With().Logger() // with memory of its own
		own.log = &log
	}
	x.mu.Unlock()
	c.extras.Store(own)
	c.Request = r.Request.Clone(c.Context())
	made.lendBody()
	return made
}

// lendBody lends the body to the copy, with a limit of its own, which the router may change.
func (d *Detached) lendBody() {
	b := d.from.Request.Body
	if b == nil || b == http.NoBody {
		return
	}
	d.original = b
	limited, ok := b.(*body.Limited)
	if !ok {
		d.body = lentbody.Lend(b, d.from.Request, d.copy.Request)
		d.copy.Request.Body = d.body
		return
	}
	d.body = lentbody.Lend(limited.Body, d.from.Request, d.copy.Request)
	d.copy.Request.Body = limited.Over(d.body)
}

// Request returns the copy.
func (d *Detached) Request() *Request { return d.copy }

// Attach makes the original take over what the copy learned, changed and registered. The goroutine
// of the copy must be done with it. From then on both share attributes, callbacks, id and log, as
// other copies do, so a body that is streamed later may use the copy.
func (d *Detached) Attach() {
	r, c := d.from, d.copy
	h := r.host()
	h.match, h.result, h.err = c.match, c.result, c.err
	h.flags = h.flags&^flagsLearned | c.flags&flagsLearned
	d.adoptExtras()
	h.adoptResponse(c)
	to, from := r.Request, c.Request
	to.Method, to.URL, to.Host, to.RequestURI, to.RemoteAddr = from.Method, from.URL, from.Host, from.RequestURI, from.RemoteAddr
	r.showMatch(to)
	to.Header, to.Trailer, to.Pattern = from.Header, from.Trailer, from.Pattern
	to.Form, to.PostForm, to.MultipartForm = from.Form, from.PostForm, from.MultipartForm
	if d.body == nil || from.Body != io.ReadCloser(d.body) {
		to.Body = from.Body // such as the one that Parameters restored
	}
}

// adoptExtras makes the original use the extras of the copy, which keeps using them too.
func (d *Detached) adoptExtras() {
	old, own := d.from.more(), d.copy.extras.Load()
	own.attributes.Adopt(&old.attributes)
	d.join()
	own.onResponse.Precede(&old.onResponse)
	own.onFinished.Precede(&old.onFinished)
	own.responses.Adopt(&old.responses)
	old.mu.Lock()
	defer old.mu.Unlock()
	own.mu.Lock()
	defer own.mu.Unlock()
	own.closers.Adopt(&old.closers)
	own.detached.Store(d.outer)
	own.vary.Add(old.vary.All()...)
	d.from.root().extras.Store(own)
}

// Abandon separates the original from a copy whose goroutine is still running. The original takes
// over what was published of the copy, and the copy can no longer read the body; nor can the
// original, if the copy has started. A read in progress is not interrupted: reading is closed when
// the last one returns, and nil if there is none.
func (d *Detached) Abandon() (reading <-chan struct{}) {
	if p := d.published.Load(); p != nil {
		h := d.from.host()
		h.match, h.result = p.match, p.result
		h.flags = h.flags&^flagsLearned | p.flags&flagsLearned
		d.from.more().vary.Add(d.copy.more().vary.All()...)
		d.from.showMatch(d.from.Request)
		d.from.publish()
	}
	if d.body == nil {
		return nil
	}
	used, reading := d.body.Revoke()
	if used {
		d.from.putBack(d.original, lentbody.Revoked{})
	}
	return reading
}

func (r *Request) publish() {
	x := r.root().extras.Load()
	if x == nil {
		return
	}
	if d := x.detached.Load(); d != nil {
		h := r.host()
		d.published.Store(&progress{h.match, h.flags, h.walked()})
	}
}

// walked returns the walk; the zero Result before it, since only one walk can use the room for it.
func (h *Request) walked() traversal.Result {
	if h.result.IsZero() {
		return traversal.Result{}
	}
	return h.result
}

// openResponse returns what Response returned and no view has returned yet, nil without one.
func (r *Request) openResponse() *Response {
	h := r.host()
	if h.state.Load() == responseOpen {
		return &h.first
	}
	resp, _ := h.more().responses.Get(h)
	return resp
}

// adoptResponse takes over the open response of c.
func (h *Request) adoptResponse(c *Request) {
	resp := c.openResponse()
	h.forgetResponse()
	if resp != nil {
		h.state.CompareAndSwap(responseFree, responseTaken)
		h.more().responses.Put(h, resp)
	}
}
