package devtools

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/explain"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/queries"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views/web"
)

// Kinds of spans.
const (
	ofTween    = "tween"
	ofRoutes   = "routes"
	ofWalk     = "walk"
	ofStep     = "step"
	ofView     = "view"
	ofTemplate = "render"
	ofSending  = "send"
	ofQuery    = "query"
)

// recorded is the record of a request.
var recorded = web.NewKey[*record]("devtools record", nil)

// recordOf returns the record of a request; nil if it has none, as when it is only explained.
func recordOf(r *web.Request) *record {
	if r == nil || explain.DryRun(r.Context()) {
		return nil
	}
	rec, _ := recorded.Peek(r)
	return rec
}

// Configure adds to an application what records its requests. Call it before the application is
// built, and put Record around its tweens.
func (t *Toolbar) Configure(config *framework.Configurator) {
	if !t.recording {
		return
	}
	registry.AddComponent(config, tweens.Probe(probe))
	config.AddStepHook(stepped)
	registry.Subscribe(config, func(e *web.NewRequest) error {
		begin(e.Request, ofRoutes, "NewRequest and routes")
		return nil
	})
	registry.Subscribe(config, func(e *web.BeforeTraversal) error {
		next(e.Request, ofRoutes, ofWalk, "root factory and traversal")
		return nil
	})
	registry.Subscribe(config, func(e *web.ResourceFound) error {
		next(e.Request, ofWalk, ofView, "view lookup and view")
		return nil
	})
	registry.Subscribe(config, beforeRender)
	registry.Subscribe(config, t.answered)
}

// probe measures a tween, or the router.
func probe(name string, handler web.Handler) web.Handler {
	return func(r *web.Request) (*web.Response, error) {
		rec := recordOf(r)
		if rec == nil {
			return handler(r)
		}
		end := rec.start(ofTween, name)
		note := "panic"
		defer func() { end(note) }()
		resp, err := handler(r)
		note = ""
		if err != nil {
			note = cut(err.Error(), maxValue)
		}
		return resp, err
	}
}

func begin(r *web.Request, kind, name string) {
	if rec := recordOf(r); rec != nil {
		rec.start(kind, name)
	}
}

// next ends a span and begins another.
func next(r *web.Request, last, kind, name string) {
	if rec := recordOf(r); rec != nil {
		rec.closeKind(last, "")
		rec.start(kind, name)
	}
}

// stepped records a step of a traversal. It is a step hook.
func stepped(ctx context.Context, s traversal.Step) {
	r, _ := web.FromContext(ctx)
	rec := recordOf(r)
	if rec == nil {
		return
	}
	note := fmt.Sprintf("%s of %T", s.Capability, s.Parent)
	switch {
	case s.Err != nil && !errors.Is(s.Err, traversal.ErrNotFound):
		note += ": " + cut(s.Err.Error(), maxValue)
	case s.Child == nil:
		note += ": no child"
	default:
		note += fmt.Sprintf(": %T", s.Child)
	}
	rec.past(ofStep, fmt.Sprintf("%q", cut(s.Name, maxValue)), note, s.Elapsed)
}

// queried records a statement on a database.
func (rec *record) queried(q queries.Query) {
	note := ""
	if q.Err != nil {
		note = cut(q.Err.Error(), maxValue)
	}
	rec.past(ofQuery, cut(strings.Join(strings.Fields(q.Text), " "), maxValue), note, q.Took)
}

// beforeRender records the call of a renderer.
func beforeRender(e *web.BeforeRender) error {
	rec := recordOf(e.Request)
	if rec == nil {
		return nil
	}
	made := rendering{Renderer: e.Renderer, Value: preview("", reflect.ValueOf(e.Value))}
	_ = web.Try(func() error { made.Vars = variables(e.Value, e.Vars); return nil })
	rec.start(ofTemplate, "renderer "+e.Renderer)
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if len(rec.rendered) < maxVars {
		rec.rendered = append(rec.rendered, made)
	}
	return nil
}

// Record returns the application's handler with a recorder around it: the outermost tween.
func (t *Toolbar) Record(next web.Handler) web.Handler {
	if !t.recording {
		return next
	}
	return func(r *web.Request) (*web.Response, error) {
		if rec := recordOf(r); rec != nil { // a subrequest
			return next(r)
		}
		rec := t.begin(r)
		resp, err := next(r.WithContext(queries.Observe(r.Context(), rec.queried)))
		if err != nil {
			rec.mu.Lock()
			rec.failure = cut(err.Error(), maxValue)
			rec.mu.Unlock()
		}
		return resp, err
	}
}

