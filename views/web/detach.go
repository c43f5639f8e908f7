package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/mastaba-go/mastaba/traversal"
)

// Detached is a request in the hands of a goroutine that may outlive its answer: a deadline can only be kept if somebody
// else answers while the view still runs. The copy shares nothing that changes with the request it was made of, so that
// whatever is done to either has no effect on the other, and is no race. One of Attach and Abandon ends that.
//
//   - The http.Request is cloned, headers, URL and forms with it. The body is lent, and taken back by Abandon.
//   - Match, walk, error and the response that Response fills are copied.
//   - Attributes are those of the moment, id and log are equal. A value that both sides know is one value all the same: a
//     session in an attribute is the business of who wrote it.
//   - Callbacks that are added to the copy are its own until Attach.
//   - The scope is that of the original, as far as ctx leads there: what the copy starts is waited for, and nothing can be
//     started once the original has ended.
//
// Most applications need the timeout tween instead, which is made of it.
type Detached struct {
	from, copy *Request
	body       *lentBody     // nil without a body
	original   io.ReadCloser // the body that was lent
	outer      *Detached     // that from belongs to, if any
	known      atomic.Pointer[known]
}

// known is what Publish showed. It never changes.
type known struct {
	match  Match
	flags  requestFlags
	result traversal.Result
}

func (r *Request) detach(ctx context.Context) *Detached {
	id, h, x := r.ID(), r.host(), r.more()
	c := &Request{app: r.app, from: &derivation{parent: ctx}, err: h.err, flags: h.flags & flagsLearned, match: h.match, result: h.result}
	c.flags |= r.root().flags & flagErrorsHandled
	if set := r.touched(); set != nil {
		c.first = *set.Clone()
		c.claim.Store(claimTouched)
	}
	d := &Detached{from: r, copy: c, outer: x.detached.Load()}
	own := &extras{id: id}
	own.detached.Store(d)
	x.mu.Lock()
	own.attributes = slices.Clone(x.attributes)
	if x.log != nil {
		log := x.log.With().Logger() // with memory of its own
		own.log = &log
	}
	x.mu.Unlock()
	c.extras.Store(own)
	c.Request = r.Request.Clone(c.Context())
	d.lend()
	return d
}

// lend gives the body to the copy. A bound on it is the copy's own, which the router may move.
func (d *Detached) lend() {
	b := d.from.Request.Body
	if b == nil || b == http.NoBody {
		return
	}
	d.original = b
	d.body = &lentBody{body: b, owner: d.from.Request, user: d.copy.Request}
	d.copy.Request.Body = d.body
	if bounded, ok := b.(*limitedBody); ok {
		own := *bounded
		d.body.body, own.body = bounded.body, d.body
		d.copy.Request.Body = &own
	}
}

// Request returns the copy.
func (d *Detached) Request() *Request { return d.copy }

// Attach ends the detachment of a copy whose goroutine is done with it: what it learned and changed is the original's from
// then on, its callbacks too. Both share attributes, callbacks, id and log, as other copies do, so a body that is streamed
// later may go on with the copy.
func (d *Detached) Attach() {
	r, c := d.from, d.copy
	h := r.host()
	h.match, h.result, h.err = c.match, c.result, c.err
	h.flags = h.flags&^flagsLearned | c.flags&flagsLearned
	d.adopt()
	h.inherit(c)
	to, from := r.Request, c.Request
	to.Method, to.URL, to.Host, to.RequestURI, to.RemoteAddr = from.Method, from.URL, from.Host, from.RequestURI, from.RemoteAddr
	to.Header, to.Trailer, to.Pattern = from.Header, from.Trailer, from.Pattern
	to.Form, to.PostForm, to.MultipartForm = from.Form, from.PostForm, from.MultipartForm
	if d.body == nil || from.Body != io.ReadCloser(d.body) {
		to.Body = from.Body // what Parameters put back, for one
	}
}

// adopt makes the extras of the copy those of the original. The copy keeps using them, since somebody may be looking.
func (d *Detached) adopt() {
	old, own := d.from.more(), d.copy.extras.Load()
	old.mu.Lock()
	defer old.mu.Unlock()
	own.mu.Lock()
	defer own.mu.Unlock()
	own.onResponse = append(slices.Clip(old.onResponse), own.onResponse...)
	own.onFinished = append(slices.Clip(old.onFinished), own.onFinished...)
	for _, a := range old.attributes {
		if own.attribute(a.key) == nil {
			own.attributes = append(own.attributes, a)
		}
	}
	own.responses = append(own.responses, old.responses...)
	own.detached.Store(d.outer)
	d.from.root().extras.Store(own)
}

