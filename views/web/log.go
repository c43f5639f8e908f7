package web

import (
	"cmp"

	"github.com/rs/zerolog"

	"github.com/mastaba-go/mastaba/views/web/internal/loglevel"
	"github.com/mastaba-go/mastaba/views/web/internal/panics"
	"github.com/mastaba-go/mastaba/views/web/internal/requestid"
	"github.com/mastaba-go/mastaba/views/web/internal/statuserr"
)

// RequestIDHeader carries the id of a request, from a trusted proxy and in the response.
const RequestIDHeader = "X-Request-Id"

var silent = zerolog.Nop()

// ID returns the id of the request, by which the log identifies it: the one that a trusted proxy
// sent, if it is short and plain, or else a UUID of version 7, generated on first use.
func (r *Request) ID() string {
	x := r.more()
	x.mu.Lock()
	defer x.mu.Unlock()
	return r.identify(x)
}

// identify returns the id; the caller holds x.mu.
func (r *Request) identify(x *extras) string {
	if x.id == "" {
		root := r.root()
		x.id = requestid.Of(root.Request.Header[RequestIDHeader], root.FromTrustedProxy)
	}
	return x.id
}

// Log returns the logger of the request: that of the application, with the request id in each line.
// It is created on first use.
func (r *Request) Log() *zerolog.Logger {
	if r.app.Log == nil {
		return &silent
	}
	x := r.more()
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.log == nil {
		log := r.app.Log.With().Str("request_id", r.identify(x)).Logger()
		x.log = &log
	}
	return x.log
}

// LogLine starts a log line, as Log().WithLevel(level) does, without creating a logger. It is for
// code that logs one line per request. The event is nil, which is valid to use, if nothing is
// logged at this level.
func (r *Request) LogLine(level zerolog.Level) *zerolog.Event {
	if r.app.Log == nil {
		return nil
	}
	x := r.more()
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.log != nil {
		return x.log.WithLevel(level)
	}
	return r.app.Log.WithLevel(level).Str("request_id", r.identify(x))
}

// LogError logs err, which became a response with the given status, if nobody else sees what
// happened: a panic, with its stack, an error without a status of its own, whatever an error view
// made of it, and any error whose response has a status of 500 or more. 503 and 504 are left out:
// they are frequent under load, and the access log and metrics count them. Without a message it is
// "panic" or "internal error".
func (d Driver) LogError(err error, status int, message string) {
	r := d.r
	panicked := panics.In(err)
	level, text := loglevel.Of(status, statuserr.Find(err) != nil, panicked != nil)
	if level == zerolog.NoLevel {
		return
	}
	line := r.Log().WithLevel(level).Err(panics.Readable(err))
	if panicked != nil {
		line.Bytes("stack", panicked.Stack)
	}
	line.Str("method", r.Method).Str("path", r.URL.Path).Msg(cmp.Or(message, text))
}
