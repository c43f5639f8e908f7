package framework

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/mastaba-go/mastaba/views/web"
)

// maxNesting bounds subrequests within subrequests, which would otherwise end
// in an exhausted stack.
const maxNesting = 64

// nesting is the context key of how deep a subrequest lies.
type nesting struct{}

// Do answers hr in process and gives the response itself, its body whole in
// memory: for tests, jobs and tools. Unlike ServeHTTP it gives back an error
// that nothing answered.
func (a *App) Do(hr *http.Request) (*web.Response, error) {
	return a.exchange(a.begin(hr), a.handler)
}

// Invoke answers sub on behalf of r; use Request.Subrequest. A sub without a
// context of its own gets that of r. Response callbacks, NewResponse and
// finished callbacks are those of the subrequest. Without tweens no error view
// answers for it: the error comes back.
func (a *App) Invoke(r *web.Request, sub *http.Request, useTweens bool) (*web.Response, error) {
	ctx := sub.Context()
	if ctx == context.Background() {
		ctx = r.Context()
	}
	depth, _ := r.Context().Value(nesting{}).(int)
	if depth++; depth > maxNesting {
		return nil, fmt.Errorf("subrequest %s %q: nested deeper than %d: does its view request itself?", sub.Method, sub.URL.Path, maxNesting)
	}
	handler := a.bare
	if useTweens {
		handler = a.handler
	}
	return a.exchange(a.begin(sub.WithContext(context.WithValue(ctx, nesting{}, depth))), handler)
}

// exchange answers a request that no connection waits for: the response's
// body is read whole before the finished callbacks run, for what it reads
// from may end with them. An error of theirs comes back before another one.
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

// memory is an http.ResponseWriter that keeps what is written to it.
type memory struct {
	header http.Header
	status int
	body   bytes.Buffer
}

var _ http.ResponseWriter = (*memory)(nil)

var _ http.Flusher = (*memory)(nil)

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

// response makes a response of what was written.
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
