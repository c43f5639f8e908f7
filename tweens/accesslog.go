package tweens

import (
	"net"
	"reflect"
	"time"

	"github.com/rs/zerolog"

	"github.com/mastaba-go/mastaba/views/web"
)

// AccessLogOptions are the choices of AccessLog. The zero value logs every request.
type AccessLogOptions struct {
	// Level gives the level of a line by the status of the answer. Nil: error from 500 on, warning from 400 on, else info.
	Level func(status int) zerolog.Level
	// Skip keeps requests out of the log, such as those of a health check. It is asked when the response was sent.
	Skip func(r *web.Request) bool
}

// AccessLog writes one line for each request into the request's log, which adds the request id. The line is written when the
// response has been sent, so that it tells what really left: method, path, route (pattern), resource (type), view (name),
// status, bytes, duration (milliseconds), remote (address), and the error, if one came out of what follows inward. What a
// request does not have is left out; the query too, for it may hold secrets.
//
// Place it outside of all that shall be counted, where it lands by itself if it is added last. Without an application's
// logger it does nothing.
func AccessLog(o AccessLogOptions) Factory {
	text := callText("AccessLog", o)
	if o.Level == nil {
		o.Level = levelOf
	}
	l := &accessLog{o, time.Now()}
	return Wrap(func(next web.Handler) web.Handler {
		return func(r *web.Request) (*web.Response, error) {
			e := &exchange{of: l, start: l.clock()}
			r.AddFinishedCallback(e.log)
			resp, err := next(r)
			e.note(resp, err)
			return resp, err
		}
	}).Named(text)
}

type accessLog struct {
	AccessLogOptions
	born time.Time
}

// clock is the age of the log. To read it costs half of time.Now, which asks the
// system twice.
func (l *accessLog) clock() time.Duration { return time.Since(l.born) }

// exchange is one line to be.
type exchange struct {
	of     *accessLog
	start  time.Duration // by its clock
	status int           // as the tween saw it: for answers that were never sent
	err    error
}

// note keeps what came from further in. A panic that passes leaves a status of 500.
func (e *exchange) note(resp *web.Response, err error) {
	switch {
	case err != nil:
		e.err = err
	case resp != nil:
		e.status = resp.Status()
	}
}

// log writes the line, as a finished callback.
func (e *exchange) log(r *web.Request) error {
	if e.of.Skip != nil && e.of.Skip(r) {
		return nil
	}
	sent := r.Sent()
	status := sent.Status
	if status == 0 {
		status = unsent(e.status, e.err)
	}
	line := r.LogLine(e.of.Level(status))
	if line == nil {
		return nil
	}
	line.Str("method", r.Method).Str("path", r.URL.Path)
	describe(line, r)
	line.Int("status", status).Int64("bytes", sent.Bytes).Dur("duration", e.of.clock()-e.start).Str("remote", remote(r))
	if e.err != nil {
		line.Err(e.err)
	}
	line.Msg("request")
	return nil
}

// describe says what was found for a request.
func describe(line *zerolog.Event, r *web.Request) {
	if m := r.Match(); m != nil {
		line.Str("route", m.Pattern)
	}
	if res := r.Resource(); res != nil {
		line.Str("resource", reflect.TypeOf(res).String())
	}
	if view := r.ViewName(); view != "" {
		line.Str("view", view)
	}
}

// remote is the address of the client without its port.
func remote(r *web.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
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
