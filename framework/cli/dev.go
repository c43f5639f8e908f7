package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/devtools"
	"github.com/mastaba-go/mastaba/framework/devtools/reload"
	"github.com/mastaba-go/mastaba/framework/server"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// The tweens of serve --dev. One lies directly under EXCVIEW, where it sees an error before the
// application's own error view replaces it. The other is the outermost, for errors that nothing
// has handled.
const (
	devErrors  = "development errors"
	devOutside = "development"
)

// devPageHeader marks the responses of the tweens.
const devPageHeader = "X-Development-Page"

// development shows errors as pages.
type development struct {
	app     *framework.App
	toolbar *devtools.Toolbar
	script  string // of all pages; "" for none
}

// serveDev serves with development pages. child is that of serve --reload; nil without it.
func (p *program) serveDev(ctx context.Context, child *reload.Child) error {
	o, err := p.server(), p.invalid
	hosts := p.devHosts(o.Addr)
	script := ""
	if child != nil {
		script = child.Script()
	}
	var app *framework.App
	if err == nil {
		app, err = p.devApp(ctx, script)
	}
	if child != nil {
		p.attach(&o, child, app)
	}
	if err != nil {
		_ = p.exit(err)
		o.Middleware = hosts.guard
		if child != nil {
			o.Middleware = guarded(hosts, child.Handler)
		}
		return p.serveReport(ctx, o, script, err)
	}
	defer p.showToolbar(app)()
	inner := o.Middleware
	o.Middleware = guarded(hosts, func(h http.Handler) http.Handler {
		if inner != nil {
			h = inner(h)
		}
		h = p.toolbar.Handler(h)
		if child != nil {
			h = child.Handler(h) // which has paths below those of the toolbar
		}
		return h
	})
	return framework.Serve(ctx, app, o)
}

// guarded returns middleware with the guard of hosts around it.
func guarded(hosts devHosts, inner func(http.Handler) http.Handler) func(http.Handler) http.Handler {
	return func(h http.Handler) http.Handler { return hosts.guard(inner(h)) }
}

// devApp builds the application with the two tweens. If it has an explicit tween order, devApp
// inserts them there and builds it again.
func (p *program) devApp(ctx context.Context, script string) (*framework.App, error) {
	config, err := p.env.configure(ctx)
	if err != nil {
		return nil, err
	}
	d := &development{toolbar: p.toolbar, script: script}
	config.Commit()          // the following conflicts with nothing
	config.SetAllowedHosts() // those of devHosts are checked already
	config.SetDevelopment()
	logged := map[registry.Warning]bool{} // of the first build
	config.OnWarning(func(w registry.Warning) {
		if !logged[w] {
			logged[w] = true
			p.env.Logger.Warn().Stringer("source", w.Source).Msg(w.Text)
		}
	})
	config.PoisonRecycledRequests()
	p.toolbar.Configure(config)
	config.AddTween(devErrors, tweens.Wrap(d.errors), tweens.Under(tweens.ExcView), tweens.Over(tweens.Main))
	config.AddTween(devOutside, tweens.Wrap(d.outside), tweens.Under(tweens.Ingress))
	app, err := config.App()
	if err != nil {
		return nil, err
	}
	if order := tweens.Names(app.Registry()); !slices.Contains(order, devErrors) {
		order = slices.Insert(order, slices.Index(order, tweens.ExcView)+1, devErrors)
		config.SetTweenOrder(append([]string{devOutside}, order...)...)
		if app, err = config.App(); err != nil {
			return nil, err
		}
	}
	d.app = app
	return app, nil
}

// errors is the tween under EXCVIEW.
func (d *development) errors(next web.Handler) web.Handler {
	next = web.Guard(next)
	return func(r *web.Request) (*web.Response, error) {
		resp, err := next(r)
		if err == nil || !d.shows(r, err) {
			return resp, err
		}
		return d.respond(r, err), nil
	}
}

// outside is the outermost tween.
func (d *development) outside(next web.Handler) web.Handler {
	next = web.Guard(d.toolbar.Record(next))
	return func(r *web.Request) (*web.Response, error) {
		if d.script != "" && wantsHTML(r.Request) {
			r.Request.Header.Del("Accept-Encoding") // the script is put into the text of the page
		}
		resp, err := next(r)
		if err != nil {
			if gone, ok := web.Drive(r).ClientGone(err); ok {
				return gone, nil
			}
			resp = d.respond(r, err)
		}
		if resp != nil && resp.Header(devPageHeader) != "" { // whatever policy the tweens between have set
			resp.SetHeader("Content-Security-Policy", pagePolicy)
		}
		if resp != nil && d.script != "" {
			devtools.Inject(resp, scriptTag(d.script))
		}
		return resp, nil
	}
}

// shows reports whether the page replaces the response to an error. It does for errors without
// a status, whose cause no client would see. For others it does if a browser sent the request
// and the application has no error view for it.
func (d *development) shows(r *web.Request, err error) bool {
	if _, gone := web.Drive(r).ClientGone(err); gone {
		return false
	}
	status, known := web.StatusOf(err)
	switch {
	case !known:
		return true
	case status < 400 || !wantsHTML(r.Request):
		return false
	}
	return views.TableOf(r.Registry()).PredictError(r, err).View == nil
}

func wantsHTML(hr *http.Request) bool {
	return strings.Contains(strings.Join(hr.Header["Accept"], ","), "text/html")
}

// respond returns the page of an error, with the status and headers that the error's own
// response would have.
func (d *development) respond(r *web.Request, err error) *web.Response {
	event := r.Log().Error()
	status, known := web.StatusOf(err)
	if known && status < 500 {
		event = r.Log().Debug()
	}
	if panicked, ok := errors.AsType[*web.PanicError](err); ok {
		event = event.Bytes("stack", panicked.Stack)
	}
	event.Err(err).Str("method", r.Method).Str("path", r.URL.Path).Msg("error shown on a development page")

	page := d.page(r, err)
	web.Drive(r).SetError(err)
	var resp *web.Response
	if wantsHTML(r.Request) {
		resp = r.HTML(page.html())
	} else {
		resp = r.Text(page.text())
	}
	if !known {
		resp.SetStatus(http.StatusInternalServerError)
	}
	resp.SetHeader("Cache-Control", "no-store")
	resp.SetHeader(devPageHeader, "error")
	resp.SetHeader(web.RequestIDHeader, r.ID())
	return resp
}

// serveReport serves the report of an invalid configuration until the program is stopped:
// a process cannot load changed code.
func (p *program) serveReport(ctx context.Context, o server.Options, script string, invalid error) error {
	o.Health, o.Ready = false, nil
	if o.Logger == nil {
		o.Logger = p.env.Logger
	}
	report := http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		header := w.Header()
		header.Set("Cache-Control", "no-store")
		header.Set(devPageHeader, "configuration")
		page := devPage{Title: "Invalid configuration", Report: invalid.Error(), Stacks: belowPanic(stacks(invalid)), Waiting: script == "", Script: script}
		text, kind := page.text(), "text/plain; charset=utf-8"
		if wantsHTML(hr) {
			header.Set("Content-Security-Policy", pagePolicy)
			text, kind = page.html(), "text/html; charset=utf-8"
		}
		header.Set("Content-Type", kind)
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprint(w, text)
	})
	if err := server.Serve(ctx, report, o); err != nil {
		return err
	}
	return errReported
}
