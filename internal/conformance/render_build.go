package conformance

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/assets"
	"github.com/mastaba-go/mastaba/views/renderers"
	"github.com/mastaba-go/mastaba/views/web"
)

// rendering are the fields of directives about renderers.
type rendering struct {
	Kind     string         `json:"kind"`
	Label    string         `json:"label"`
	For      string         `json:"for"`
	Param    string         `json:"param"`
	Text     string         `json:"text"`
	Pieces   []string       `json:"pieces"`
	Adapters []valueAdapter `json:"adapters"`
	Response *changes       `json:"response"`

	Renderer  *string         `json:"renderer"`
	Wrapper   string          `json:"wrapper"`
	HTTPCache json.RawMessage `json:"http_cache"`
	Decorator decorators      `json:"decorator"`

	Sets     map[string]json.RawMessage `json:"sets"`
	Changes  map[string]json.RawMessage `json:"changes"`
	Override string                     `json:"override_renderer"`
}

// rendered are the fields of behaviors about what a view gives back.
type rendered struct {
	Value    json.RawMessage `json:"value"`
	Own      *changes        `json:"own"`
	Response *changes        `json:"response"`
	Override string          `json:"override_renderer"`
	Render   *renderCall     `json:"render"`
}

// renderCall is a call of render or render_to_response.
type renderCall struct {
	Call     string          `json:"call"`
	Renderer string          `json:"renderer"`
	Value    json.RawMessage `json:"value"`
	Package  string          `json:"package"`
	Onto     *changes        `json:"onto"`
}

// valueAdapter is an adapter of a JSON renderer.
type valueAdapter struct {
	For   string `json:"for"`
	Gives string `json:"gives"`
}

// changes is what is done to a response.
type changes struct {
	Status       int                        `json:"status"`
	ContentType  string                     `json:"content_type"`
	Charset      json.RawMessage            `json:"charset"`
	Headers      [][2]string                `json:"headers"`
	Cookies      []cookie                   `json:"cookies"`
	Delete       []string                   `json:"delete_cookies"`
	CacheControl map[string]json.RawMessage `json:"cache_control"`
	PreventAuto  bool                       `json:"prevent_auto"`
	Text         *string                    `json:"text"`
}

type cookie struct {
	Name     string `json:"name"`
	Value    string `json:"value"`
	MaxAge   *int   `json:"max_age"`
	Path     string `json:"path"`
	Domain   string `json:"domain"`
	Secure   bool   `json:"secure"`
	HTTPOnly bool   `json:"http_only"`
	SameSite string `json:"same_site"`
}

// decorators is one decorator or a list.
type decorators []decorator

type decorator struct {
	Name     string   `json:"name"`
	Response *changes `json:"response"`
	Answer   int      `json:"answer"`
}

// UnmarshalJSON reads a list or one.
func (d *decorators) UnmarshalJSON(b []byte) error {
	if b[0] == '[' {
		return json.Unmarshal(b, (*[]decorator)(d))
	}
	*d = make(decorators, 1)
	return json.Unmarshal(b, &(*d)[0])
}

// UnmarshalJSON reads a name or an object.
func (d *decorator) UnmarshalJSON(b []byte) error {
	if b[0] == '"' {
		return json.Unmarshal(b, &d.Name)
	}
	type plain decorator
	return strict(b, (*plain)(d))
}

const html = "text/html; charset=utf-8"

// newResponse is a response as Pyramid makes it, which begins as HTML.
func newResponse() *web.Response {
	resp := web.Respond(http.StatusOK)
	resp.SetContentType(html)
	return resp
}