// begin makes the record of a request.
func (t *Toolbar) begin(r *web.Request) *record {
	again := r.Request.Clone(context.WithoutCancel(r.Request.Context()))
	again.Body = http.NoBody
	rec := &record{
		begin: time.Now(), id: r.ID(), method: r.Method, target: cut(maskQuery(r.URL.RequestURI()), maxValue), remote: r.RemoteAddr,
		request: append([]fact{{"Host", r.Host}}, shown(r.Request.Header)...), again: again,
	}
	if strings.Contains(strings.Join(r.Request.Header["Accept"], ","), "text/html") {
		r.Request.Header.Del("Accept-Encoding") // the panel is put into the text of the page
	}
	t.history.add(rec)
	recorded.Set(r, rec)
	r.AddFinishedCallback(func(r *web.Request) error {
		t.history.ended(rec, rec.finish(r))
		return nil
	})
	return rec
}

// answered completes the record when the response is known, and adds the panel to a page. It is the
// last to see the response before it is sent.
func (t *Toolbar) answered(e *web.NewResponse) error {
	rec, r := recordOf(e.Request), e.Request
	if rec == nil {
		return nil
	}
	ready := rec.since()
	facts := routing(r)
	var user string
	var session []fact
	err := web.Try(func() (err error) {
		user, err = r.UserID()
		return err
	})
	if err != nil {
		user = "unknown: " + cut(err.Error(), maxValue)
	}
	if r.Request.Header["Cookie"] != nil {
		err := web.Try(func() (err error) {
			session, err = sessionOf(r)
			return err
		})
		if err != nil && r.Application().Sessions != nil {
			session = []fact{{"error", cut(err.Error(), maxValue)}}
		}
	}
	rec.mu.Lock()
	rec.ready, rec.facts, rec.user, rec.session = ready, facts, user, session
	rec.status, rec.kind = e.Response.Status(), e.Response.ContentType()
	rec.response = shown(e.Response.Headers())
	rec.mu.Unlock()
	t.keepSlow(rec, ready)
	t.panel(rec, e.Response)
	rec.start(ofSending, "sending the response")
	return nil
}

// finish completes the record when the response was sent, and returns how many bytes it has, about.
func (rec *record) finish(r *web.Request) int {
	sent := r.Sent()
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.took = rec.since()
	for i := range rec.spans {
		if rec.spans[i].End == 0 {
			rec.spans[i].End = rec.took
		}
	}
	rec.open = nil
	if sent.Status != 0 {
		rec.status = sent.Status
	}
	rec.size = sent.Bytes
	return rec.weight()
}

// routing returns what the router has found.
func routing(r *web.Request) (facts []fact) {
	if m := r.Match(); m != nil {
		facts = append(facts, fact{"route", fmt.Sprintf("%s %q", m.Route, m.Pattern)})
		for _, param := range m.Params() {
			value := param.Value + strings.Join(param.Values, "/")
			if secret(param.Name) {
				value = masked(value)
			}
			facts = append(facts, fact{"{" + param.Name + "}", cut(value, maxValue)})
		}
	}
	if resource := r.Resource(); resource != nil {
		facts = append(facts,
			fact{"resource", fmt.Sprintf("%T at %s", resource, r.Node().Path())},
			fact{"view name", fmt.Sprintf("%q", r.ViewName())}, fact{"subpath", fmt.Sprintf("%q", r.Subpath())})
	}
	return facts
}

// sessionOf returns the names in the session, with what kind of JSON their values are.
func sessionOf(r *web.Request) (facts []fact, err error) {
	if r.Application().Sessions == nil {
		return nil, nil
	}
	session, err := r.Session()
	if err != nil {
		return nil, err
	}
	for _, name := range session.Names() {
		var value any
		if _, err := session.Get(name, &value); err != nil {
			return facts, err
		}
		kind := "null"
		switch v := value.(type) {
		case bool:
			kind = "true or false"
		case string:
			kind = fmt.Sprintf("string of %d bytes", len(v))
		case []any:
			kind = fmt.Sprintf("array of %d", len(v))
		case map[string]any:
			kind = fmt.Sprintf("object with %d members", len(v))
		case nil:
		default:
			kind = "number"
		}
		facts = append(facts, fact{name, kind})
		if len(facts) == maxHeaders {
			break
		}
	}
	return facts, nil
}

// variables returns what a template gets, by name: the exported fields of a struct, or the keys of a
// map, and what subscribers have added.
func variables(value any, vars map[string]any) []fact {
	var facts []fact
	add := func(name string, v reflect.Value) {
		if len(facts) < maxVars {
			facts = append(facts, fact{name, preview(name, v)})
		}
	}
	v := reflect.ValueOf(value)
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() {
				add("."+field.Name, v.Field(i))
			}
		}
	case reflect.Map:
		if v.Type().Key().Kind() == reflect.String {
			for _, key := range sortedKeys(v) {
				add("."+key.String(), v.MapIndex(key))
			}
		}
	}
	added := reflect.ValueOf(vars)
	for _, key := range sortedKeys(added) {
		add(key.String(), added.MapIndex(key))
	}
	return facts
}
