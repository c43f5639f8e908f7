package framework

import (
	"bytes"
	"context"
	"errors"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"

	"github.com/rs/zerolog"
)

// server is one call of Serve. Its goroutines are those of net/http, which
// the drain waits for, and the one that takes connections, which run waits for.
type server struct {
	app      *App
	o        ServerOptions
	handler  http.Handler
	secure   bool // by TLS
	log      *zerolog.Logger
	http     *http.Server
	listener *listener

	requests  inFlight
	ready     atomic.Bool
	departing atomic.Bool // responses ask their clients to connect anew
}

var _ http.Handler = (*server)(nil)

func newServer(app *App, o ServerOptions) (*server, error) {
	s := &server{app: app, o: o, handler: o.Handler, log: app.web.Log}
	if s.handler == nil {
		s.handler = app
	}
	if s.log == nil {
		silent := zerolog.Nop()
		s.log = &silent
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
	unheard := func() {}
	if !s.o.DisableSignals {
		ctx, unheard = signal.NotifyContext(ctx, syscall.SIGTERM, os.Interrupt)
		defer unheard()
		// From the first signal on, the next one ends the process.
		defer context.AfterFunc(ctx, unheard)()
	}
	if err := s.app.Start(ctx); err != nil {
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
		unheard() // before anybody can see that the drain has begun
		err = s.drain(cut)
		<-ended
	}
	stop := context.WithoutCancel(ctx)
	if s.o.StopTimeout > 0 {
		var release context.CancelFunc
		stop, release = context.WithTimeout(stop, s.o.StopTimeout)
		defer release()
	}
	err = errors.Join(err, s.app.Shutdown(stop))
	s.log.Info().Err(err).Msg("stopped")
	return err
}

// serve takes connections until there are no more.
func (s *server) serve() error {
	if s.secure {
		return s.http.ServeTLS(s.listener, "", "")
	}
	return s.http.Serve(s.listener)
}

// lastOne is in the header of responses while the server departs.
var lastOne = []string{"close"}

// ServeHTTP is where requests come in.
func (s *server) ServeHTTP(w http.ResponseWriter, hr *http.Request) {
	if s.o.Health && s.health(w, hr) {
		return
	}
	defer s.requests.begin().Add(1)
	if s.departing.Load() {
		w.Header()["Connection"] = lastOne // in HTTP/2 it makes net/http say GOAWAY
	}
	if hr.Body == http.NoBody && hr.ProtoMajor == 1 {
		s.handler.ServeHTTP(w, hr)
		return
	}
	p := newPatience(w, hr, &s.o)
	defer p.over()
	s.handler.ServeHTTP(p, p.request)
	p.end()
}

// health answers the paths of probes.
func (s *server) health(w http.ResponseWriter, hr *http.Request) bool {
	if hr.Method != http.MethodGet && hr.Method != http.MethodHead {
		return false
	}
	switch hr.URL.Path {
	case "/healthz":
	case "/readyz":
		if !s.ready.Load() {
			probe(w, http.StatusServiceUnavailable, "draining\n")
			return true
		}
		if s.o.Ready == nil {
			break
		}
		if err := s.o.Ready(hr.Context()); err != nil {
			s.log.Warn().Err(err).Msg("not ready")
			probe(w, http.StatusServiceUnavailable, "not ready\n")
			return true
		}
	default:
		return false
	}
	probe(w, http.StatusOK, "ok\n")
	return true
}

func probe(w http.ResponseWriter, status int, text string) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // a probe that went away needs no answer
}

// serverLog takes what net/http has to say. Handshakes that fail are
// everyday business of a server on the internet.
type serverLog struct{ log *zerolog.Logger }

func (l serverLog) Write(line []byte) (int, error) {
	event := l.log.Warn()
	if bytes.Contains(line, []byte("TLS handshake error")) {
		event = l.log.Debug()
	}
	event.Str("from", "net/http").Msg(string(bytes.TrimSpace(line)))
	return len(line), nil
}