// do changes a response.
func (c *changes) do(resp *web.Response) error {
	if c == nil {
		return nil
	}
	if c.Status != 0 {
		resp.SetStatus(c.Status)
	}
	if c.ContentType != "" {
		resp.SetContentType(withCharset(c.ContentType))
	}
	if c.Charset != nil {
		var name *string
		if err := json.Unmarshal(c.Charset, &name); err != nil {
			return err
		}
		mediaType, _, _ := strings.Cut(resp.ContentType(), ";")
		if mediaType == "" {
			mediaType = "text/html"
		}
		if name != nil {
			mediaType += "; charset=" + *name
		}
		resp.SetContentType(mediaType)
	}
	for _, h := range c.Headers {
		resp.SetHeader(h[0], h[1])
	}
	for _, k := range c.Cookies {
		resp.SetCookie(k.cookie())
	}
	for _, name := range c.Delete {
		resp.SetCookie(&http.Cookie{Name: name, Path: "/", MaxAge: -1})
	}
	if control := cacheControl(c.CacheControl); control != nil {
		resp.SetHeader("Cache-Control", strings.Join(control, ", "))
	}
	if c.Text != nil {
		resp.SetBytes([]byte(*c.Text)) // which sets no type
	}
	return nil
}

// withCharset is what setting a type does in Pyramid: texts and XML are UTF-8.
func withCharset(mediaType string) string {
	if strings.HasPrefix(mediaType, "text/") || strings.HasSuffix(mediaType, "xml") {
		return mediaType + "; charset=utf-8"
	}
	return mediaType
}

func (k cookie) cookie() *http.Cookie {
	c := &http.Cookie{Name: k.Name, Value: k.Value, Path: k.Path, Domain: k.Domain, Secure: k.Secure, HttpOnly: k.HTTPOnly}
	if c.Path == "" {
		c.Path = "/"
	}
	if k.MaxAge != nil {
		if c.MaxAge = *k.MaxAge; c.MaxAge == 0 {
			c.MaxAge = -1
		}
	}
	switch strings.ToLower(k.SameSite) {
	case "lax":
		c.SameSite = http.SameSiteLaxMode
	case "strict":
		c.SameSite = http.SameSiteStrictMode
	case "none":
		c.SameSite = http.SameSiteNoneMode
	}
	return c
}

// cacheControl returns the parts of Cache-Control, sorted.
func cacheControl(options map[string]json.RawMessage) (parts []string) {
	for name, value := range options {
		name = strings.ReplaceAll(name, "_", "-")
		switch text := string(value); text {
		case "true":
			parts = append(parts, name)
		case "false", "null":
		default:
			parts = append(parts, name+"="+text)
		}
	}
	slices.Sort(parts)
	return parts
}

// defaultName is what the runner calls the default renderer.
const defaultName = "the default renderer"

// beginRendering prepares an application of the suite: a view of Pyramid without a renderer gives
// responses alone. Names in absent are renderers that do not exist.
func (b *build) beginRendering(c *framework.Configurator, absent []string) {
	none := func(views.RendererInfo) (views.ValueRenderer, error) {
		return views.RendererFunc(func(*web.Request, *web.Response, any) error { return &views.NoResponseError{Info: new(views.Info)} }), nil
	}
	views.AddJSONAdapter(c, here)
	for _, name := range absent {
		c.AddRenderer(name, none)
	}
	b.hasDefault = anyDirective(b.app.Directives, func(d Directive) bool { return d.Do == "add_renderer" && d.Name == "" })
	if !b.hasDefault {
		c.SetDefaultRenderer("null")
		c.AddRenderer(defaultName, none)
		return
	}
	c.AddRenderer(defaultName, none)
	c.SetDefaultRenderer(defaultName)
}

func anyDirective(ds []Directive, holds func(Directive) bool) bool {
	return slices.ContainsFunc(ds, func(d Directive) bool { return holds(d) || anyDirective(d.Directives, holds) })
}

// renderer registers a renderer.
func (b *build) renderer(c registry.Recorder, d Directive) {
	name := d.Name
	if name == "" {
		name = defaultName
	}
	views.AddRenderer(c, name, b.factory(d))
}

