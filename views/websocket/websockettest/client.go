package websockettest

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	coder "github.com/coder/websocket"

	"github.com/mastaba-go/mastaba/views/websocket"
)

// T is what this package needs of a test. *testing.T and *testing.B implement it.
type T interface {
	Helper()
	Fatalf(format string, args ...any)
	Context() context.Context
}

// Option changes the handshake of a client.
type Option func(*handshake)

// handshake is what a client sends.
type handshake struct {
	t       T
	app     http.Handler
	request *http.Request
	options coder.DialOptions
}

// Header adds a header. "Host" sets the host of the request.
func Header(name, value string) Option {
	return func(h *handshake) {
		h.request.Header.Add(name, value)
		if http.CanonicalHeaderKey(name) == "Host" {
			h.request.Host = value
		}
	}
}

// Cookies sends cookies.
func Cookies(cookies ...*http.Cookie) Option {
	return func(h *handshake) {
		for _, c := range cookies {
			h.request.AddCookie(c)
		}
	}
}

// As opens the socket as a user, as frameworktest.As does. The application has to be a
// *framework.App or a *frameworktest.App.
func As(user string) Option {
	return func(h *handshake) {
		h.t.Helper()
		acting, ok := h.app.(interface {
			ActAs(r *http.Request, user string) (*http.Request, error)
		})
		if !ok {
			h.t.Fatalf("websockettest.As: the application %T has no method ActAs", h.app)
		}
		as, err := acting.ActAs(h.request, user)
		if err != nil {
			h.t.Fatalf("websockettest.As: %v", err)
		}
		h.request = as
	}
}

// Subprotocols offers subprotocols.
func Subprotocols(names ...string) Option {
	return func(h *handshake) { h.options.Subprotocols = names }
}

// Compression offers permessage-deflate.
func Compression() Option {
	return func(h *handshake) { h.options.CompressionMode = coder.CompressionNoContextTakeover }
}

// Client is an open socket, seen from the client. Its methods end the test where something
// unexpected happens; one goroutine at a time reads.
type Client struct {
	t      T
	conn   *coder.Conn
	header http.Header
	served chan struct{}
	once   sync.Once
}

// Dial opens a socket of app at target, a path with an optional query. It ends the test if the
// response is not a handshake. Close the client.
func Dial(t T, app http.Handler, target string, options ...Option) *Client {
	t.Helper()
	c, resp, err := dial(t, app, target, options)
	if err != nil {
		status, text := 0, ""
		if resp != nil {
			body, _ := io.ReadAll(resp.Body)
			status, text = resp.StatusCode, string(body)
		}
		t.Fatalf("%s: status %d, no websocket: %v: %.500s", target, status, err, text)
		return nil
	}
	return c
}

// Refused sends the handshake of a socket that has to be refused, and returns the response, whose
// body is read. It ends the test if the socket opens.
func Refused(t T, app http.Handler, target string, options ...Option) *http.Response {
	t.Helper()
	c, resp, err := dial(t, app, target, options)
	if err == nil {
		c.Close()
		t.Fatalf("%s: a websocket was opened, want a refusal", target)
	}
	if resp == nil {
		t.Fatalf("%s: %v", target, err)
	}
	return resp
}

func dial(t T, app http.Handler, target string, options []Option) (*Client, *http.Response, error) {
	t.Helper()
	if !strings.HasPrefix(target, "/") {
		t.Fatalf("%q: want a path such as /rooms/lobby", target)
	}
	c := &Client{t: t, served: make(chan struct{})}
	h := &handshake{t: t, app: app, request: httptest.NewRequestWithContext(
		context.WithoutCancel(t.Context()), http.MethodGet, target, http.NoBody)}
	for _, option := range options {
		option(h)
	}
	h.options.HTTPClient = &http.Client{Transport: transport(func(hr *http.Request) (*http.Response, error) {
		for name, values := range hr.Header {
			h.request.Header[name] = append(h.request.Header[name], values...)
		}
		return serve(app, h.request, c.served)
	})}
	conn, resp, err := coder.Dial(t.Context(), "ws://example.com/", &h.options) // the transport has the target
	if err != nil {
		if resp != nil && resp.StatusCode != http.StatusSwitchingProtocols {
			<-c.served
		}
		return nil, resp, err
	}
	conn.SetReadLimit(-1)
	c.conn, c.header = conn, resp.Header
	return c, resp, nil
}

// Header returns the headers of the handshake's response.
func (c *Client) Header() http.Header { return c.header }

// Subprotocol returns the one that was agreed on, "" without one.
func (c *Client) Subprotocol() string { return c.conn.Subprotocol() }

// Send sends a text message.
func (c *Client) Send(text string) {
	c.t.Helper()
	c.SendMessage(websocket.Text(text))
}

