package tweens

import (
	"reflect"
	"time"

	"github.com/rs/zerolog"

	"github.com/mastaba-go/mastaba/views/web"
)

// AccessLogOptions are the options of AccessLog. The zero value logs every request.
type AccessLogOptions struct {
	// Level returns the level of a line by the status of the response. Nil means error from 500 on,
	// warning from 400 on, info otherwise.
	Level func(status int) zerolog.Level
	// Skip keeps requests out of the log, such as those of a health check. It is called after the
	// response was sent.
	Skip func(r *web.Request) bool
}

// AccessLog writes one line per request to the request's log, which adds the request id. It writes
// after the response was sent, so the line states what was sent: method, path, route (pattern),
// resource (type), view (name), status, bytes, duration (milliseconds), remote (the ClientAddr of
// the request), and the error if an inner tween returned one. A websocket adds close_code,
// messages_in, messages_out, bytes_in and bytes_out, and its line comes at its end. Fields that a
// request does not have are left out, and so is the query, because it may contain secrets.
//
// Place it outside all that it should measure; if it is added last, that is its place by default.
// Without an application's logger it does nothing.
func AccessLog(o AccessLogOptions) Factory {
	text := callText("AccessLog", o)
	if o.Level == nil {
		o.Level = levelOf
	}
	l := &accessLog{o, time.Now()}
	return Wrap(func(next web.Handler) web.Handler {
		return func(r *web.Request) (*web.Response, error) {
			e := &logEntry{log: l, start: l.clock()}
			r.AddFinishedCallback(e.write)
			resp, err := next(r)
			e.record(resp, err)
			return resp, err
		}
	}).Named(text)
}

type accessLog struct {
	AccessLogOptions
	created time.Time
}

// clock returns the age of the log. It costs half of time.Now, which reads two clocks.
func (l *accessLog) clock() time.Duration { return time.Since(l.created) }

// logEntry is the line of one request.
type logEntry struct {
	log    *accessLog
	start  time.Duration // by its clock
	status int           // for responses that are never sent
	err    error
}

// record records the outcome of inner tweens. It is not called for a panic.
func (e *logEntry) record(resp *web.Response, err error) {
	switch {
	case err != nil:
		e.err = err
	case resp != nil:
		e.status = resp.Status()
	}
}

// write writes the line. It is a finished callback.
func (e *logEntry) write(r *web.Request) error {
	if e.log.Skip != nil && e.log.Skip(r) {
		return nil
	}
	sent := r.Sent()
	status := sent.Status
	if status == 0 {
		status = unsentStatus(e.status, e.err)
	}
	line := r.LogLine(e.log.Level(status))
	if line == nil {
		return nil
	}
	line.Str("method", r.Method).Str("path", r.URL.Path)
	addFound(line, r)
	line.Int("status", status).Int64("bytes", sent.Bytes).Dur("duration", e.log.clock()-e.start)
	addRemote(line, r)
	if fields, ok := web.Upgraded.Peek(r); ok {
		fields(func(name string, value any) { line.Any(name, value) })
	}
	if e.err != nil {
		line.Err(e.err)
	}
	line.Msg("request")
	return nil
}

// addFound adds the route, resource and view of a request to a line.
func addFound(line *zerolog.Event, r *web.Request) {
	if m := web.Drive(r).Routed(); m != nil {
		line.Str("route", m.Pattern)
	}
	if res := r.Resource(); res != nil {
		line.Str("resource", reflect.TypeOf(res).String())
	}
	if view := r.ViewName(); view != "" {
		line.Str("view", view)
	}
}

// addRemote adds the address of the client to a line: what the server knows of the peer if that
// has no address.
func addRemote(line *zerolog.Event, r *web.Request) {
	if addr := r.ClientAddr(); addr.IsValid() {
		var room [64]byte
		line.Bytes("remote", addr.AppendTo(room[:0]))
		return
	}
	line.Str("remote", r.RemoteAddr)
}

func levelOf(status int) zerolog.Level {
	switch {
	case status >= 500:
		return zerolog.ErrorLevel
	case status >= 400:
		return zerolog.WarnLevel
	}
	return zerolog.InfoLevel
}
