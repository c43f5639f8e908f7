package framework

import (
	"context"
	"errors"
	"net/http"

	"github.com/mastaba-go/mastaba/views/web"
)

// sendError sends the response to an error that no view handled.
func (a *App) sendError(w http.ResponseWriter, r *web.Request, err error) (web.Sent, error) {
	resp := a.errorResponse(r, err)
	web.Drive(r).AddVary(resp)
	a.decorate(r, resp)
	sent, failed := resp.Send(w, r)
	if failed != nil && !sent.Started { // by what a callback set
		web.Drive(r).LogError(failed, http.StatusInternalServerError, "response to an error")
		return internalError(r, failed).Send(w, r)
	}
	return sent, failed
}

// errorResponse returns the response to an error that no view handled, and logs the error, except
// that of a client that disconnected.
func (a *App) errorResponse(r *web.Request, err error) *web.Response {
	if resp, gone := web.Drive(r).ClientGone(err); gone {
		return resp
	}
	resp, failed := web.Guard(func(r *web.Request) (*web.Response, error) {
		if resp, ok := web.Drive(r).ErrorResponse(err); ok {
			return resp, nil
		}
		return nil, err
	})(r)
	if failed != nil { // err itself, or the panic of one of its methods
		err, resp = failed, internalError(r, failed)
	}
	web.Drive(r).LogError(err, resp.Status(), "no view handled the error")
	return resp
}

// internalError returns the 500 for an error without a status.
func internalError(r *web.Request, err error) *web.Response {
	resp := web.InternalServerError("").With(err).Response(r)
	resp.SetHeader(web.RequestIDHeader, r.ID()) // no tween saw this response
	return resp
}

// decorate does with the response to an error what around does with other responses. It is sent
// whatever fails here.
func (a *App) decorate(r *web.Request, resp *web.Response) {
	if err := web.Drive(r).RerunResponseCallbacks(resp); err != nil {
		web.Drive(r).LogError(err, statusOf(err), "response callback")
	}
	if a.newResponse == nil {
		return
	}
	_, err := web.Guard(func(r *web.Request) (*web.Response, error) {
		if err := a.newResponse(&web.NewResponse{Request: r, Response: resp}); err != nil {
			return nil, err
		}
		return nil, web.Drive(r).SaveSession(resp)
	})(r)
	if err != nil {
		web.Drive(r).LogError(err, statusOf(err), "NewResponse")
	}
}

// statusOf returns the status of the response to an error that no view handles.
func statusOf(err error) int {
	if status, ok := web.StatusOf(err); ok {
		return status
	}
	return http.StatusInternalServerError
}

// errGoexit is the error of a request whose goroutine runtime.Goexit ended.
var errGoexit = errors.New("a view or tween ended the goroutine of its request (runtime.Goexit)")

// goexit ends a request whose goroutine ends: only deferred functions run from here on. Unless the
// response is being sent already, it sends a 500. net/http closes the connection then, without what
// it has buffered, so the response is complete and flushed here.
func (a *App) goexit(w http.ResponseWriter, r *web.Request, sending bool) {
	if sending {
		r.Log().Error().Err(errGoexit).Msg("response aborted")
		return
	}
	w.Header()["Content-Length"] = nil // Send declares the length where there is any header
	if r.ProtoMajor == 1 {
		w.Header().Set("Connection", "close")
	}
	if _, err := a.sendError(w, r, errGoexit); err == nil {
		_ = http.NewResponseController(w).Flush() // nothing can be done about a client that has disconnected
	}
}

// abort closes the connection of a response that failed after its header was sent, so that the
// client does not take the part it has for the whole.
func (a *App) abort(r *web.Request, err error) {
	if r.Request.Context().Err() == nil && !errors.Is(err, context.Canceled) {
		r.Log().Error().Err(err).Msg("response aborted")
	}
	panic(http.ErrAbortHandler)
}