// SendMessage sends a message.
func (c *Client) SendMessage(m websocket.Message) {
	c.t.Helper()
	kind := coder.MessageText
	if m.Binary {
		kind = coder.MessageBinary
	}
	if err := c.conn.Write(context.Background(), kind, m.Data); err != nil {
		c.t.Fatalf("send to the websocket: %v", err)
	}
}

// Receive waits for the next message and returns its data. It ends the test at the end of the
// socket.
func (c *Client) Receive() string {
	c.t.Helper()
	m, err := c.Read()
	if err != nil {
		c.t.Fatalf("receive from the websocket: %v", err)
	}
	return m.String()
}

// Read waits for the next message. The error is a *websocket.CloseError: that of the close frame,
// or with the code 1006 without one.
func (c *Client) Read() (websocket.Message, error) {
	kind, data, err := c.conn.Read(context.Background())
	if err == nil {
		return websocket.Message{Binary: kind == coder.MessageBinary, Data: data}, nil
	}
	end := &websocket.CloseError{Code: websocket.StatusAbnormal, Err: err}
	if frame, ok := errors.AsType[coder.CloseError](err); ok {
		end = &websocket.CloseError{Code: websocket.Status(frame.Code), Reason: frame.Reason}
	}
	return websocket.Message{}, end
}

// End reads until the socket ends, drops the messages, and returns the code and reason of the close
// frame, 1006 without one. It waits for the end of the request.
func (c *Client) End() (code websocket.Status, reason string) {
	c.t.Helper()
	for {
		if _, err := c.Read(); err != nil {
			end := err.(*websocket.CloseError)
			c.Close()
			return end.Code, end.Reason
		}
	}
}

// CloseWith sends a close frame, and waits for the answer and for the end of the request.
func (c *Client) CloseWith(code websocket.Status, reason string) {
	c.once.Do(func() {
		_ = c.conn.Close(coder.StatusCode(code), reason)
		<-c.served
	})
}

// Close closes the socket with 1000, and waits for the end of the request. It may be called more
// than once.
func (c *Client) Close() { c.CloseWith(websocket.StatusNormal, "") }

// Break closes the connection without a close frame, and waits for the end of the request.
func (c *Client) Break() {
	c.once.Do(func() {
		_ = c.conn.CloseNow()
		<-c.served
	})
}

type transport func(*http.Request) (*http.Response, error)

func (fn transport) RoundTrip(r *http.Request) (*http.Response, error) { return fn(r) }

// serve lets app handle a handshake, and returns its response. served is closed when the request
// has ended.
func serve(app http.Handler, hr *http.Request, served chan struct{}) (*http.Response, error) {
	ctx, cancel := context.WithCancel(hr.Context())
	ours, theirs := Pipe()
	w := &writer{recorder: httptest.NewRecorder(), conn: theirs, begun: make(chan struct{})}
	go func() {
		defer close(served)
		defer cancel()
		defer w.begin()
		defer func() {
			if v := recover(); v != nil && v != http.ErrAbortHandler { //nolint:errorlint // as net/http does
				panic(v)
			}
			if !w.hijacked {
				_ = theirs.Close()
			}
		}()
		app.ServeHTTP(w, hr.WithContext(ctx))
	}()
	<-w.begun
	if !w.hijacked {
		<-served
		return w.recorder.Result(), nil
	}
	in := bufio.NewReader(ours)
	resp, err := http.ReadResponse(in, hr)
	if err != nil {
		_ = ours.Close()
		return nil, err
	}
	resp.Body = struct {
		io.Reader
		io.WriteCloser
	}{in, ours}
	return resp, nil
}

// writer is the http.ResponseWriter of a handshake.
type writer struct {
	recorder *httptest.ResponseRecorder
	conn     net.Conn
	hijacked bool
	once     sync.Once
	begun    chan struct{}
}

var _ http.Hijacker = (*writer)(nil)

func (w *writer) Header() http.Header         { return w.recorder.Header() }
func (w *writer) WriteHeader(status int)      { w.recorder.WriteHeader(status) }
func (w *writer) Write(b []byte) (int, error) { return w.recorder.Write(b) }
func (w *writer) begin()                      { w.once.Do(func() { close(w.begun) }) }

// SetReadDeadline and SetWriteDeadline are for http.ResponseController.
func (w *writer) SetReadDeadline(t time.Time) error  { return w.conn.SetReadDeadline(t) }
func (w *writer) SetWriteDeadline(t time.Time) error { return w.conn.SetWriteDeadline(t) }

// Hijack takes over the connection.
func (w *writer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.hijacked = true
	w.begin()
	return w.conn, bufio.NewReadWriter(bufio.NewReader(w.conn), bufio.NewWriter(w.conn)), nil
}
