package server

import (
	"context"
	"crypto/tls"
	"io/fs"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/rs/zerolog"
)

// DefaultAddr is the address to listen on without Options.Addr.
const DefaultAddr = "127.0.0.1:6543"

// Options configure Serve. The zero value serves plain HTTP on 127.0.0.1:6543, with
// limits that suit a server facing the internet. For a number or duration with a
// default, zero means the default and a negative value means no limit.
//
// The size of request bodies is not limited here: that is left to the application.
type Options struct {
	// Addr is the address to listen on: "host:port", or "unix:/path/to/socket".
	// Default: "127.0.0.1:6543". With port 0 the system picks a free port; Started
	// receives it.
	Addr string
	// Listener, if not nil, is used instead of Addr. Serve closes it.
	Listener net.Listener
	// SocketMode sets the permissions of a unix socket. Zero leaves them to the
	// umask, which usually lets only the same user connect.
	SocketMode fs.FileMode

	// CertFile and KeyFile are PEM files with the server's certificate chain and its
	// key; set both or neither. They are read again when they change, and the next
	// connection uses the new certificate. If that fails, the old one stays in use and
	// the error is logged.
	CertFile, KeyFile string
	// TLS configures everything else about TLS, and may hold the certificates itself.
	// It is copied.
	TLS *tls.Config
	// CleartextHTTP2 also accepts HTTP/2 without TLS ("prior knowledge"), as some
	// proxies send it. With TLS, HTTP/2 is always available.
	CleartextHTTP2 bool

	// HeaderTimeout limits the time from the first byte of a request's header to its
	// end, and the TLS handshake. Default: 10 seconds. A slower client receives a 408,
	// with TLS possibly a 400.
	HeaderTimeout time.Duration
	// IdleTimeout is how long a connection may wait for its next request. It should be
	// longer than the idle timeout of a proxy in front. Default: 2 minutes.
	IdleTimeout time.Duration
	// BodyTimeout is how long reading a request's body may block: in one read, and in
	// total unless the body arrives at BodyRate. Default: 30 seconds. The handler's read
	// then fails with an error that wraps os.ErrDeadlineExceeded; in an application of this
	// framework, that is a 408.
	BodyTimeout time.Duration
	// BodyRate is the average rate, in bytes per second, at which a body has to arrive
	// once it takes longer than BodyTimeout. Default: 512.
	BodyRate int
	// WriteTimeout is how long a client may take to accept the next 64 KiB of a
	// response. It starts anew with each of these steps, so downloads and streams may
	// last as long as they need. Default: 30 seconds.
	WriteTimeout time.Duration
	// MaxHeader limits the bytes of a request's header, including the request line; a
	// longer one receives a 431. Default: 64 KiB, to which net/http adds 4 KiB. A
	// negative value is an error.
	MaxHeader int
	// MaxHeaderLines limits the lines of a request's header; a longer one receives a 431,
	// which is not logged. In HTTP/2 the method, scheme, host and path count, and so does
	// each cookie. Default: 500. A value under 64 is an error, because browsers and proxies
	// send dozens of lines. Without Go 1.27, MaxHeader alone limits the header.
	MaxHeaderLines int

	// Health makes the server respond to GET and HEAD of /healthz and /readyz before
	// the handler sees them: /healthz with 200 while the process serves, /readyz with
	// 200 until the drain begins and with 503 from then on.
	Health bool
	// Ready is called for each request of /readyz, with the request's context. An
	// error makes it respond with 503; the error is logged and not shown.
	Ready func(ctx context.Context) error

	// DrainDelay is how long the server keeps accepting connections after the shutdown has
	// begun, while /readyz responds with 503: the time that a load balancer needs to notice.
	// Responses ask their clients to reconnect. Default: none.
	DrainDelay time.Duration
	// DrainTimeout limits the wait for requests in flight after that. A tenth of it
	// before its end, but at most a second, their contexts are cancelled with
	// ErrDraining as the cause; at its end their connections are closed. Idle connections
	// hold nothing up. Default: 20 seconds.
	DrainTimeout time.Duration
	// StopTimeout limits Lifecycle.Shutdown after that. Default: 5 seconds.
	StopTimeout time.Duration
	// DisableSignals makes Serve ignore SIGTERM and SIGINT: only the end of its
	// context stops it.
	DisableSignals bool

	// Started is called with the server's address once it accepts connections.
	Started func(net.Addr)
	// Middleware wraps the handler once, before serving. A Lifecycle of the handler is
	// kept. In an application of this framework, a tween is usually the better place.
	Middleware func(http.Handler) http.Handler
	// Logger receives the server's own messages. Default: JSON lines on standard
	// error; framework.Serve uses the application's logger instead.
	Logger *zerolog.Logger
}

// complete sets the defaults, and zero where a limit is switched off.
func (o *Options) complete() {
	if o.Addr == "" {
		o.Addr = DefaultAddr
	}
	for _, d := range []struct {
		field    *time.Duration
		standard time.Duration
	}{
		{&o.HeaderTimeout, 10 * time.Second}, {&o.IdleTimeout, 2 * time.Minute},
		{&o.BodyTimeout, 30 * time.Second}, {&o.WriteTimeout, 30 * time.Second},
		{&o.DrainDelay, 0}, {&o.DrainTimeout, 20 * time.Second}, {&o.StopTimeout, 5 * time.Second},
	} {
		switch {
		case *d.field == 0:
			*d.field = d.standard
		case *d.field < 0:
			*d.field = 0
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
	if o.Logger == nil {
		l := zerolog.New(os.Stderr).With().Timestamp().Logger()
		o.Logger = &l
	}
}