// Abandon ends the detachment of a copy whose goroutine goes on: the original learns what was published of the copy, and
// the body can no longer be read, by neither of both if the copy had begun to. A read that waits for the client is not
// interrupted: reading is closed when the last of them has returned, and nil if there is none.
func (d *Detached) Abandon() (reading <-chan struct{}) {
	if k := d.known.Load(); k != nil {
		h := d.from.host()
		h.match, h.result = k.match, k.result
		h.flags = h.flags&^flagsLearned | k.flags&flagsLearned
		d.from.publish()
	}
	if d.body == nil {
		return nil
	}
	used, reading := d.body.cut()
	if used {
		d.from.giveUpBody(d.original)
	}
	return reading
}

// giveUpBody makes body unreadable, in this request and in those it was copied from.
func (r *Request) giveUpBody(body io.ReadCloser) {
	r.Request.Body = abandonedBody{}
	for same := reflect.ValueOf(body).Comparable(); same && r != nil; r = r.origin() {
		if r.Request.Body == body {
			r.Request.Body = abandonedBody{}
		}
	}
}

func (r *Request) publish() {
	x := r.root().extras.Load()
	if x == nil {
		return
	}
	if d := x.detached.Load(); d != nil {
		h := r.host()
		d.known.Store(&known{h.match, h.flags, h.result})
	}
}

// touched returns what Response handed out and nobody answered with yet; nil without.
func (r *Request) touched() *Response {
	h := r.host()
	if h.claim.Load() == claimTouched {
		return &h.first
	}
	x := h.more()
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, own := range x.responses {
		if own.host == h {
			return own.response
		}
	}
	return nil
}

// inherit takes over what Response handed out for c and nobody answered with.
func (h *Request) inherit(c *Request) {
	set := c.touched()
	h.forgetResponse()
	if set != nil {
		x := h.more()
		x.mu.Lock()
		defer x.mu.Unlock()
		h.claim.CompareAndSwap(claimFree, claimTaken)
		x.responses = append(x.responses, ownResponse{h, set})
	}
}

// AfterFunc lets contexts that derive from a request's wait without a goroutine: package context looks for it.
func (c *requestContext) AfterFunc(f func()) (stop func() bool) {
	return context.AfterFunc(c.below(), f)
}

// lentBody is the body of a detached request.
type lentBody struct {
	body        io.ReadCloser
	owner, user *http.Request

	mu      sync.Mutex // guards all below
	used    bool
	gone    bool
	readers int
	idle    chan struct{} // made when a read was under way as the body was taken back
}

var _ io.ReadCloser = (*lentBody)(nil)

var errAbandoned = errors.New("the body was taken back: the request has missed its deadline and was answered")

func (b *lentBody) Read(p []byte) (n int, err error) {
	if !b.enter() {
		return 0, errAbandoned
	}
	defer func() { b.leave(err) }()
	return b.body.Read(p)
}

func (b *lentBody) enter() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.gone {
		return false
	}
	b.used = true
	b.readers++
	return true
}

func (b *lentBody) leave(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.readers--; b.readers == 0 && b.idle != nil {
		close(b.idle)
	}
	if err == io.EOF && !b.gone {
		b.user.Trailer = b.owner.Trailer // which has come by now
	}
}

// cut ends the loan.
func (b *lentBody) cut() (used bool, reading <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.gone = true
	if b.readers > 0 {
		b.idle = make(chan struct{})
	}
	return b.used, b.idle
}

// Close closes the body, unless it was taken back.
func (b *lentBody) Close() error {
	b.mu.Lock()
	gone := b.gone
	b.mu.Unlock()
	if gone {
		return nil
	}
	return b.body.Close()
}

// abandonedBody is what remains of a body that was read in vain.
type abandonedBody struct{}

var _ io.ReadCloser = abandonedBody{}

func (abandonedBody) Read([]byte) (int, error) { return 0, errAbandoned }
func (abandonedBody) Close() error             { return nil }
