package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"

	"github.com/rs/zerolog"
)

// Lifecycle is an optional interface of the handler given to Serve, for an
// application that opens and closes things around its serving. A handler without it
// is only served.
type Lifecycle interface {
	// Start is called once the server listens, before it accepts the first
	// connection. Its error ends Serve; Shutdown is then not called.
	Start(ctx context.Context) error
	// Drain is called once, when the server has stopped listening. It notifies
	// streams and hijacked connections, so that they end, and must not block.
	Drain()
	// Shutdown is called last, when no request is in flight any more or the drain
	// has timed out. ctx ends after Options.StopTimeout.
	Shutdown(ctx context.Context) error
}

// Serve serves h until ctx ends or the process receives SIGTERM or SIGINT, and then
// shuts down gracefully. It returns nil if all went well.
//
// Serve listens first, so that an address in use is reported before anything else
// happens. If h is a [Lifecycle], its Start follows, and then the server accepts
// connections. The shutdown runs in order:
//
//  1. /readyz responds with 503.
//  2. After DrainDelay, the server accepts what is already in the system's queue and
//     stops listening.
//  3. Lifecycle.Drain notifies streams and hijacked connections.
//  4. Connections are closed as their requests end, within DrainTimeout.
//  5. Lifecycle.Shutdown runs, within StopTimeout.
//
// By default that takes 25 seconds at most, plus DrainDelay. A second signal ends the
// process at once.
//
// No timeout covers a whole request or response: a slow client is limited by how long
// it keeps the server waiting at one point. net/http serves HTTP/1.1 and, with TLS,
// HTTP/2. Responses to a header that is too long (431), malformed (400) or too slow
// (408) are plain text and do not reach h. If nothing was received, the connection is
// closed without a response.
//
// The contexts of requests carry the values of ctx.
func Serve(ctx context.Context, h http.Handler, o Options) error {
	if h == nil {
		return errors.New("serve: the handler is nil")
	}
	if err := o.Check(); err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	o.complete()
	s, err := newServer(h, o)
	if err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	return s.run(ctx)
}

// server is one call of Serve. Its goroutines are those of net/http, which the drain
// waits for, and the one that accepts connections, which run waits for.
type server struct {
	o         Options
	handler   http.Handler
	lifecycle Lifecycle
	secure    bool // uses TLS
	log       *zerolog.Logger
	http      *http.Server
	listener  *listener

	requests  inFlight
	ready     atomic.Bool
	departing atomic.Bool // responses ask their clients to reconnect
}

var _ http.Handler = (*server)(nil)

func newServer(h http.Handler, o Options) (*server, error) {
	s := &server{o: o, handler: h, lifecycle: noLifecycle{}, log: o.Logger}
	if own, ok := h.(Lifecycle); ok {
		s.lifecycle = own
	}
	if o.Middleware != nil {
		s.handler = o.Middleware(h)
	}
	s.http = &http.Server{
		Handler:           s,
		ReadHeaderTimeout: o.HeaderTimeout,
		IdleTimeout:       o.IdleTimeout,
		MaxHeaderBytes:    o.MaxHeader,
		ConnState:         noteState,
		ErrorLog:          log.New(serverLog{s.log}, "", 0),
		Protocols:         new(http.Protocols),
	}
	if o.WriteTimeout > 0 {
		s.http.WriteTimeout = forever
	}
	limitHeaderLines(s.http, o.MaxHeaderLines)
	s.http.Protocols.SetHTTP1(true)
	s.http.Protocols.SetHTTP2(true)
	s.http.Protocols.SetUnencryptedHTTP2(o.CleartextHTTP2)
	var err error
	if s.http.TLSConfig, err = tlsConfig(&o, s.log); err != nil {
		return nil, err
	}
	s.secure = s.http.TLSConfig != nil
	raw, err := listen(&o)
	if err != nil {
		return nil, err
	}
	s.listener = newListener(raw, o.WriteTimeout)
	return s, nil
}

func (s *server) run(ctx context.Context) error {
	stopSignals := func() {}
	if !s.o.DisableSignals {
		ctx, stopSignals = signal.NotifyContext(ctx, syscall.SIGTERM, os.Interrupt)
		defer stopSignals()
		// After the first signal, the next one ends the process.
		defer context.AfterFunc(ctx, stopSignals)()
	}
	if err := s.lifecycle.Start(ctx); err != nil {
		return errors.Join(err, s.listener.Close())
	}
	base, cut := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cut(nil)
	s.http.BaseContext = func(net.Listener) context.Context { return base }
	s.ready.Store(true)
	ended := make(chan error, 1)
	go func() { ended <- s.serve() }()
	s.log.Info().Stringer("address", s.listener.Addr()).Bool("tls", s.secure).Msg("serving")
	if s.o.Started != nil {
		s.o.Started(s.listener.Addr())
	}
	var err error
	select {
	case err = <-ended:
		err = errors.Join(err, s.drain(cut))
	case <-ctx.Done():
		stopSignals() // before anyone can see that the drain has begun
		err = s.drain(cut)
		<-ended
	}
	stop := context.WithoutCancel(ctx)
	if s.o.StopTimeout > 0 {
		var release context.CancelFunc
		stop, release = context.WithTimeout(stop, s.o.StopTimeout)
		defer release()
	}
	err = errors.Join(err, s.lifecycle.Shutdown(stop))
	s.log.Info().Err(err).Msg("stopped")
	return err
}

// serve accepts connections until the listener is closed.
func (s *server) serve() error {
	if s.secure {
		return s.http.ServeTLS(s.listener, "", "")
	}
	return s.http.Serve(s.listener)
}

// ServeHTTP handles a request: a probe by itself, any other with the handler.
func (s *server) ServeHTTP(w http.ResponseWriter, hr *http.Request) {
	if s.o.Health && s.health(w, hr) {
		return
	}
	defer s.requests.begin().Add(1)
	departing := s.departing.Load()
	if hr.Body == http.NoBody && hr.ProtoMajor == 1 && !departing {
		s.handler.ServeHTTP(w, hr)
		return
	}
	e := newExchange(w, hr, &s.o, departing)
	defer e.cleanup()
	s.handler.ServeHTTP(e, e.request)
	e.finish()
}

// noLifecycle is the Lifecycle of a handler that has none.
type noLifecycle struct{}

var _ Lifecycle = noLifecycle{}

func (noLifecycle) Start(context.Context) error    { return nil }
func (noLifecycle) Drain()                         {}
func (noLifecycle) Shutdown(context.Context) error { return nil }

// serverLog receives the messages of net/http. Failed handshakes are routine for a
// server on the internet.
type serverLog struct{ log *zerolog.Logger }

func (l serverLog) Write(line []byte) (int, error) {
	event := l.log.Warn()
	if bytes.Contains(line, []byte("TLS handshake error")) {
		event = l.log.Debug()
	}
	event.Str("from", "net/http").Msg(string(bytes.TrimSpace(line)))
	return len(line), nil
}
