package framework

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"time"
)

// ServerOptions say how an application is served. The zero value serves plain
// HTTP on 127.0.0.1:6543 with bounds that suit a server that faces the
// internet. Where a number or a time has a default, zero stands for the
// default and a negative value for no bound at all.
//
// The size of bodies is bounded by the application: see Options.MaxBody.
type ServerOptions struct {
	// Addr is where to listen: "host:port", or "unix:/path/of/the/socket".
	// Default: "127.0.0.1:6543". Port 0 takes a free one, which Started tells.
	Addr string
	// Listener is listened to in place of Addr, and closed in the end.
	Listener net.Listener
	// SocketMode are the permissions of a unix socket; zero: as the umask
	// leaves them, which usually lets nobody but the same user connect.
	SocketMode fs.FileMode

	// CertFile and KeyFile are the server's certificate with its chain, and its
	// key, as PEM; both or none. They are read again when they have changed: the
	// next connection gets the new certificate. If they cannot be read then, the old
	// one stays in use and the log says why.
	CertFile, KeyFile string
	// TLS is the configuration for everything else about TLS, and may hold
	// the certificates itself. It is copied.
	TLS *tls.Config
	// CleartextHTTP2 takes HTTP/2 without TLS as well ("prior knowledge"), as
	// proxies speak it. With TLS, HTTP/2 is always there.
	CleartextHTTP2 bool

	// HeaderTimeout bounds the time for the header of a request, from its
	// first byte on, and for the TLS handshake. Default: 10 seconds. A client
	// that is slower gets a 408; by TLS it can be a 400.
	HeaderTimeout time.Duration
	// IdleTimeout is how long a connection may wait for its next request; it
	// should be longer than that of a proxy in front. Default: 2 minutes.
	IdleTimeout time.Duration
	// BodyTimeout is how long a request's body may keep its view waiting: at
	// any one point, and altogether unless BodyRate bytes came for each
	// second beyond it. Default: 30 seconds. The view gets a 408 error.
	BodyTimeout time.Duration
	// BodyRate is the bytes a second that a body brings on the average, if it
	// takes longer than BodyTimeout. Default: 512.
	BodyRate int
	// WriteTimeout is how long a client may take to accept the next 64 KiB of
	// a response; it is counted anew for each of them, so that downloads and
	// streams may last as long as they please. Default: 30 seconds.
	WriteTimeout time.Duration
	// MaxHeader bounds the bytes of a request's header, the request line
	// included; longer ones are answered with 431. Default: 64 KiB (net/http
	// adds 4 KiB). It cannot be unbounded.
	MaxHeader int

	// Health answers GET and HEAD of /healthz and /readyz before the
	// application sees them: /healthz with 200 while the process serves,
	// /readyz with 200 until the drain begins, then with 503.
	Health bool
	// Ready is asked by /readyz, with a context that ends with that request;
	// an error is a 503. The error is logged and not shown.
	Ready func(ctx context.Context) error

	// DrainDelay is how long the server goes on as before once it was told
	// to stop, while /readyz answers 503: the time that a balancer needs to notice.
	// Responses ask their clients to connect anew. Default: none.
	DrainDelay time.Duration
	// DrainTimeout bounds the wait for requests under way after that; a tenth
	// of it, but at most a second, before its end their contexts are
	// cancelled, and at its end their connections are cut. Default: 20 seconds.
	DrainTimeout time.Duration
	// StopTimeout bounds the OnStop hooks after that. Default: 5 seconds.
	StopTimeout time.Duration
	// DisableSignals leaves SIGTERM and SIGINT alone: only the end of ctx
	// stops the server.
	DisableSignals bool

	// Started is called with the address once the server takes connections.
	Started func(net.Addr)
	// Handler answers in place of the application, which it usually wraps:
	// for net/http middleware around everything. The life cycle stays that of
	// the application. A tween is the better place for most things.
	Handler http.Handler
}

// Serve serves the application until ctx ends or the process gets SIGTERM or
// SIGINT, and then ends it gracefully; nil if all went well.
//
// It listens first, so that an address in use is known before anything else
// is begun, then runs the OnStart hooks, then takes connections. The end has
// its order too: /readyz turns 503; after DrainDelay the server stops to
// listen, having taken all connections that had come by then; Draining tells
// streams and sockets; connections are closed as their requests are answered,
// within DrainTimeout; then the OnStop hooks run, within StopTimeout. That is 25
// seconds plus DrainDelay at the longest, by default. A second signal
// ends the process at once.
//
// There is no timeout for a whole request or response: slow clients are
// bounded by the time that they keep the server waiting. HTTP/1.1 and, with TLS,
// HTTP/2 are served by net/http. The answer to a header that is too long (431),
// malformed (400) or too slow (408) is plain text and does not pass through the
// application; if nothing came at all, the connection is just closed.
//
// Serve starts the application itself: do not call Start before, nor Shutdown
// after it. Values of ctx are seen by the contexts of requests.
func Serve(ctx context.Context, app *App, o ServerOptions) error {
	if app == nil {
		return errors.New("serve: the application is nil: did its configuration fail?")
	}
	if err := o.Check(); err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	o.complete()
	s, err := newServer(app, o)
	if err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	return s.run(ctx)
}

// complete puts the defaults in, and zero where a bound was waived.
func (o *ServerOptions) complete() {
	if o.Addr == "" {
		o.Addr = "127.0.0.1:6543"
	}
	for _, d := range []struct {
		of       *time.Duration
		standard time.Duration
	}{
		{&o.HeaderTimeout, 10 * time.Second}, {&o.IdleTimeout, 2 * time.Minute},
		{&o.BodyTimeout, 30 * time.Second}, {&o.WriteTimeout, 30 * time.Second},
		{&o.DrainDelay, 0}, {&o.DrainTimeout, 20 * time.Second}, {&o.StopTimeout, 5 * time.Second},
	} {
		switch {
		case *d.of == 0:
			*d.of = d.standard
		case *d.of < 0:
			*d.of = 0
		}
	}
	switch {
	case o.BodyRate == 0:
		o.BodyRate = 512
	case o.BodyRate < 0:
		o.BodyRate = 0
	}
	if o.MaxHeader == 0 {
		o.MaxHeader = 64 << 10
	}
}
