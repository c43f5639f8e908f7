package framework

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/mastaba-go/mastaba/views/web"
)

// maxNesting limits subrequests within subrequests, before they exhaust the stack.
const maxNesting = 64

// nesting is the context key for the depth of a subrequest.
type nesting struct{}

// Do handles hr without a server and returns the response with its whole body in memory, for tests,
// jobs and tools. Unlike ServeHTTP it returns an error that no view handled.
func (a *App) Do(hr *http.Request) (*web.Response, error) {
	return a.exchange(a.begin(hr, false), a.handler)
}

// Invoke handles the subrequest sub of r. Views call Request.Subrequest instead. If sub has the
// background context it gets that of r. Without a RemoteAddr it gets the client address of r, so
// that limits and logs count it as the client's, and its forwarding headers are trusted only if the
// client is a trusted proxy. Response callbacks, NewResponse and finished callbacks run for the
// subrequest itself. Without tweens no error view handles its error: Invoke returns it.
func (a *App) Invoke(r *web.Request, sub *http.Request, useTweens bool) (*web.Response, error) {
	ctx := sub.Context()
	if ctx == context.Background() {
		ctx = r.Context()
	}
	depth, _ := r.Context().Value(nesting{}).(int)
	if depth++; depth > maxNesting {
		return nil, fmt.Errorf("subrequest %s %q: nested deeper than %d levels; does its view request itself?", sub.Method, sub.URL.Path, maxNesting)
	}
	handler := a.bare
	if useTweens {
		handler = a.handler
	}
	sub = sub.WithContext(context.WithValue(ctx, nesting{}, depth)) // a copy
	if addr := r.ClientAddr(); sub.RemoteAddr == "" && addr.IsValid() {
		sub.RemoteAddr = addr.String()
	}
	return a.exchange(a.begin(sub, false), handler)
}

// exchange handles a request that has no connection. It reads the whole body of the response before
// the finished callbacks run, since they may close what the body reads from. Their error comes
// first in the joined one.
func (a *App) exchange(r *web.Request, handler web.Handler) (resp *web.Response, err error) {
	defer a.endScope(r)
	defer func() {
		switch _, finished := runFinished(r); {
		case finished == nil:
		case err == nil:
			resp, err = nil, finished
		default:
			err = errors.Join(finished, err)
		}
	}()
	if resp, err = handler(r); err != nil {
		return nil, err
	}
	if _, whole := resp.Body(); whole {
		return resp, nil
	}
	var m memory
	if _, err := resp.Send(&m, r); err != nil {
		return nil, err
	}
	return m.response(), nil
}

// memory is an http.ResponseWriter that stores what is written to it.
type memory struct {
	header http.Header
	status int
	body   bytes.Buffer
}

var (
	_ http.ResponseWriter = (*memory)(nil)
	_ http.Flusher        = (*memory)(nil)
)

func (m *memory) Header() http.Header {
	if m.header == nil {
		m.header = http.Header{}
	}
	return m.header
}

func (m *memory) WriteHeader(status int) {
	if m.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		m.status = status
	}
}

func (m *memory) Write(p []byte) (int, error) {
	m.WriteHeader(http.StatusOK)
	return m.body.Write(p)
}

func (m *memory) Flush() { m.WriteHeader(http.StatusOK) }

// response returns what was written as a response.
func (m *memory) response() *web.Response {
	m.WriteHeader(http.StatusOK)
	resp := web.Respond(m.status)
	for name, values := range m.header {
		for _, v := range values {
			resp.AddHeader(name, v)
		}
	}
	resp.SetBytes(m.body.Bytes())
	return resp
}