// factory returns the factory of a renderer of the case: of ours, or of the runner.
func (b *build) factory(d Directive) views.RendererFactory {
	return func(info views.RendererInfo) (views.ValueRenderer, error) {
		var inner views.ValueRenderer
		var err error
		switch d.Kind {
		case "json":
			inner, err = views.JSON(views.JSONOptions{Adapters: b.jsonAdapters(d.Adapters)})(info)
		case "jsonp":
			inner, err = renderers.JSONP(renderers.JSONPOptions{Param: d.Param, JSON: views.JSONOptions{Adapters: b.jsonAdapters(d.Adapters)}})(info)
		}
		return &caseRenderer{d, info, inner, b}, err
	}
}

// caseRenderer renders values, after what the case says of each renderer.
type caseRenderer struct {
	Directive
	info  views.RendererInfo
	inner views.ValueRenderer
	b     *build
}

var _ views.VarsRenderer = (*caseRenderer)(nil)

func (c *caseRenderer) Render(r *web.Request, resp *web.Response, value any) error {
	return c.RenderVars(r, resp, value, nil)
}

// RenderVars renders as Pyramid does: first the renderer, then what is done to the response.
func (c *caseRenderer) RenderVars(r *web.Request, resp *web.Response, value any, vars map[string]any) error {
	if r != nil && c.Mark != "" {
		playOf(r).mark(c.Mark)
	}
	if err := c.rendering.Response.do(resp); err != nil {
		return err
	}
	if c.Raise != "" {
		return newError(c.Raise)
	}
	var body string
	switch c.Kind {
	case "json", "jsonp":
		return c.inner.Render(r, resp, value)
	case "string":
		body = fmt.Sprint(value)
	case "text", "bytes":
		body = c.Text
	case "pieces":
		body = strings.Join(c.Pieces, "")
	case "nothing":
	case "template":
		var err error
		if body, err = c.template(value, vars); err != nil {
			return err
		}
	case "show":
		body = text(c.show(r, value, vars))
	default:
		return fmt.Errorf("renderer of kind %q: %w", c.Kind, errUnknown)
	}
	if resp.ContentType() == "" {
		resp.SetContentType(html)
	}
	if c.Kind == "text" && strings.HasSuffix(resp.ContentType(), "iso-8859-1") {
		body = toLatin(body)
	}
	return resp.SetWritten(func(w io.Writer) error {
		_, err := io.WriteString(w, body)
		return err
	})
}

func (c *caseRenderer) show(r *web.Request, value any, vars map[string]any) map[string]any {
	all := map[string]any{
		"label": c.label(), "renderer": c.info.Name, "type": c.info.Key, "package": nil, "value": shown(value),
		"view": nil, "context": nil, "request": r != nil, "globals": map[string]any{},
	}
	if c.info.Key == defaultName {
		all["renderer"], all["type"] = nil, ""
	}
	if len(vars) > 0 {
		all["globals"] = vars
	}
	if c.info.View != nil {
		d := c.b.placed[c.info.View.Source]
		all["view"] = d.View
		if c.info.Name == defaultName && d.Renderer != nil {
			all["renderer"] = ""
		}
	}
	if r != nil {
		if pkg := playOf(r).pkg; pkg != "" {
			all["package"] = pkg
		}
		if all["context"] = pathOf(r.Node()); r.Err() != nil {
			all["context"] = errorName(r.Err())
		}
	}
	return all
}

func (c *caseRenderer) label() any {
	if c.Label == "" {
		return nil
	}
	return c.Label
}

func (c *caseRenderer) template(value any, vars map[string]any) (string, error) {
	spec := c.info.Name
	if !strings.Contains(spec, ":") {
		spec = c.b.pkg + ":" + spec
	}
	place, err := assets.Of(c.info.Registry).Find(spec)
	if err != nil {
		return "", err
	}
	file, err := place.Open()
	if err != nil {
		return "", err
	}
	defer file.Close()
	raw, err := io.ReadAll(file)
	if err != nil {
		return "", err
	}
	body := string(raw)
	for {
		before, rest, found := strings.Cut(body, "{{")
		word, after, closed := strings.Cut(rest, "}}")
		if !found || !closed {
			return body, nil
		}
		filled, ok := "", false
		if all, is := value.(map[string]any); is && all[word] != nil {
			filled, ok = fmt.Sprint(all[word]), true
		}
		if !ok && vars[word] != nil {
			filled = fmt.Sprint(vars[word])
		}
		body = before + filled + after
	}
}

