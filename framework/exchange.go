package framework

import (
	"errors"
	"net/http"
	"runtime/debug"

	"github.com/mastaba-go/mastaba/views/web"
)

// exchange is one request while ServeHTTP handles it. Its one deferred function serves the tweens,
// the callbacks and the sending of the response.
type exchange struct {
	app  *App
	w    http.ResponseWriter
	hr   *http.Request // as net/http has it
	r    *web.Request
	sent web.Sent
	at   stage
}

type stage uint8

const (
	handling   stage = iota // the tweens and what is inside them
	completing              // what comes after them
	sending
	over
)

// conclude sends the response, or the one to err, and ends the request.
func (x *exchange) conclude(resp *web.Response, err error) {
	web.Drive(x.r).ShowMatch(x.hr) // the router has set it in r.Request, which may be a copy
	x.at = sending
	if err == nil {
		x.sent, err = resp.Send(x.w, x.r)
	}
	if err != nil {
		x.fail(err)
	}
	x.at = over
	if x.r.MultipartForm != nil || web.Drive(x.r).NeedsFinish() || !web.Drive(x.r).Recycle() { // seldom
		x.app.end(x.w, x.r, x.hr, x.sent)
	}
}

// fail sends the response to err, unless another one was begun.
func (x *exchange) fail(err error) {
	if !x.sent.Started {
		x.sent, err = x.app.sendError(x.w, x.r, err)
	}
	if err != nil {
		x.app.abort(x.r, err)
	}
}

// cutShort ends a request that panicked with value, or whose goroutine ends. A panic of the tweens
// is an error, which gets a response; one with http.ErrAbortHandler is meant for the server.
func (x *exchange) cutShort(value any) {
	x.r.Keep() // whatever was cut short may have it
	if err, _ := value.(error); errors.Is(err, http.ErrAbortHandler) && x.at < sending {
		value = http.ErrAbortHandler // net/http logs any other value
	} else if value != nil && x.at < sending {
		defer func() {
			if x.at != over {
				x.cutShort(recover())
			}
		}()
		panicked := error(&web.PanicError{Value: value, Stack: debug.Stack()})
		var resp *web.Response
		if x.at == handling && x.app.answer.onError != nil {
			x.at = completing
			resp, panicked = x.app.answer.complete(x.r, nil, panicked)
		}
		x.conclude(resp, panicked)
		return
	}
	web.Drive(x.r).ShowMatch(x.hr)
	if value == nil {
		x.app.goexit(x.w, x.r, x.at == sending)
	}
	x.at = over
	x.app.end(x.w, x.r, x.hr, x.sent)
	if value != nil {
		panic(value)
	}
}

// end ends a request whose response was sent: it flushes what goroutines of the request hold up,
// finishes the request, and gives it up if the application recycles requests.
func (a *App) end(w http.ResponseWriter, r *web.Request, hr *http.Request, sent web.Sent) {
	if sent.Started {
		flushEarly(w, r)
	}
	finished := false
	defer func() {
		if !finished || !web.Drive(r).Recycle() {
			a.endScope(r)
		}
	}()
	a.finish(r, hr)
	finished = true
}

// answer calls a handler, runs the response callbacks on its response, then notifies the
// subscribers to NewResponse. They do not see errors; sendError shows them the response to one.
type answer struct {
	handler     web.Handler
	newResponse func(*web.NewResponse) error // nil without subscribers
	neither     error                        // of a handler that breaks its contract
	// onError returns the response to an error or a panic of the handler, and to the lack of a
	// response. It is nil if the handler does so itself.
	onError func(*web.Request, error) (*web.Response, error)
}

// answering returns the answer of a handler. A handler that returns neither a response nor an error
// breaks its contract: culprit names it.
func (a *App) answering(handler web.Handler, culprit string) *answer {
	return &answer{handler: handler, newResponse: a.newResponse, neither: errors.New(culprit + " returned neither a response nor an error")}
}

func (a *answer) handle(r *web.Request) (*web.Response, error) {
	resp, err := a.handler(r)
	return a.complete(r, resp, err)
}

// isOpen reports whether complete may have anything to do with what the handler returned.
func (a *answer) isOpen(r *web.Request, resp *web.Response, err error) bool {
	return err != nil || resp == nil || a.newResponse != nil || web.Drive(r).NeedsFinish()
}

// complete does what comes after the handler.
func (a *answer) complete(r *web.Request, resp *web.Response, err error) (*web.Response, error) {
	if a.onError != nil && (err != nil || resp == nil) {
		resp, err = a.onError(r, err)
	}
	if err != nil {
		return nil, err
	}
	if resp == nil {
		return nil, a.neither
	}
	if err := web.Drive(r).RunResponseCallbacks(resp); err != nil {
		return nil, err
	}
	if a.newResponse != nil {
		if err := a.newResponse(&web.NewResponse{Request: r, Response: resp}); err != nil {
			return nil, err
		}
		if err := web.Drive(r).SaveSession(resp); err != nil {
			return nil, err
		}
	}
	return resp, nil
}

// finish runs the finished callbacks, and removes the files of a multipart form, as net/http does
// for the request that it knows.
func (a *App) finish(r *web.Request, hr *http.Request) {
	if form := r.MultipartForm; form != nil && form != hr.MultipartForm {
		defer func() { _ = form.RemoveAll() }()
	}
	if _, err := runFinished(r); err != nil {
		r.Log().Error().Err(err).Msg("finished callback")
	}
}

// runFinished runs the finished callbacks. A panic of one is an error.
var runFinished = web.Guard(func(r *web.Request) (*web.Response, error) {
	return nil, web.Drive(r).RunFinishedCallbacks()
})