func toLatin(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteByte(byte(r))
	}
	return b.String()
}

func fromLatin(s string) string {
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}

// renderOptions returns the options of a view that concern its rendering.
func (b *build) renderOptions(d Directive) (options []views.Option) {
	if d.Renderer != nil {
		name := *d.Renderer
		if name == "" {
			name = defaultName
		}
		options = append(options, views.Renderer(name))
	}
	if d.Wrapper != "" {
		options = append(options, views.Wrapper(d.Wrapper))
	}
	var around []func(web.Handler) web.Handler
	if d.HTTPCache != nil {
		var option views.Option
		if option, around = d.cacheOption(); option != nil {
			options = append(options, option)
		}
	}
	for _, one := range d.Decorator {
		around = append(around, one.wrap)
	}
	if around != nil {
		options = append(options, views.Decorate(around...))
	}
	return options
}

// badCache reports whether http_cache has a wrong shape.
func (d Directive) badCache() bool {
	var pair []json.RawMessage
	return d.HTTPCache != nil && d.HTTPCache[0] == '[' && (json.Unmarshal(d.HTTPCache, &pair) != nil || len(pair) != 2)
}

// cache returns the seconds of http_cache, negative for none, and its options.
func (d Directive) cache() (seconds int, options []string) {
	if json.Unmarshal(d.HTTPCache, &seconds) == nil {
		return seconds, nil
	}
	var pair []json.RawMessage
	var all map[string]json.RawMessage
	if json.Unmarshal(d.HTTPCache, &pair) != nil || len(pair) != 2 || json.Unmarshal(pair[1], &all) != nil {
		return -1, nil
	}
	if string(pair[0]) == "null" || json.Unmarshal(pair[0], &seconds) != nil {
		seconds = -1
	}
	return seconds, cacheControl(all)
}

// cacheOption returns the option for http_cache, and what it does that we have no option for.
func (d Directive) cacheOption() (views.Option, []func(web.Handler) web.Handler) {
	if d.badCache() {
		return views.CacheFor(time.Second, ""), nil // a mistake here too
	}
	seconds, options := d.cache()
	around := []func(web.Handler) web.Handler{adding(options)}
	switch {
	case seconds < 0:
		return nil, around
	case seconds > 0:
		return views.CacheFor(time.Duration(seconds)*time.Second, options...), nil
	case options == nil:
		return views.NoCache(), nil
	}
	return views.NoCache(), around
}

// adding adds directives to the Cache-Control that a view set.
func adding(control []string) func(web.Handler) web.Handler {
	return func(next web.Handler) web.Handler {
		return func(r *web.Request) (*web.Response, error) {
			resp, err := next(r)
			if err == nil {
				all := append(strings.Split(resp.Header("Cache-Control"), ", "), control...)
				resp.SetHeader("Cache-Control", strings.Trim(strings.Join(all, ", "), ", "))
			}
			return resp, err
		}
	}
}

func (d decorator) wrap(next web.Handler) web.Handler {
	return func(r *web.Request) (*web.Response, error) {
		play := playOf(r)
		play.mark(d.Name)
		if d.Answer != 0 {
			resp := newResponse()
			resp.SetStatus(d.Answer)
			resp.SetHeader(reportHeader, play.report(Report{"view": d.Name}))
			return resp, nil
		}
		resp, err := next(r)
		if err != nil {
			return nil, err
		}
		play.mark(d.Name + ":after")
		return resp, d.Response.do(resp)
	}
}
