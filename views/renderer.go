package views

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/internal/absent"
	"github.com/mastaba-go/mastaba/views/web"
)

// ValueRenderer turns the value of a view into a response. Render fills resp, whose status and
// headers the view may have set through r.Response(). It returns an error for a value that it
// cannot render. It is called concurrently. r is nil for [RenderOutside].
type ValueRenderer interface {
	Render(r *web.Request, resp *web.Response, value any) error
}

// VarsRenderer is a renderer that uses the variables that subscribers to [web.BeforeRender] added,
// such as a template renderer. RenderVars is called in place of Render.
type VarsRenderer interface {
	ValueRenderer
	RenderVars(r *web.Request, resp *web.Response, value any, vars map[string]any) error
}

// RendererFactory makes the renderer of one view, while the application is built. An error, such as
// a missing template, is reported with the view's source location.
type RendererFactory func(info RendererInfo) (ValueRenderer, error)

// RendererInfo describes a renderer to its factory.
type RendererInfo struct {
	Name string // as the view names it: "json", "page.html"
	Key  string // as AddRenderer named the factory: "json", ".html"
	View *Info  // the view that it is for; nil for Render, RenderResponse and RenderOutside

	Registry *registry.Registry // of the application
}

// RendererFunc is a function as a ValueRenderer.
type RendererFunc func(r *web.Request, resp *web.Response, value any) error

// Render calls f.
func (f RendererFunc) Render(r *web.Request, resp *web.Response, value any) error {
	return f(r, resp, value)
}

var _ ValueRenderer = RendererFunc(nil)

// Renderer names the renderer that turns the view's value into a response: "json", "string", a name
// registered with [AddRenderer], or a name with a registered extension, such as "page.html". The
// default is set by [SetDefaultRenderer], else it is "json". The renderer runs after the view has
// returned: return a copy of what a lock guards.
//
// "null" renders nothing: what is neither a response nor adapted to one is handed to the derivers
// outside rendered_view, one of which has to make a response of it. By default, a value with a
// method Render(context.Context, io.Writer) error or Render(io.Writer) error, as templ and
// gomponents have it, renders itself as HTML.
func Renderer(name string) Option {
	o := textOption(kindRenderer, name)
	if name == "" {
		o.err = errors.New(`views.Renderer(""): want a renderer such as "json"`)
	}
	return o
}

// AddRenderer registers a renderer under a name ("csv"), or for every name with an extension
// (".html"). It can replace the built-in renderers "json", "string" and "null".
func AddRenderer(c registry.Recorder, name string, f RendererFactory) {
	cfg := c.Directive()
	switch {
	case name == "" || name == ".":
		cfg.Declare(registry.Declaration{Category: categoryRenderers, Err: errors.New(
			`renderer without a name: want a name such as "csv", or an extension such as ".html"`)})
		return
	case f == nil:
		cfg.Report(fmt.Errorf("renderer %q is nil: want a func(views.RendererInfo) (views.ValueRenderer, error)", name))
		f = textRenderer() // so that the name is known
	}
	cfg.Declare(registry.Declaration{
		Category: categoryRenderers, Type: "renderer", ID: name,
		Fields: []registry.Field{{Name: "name", Value: name}, {Name: "factory", Value: registry.FuncName(f)}},
		Phase:  registry.Phase1,
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			renderersOf(reg).factories[name] = f
			return nil
		},
	})
}

// SetDefaultRenderer sets the renderer of views without the option [Renderer], "json" by default.
func SetDefaultRenderer(c registry.Recorder, name string) {
	cfg := c.Directive()
	if name == "" {
		cfg.Report(errors.New(`default renderer without a name: want a name such as "json"`))
		return
	}
	cfg.Declare(registry.Declaration{
		Category: "default renderer", ID: "default renderer", Title: name,
		Fields: []registry.Field{{Name: "name", Value: name}},
		Remedy: "set it once, or give single views their own with views.Renderer",
		Phase:  registry.Phase1,
		Run: func(c *registry.Config, reg *registry.Registry) error {
			renderersOf(reg).fallback = name
			c.Declare(registry.Declaration{
				Phase:   registry.Phase1 + 1, // all renderers are registered, and no view needs one yet
				Subject: "default renderer",
				Run:     checkDefaultRenderer,
			})
			return nil
		},
	})
}

// checkDefaultRenderer reports an unknown renderer once, where it was set, rather than for each
// view.
func checkDefaultRenderer(c *registry.Config, reg *registry.Registry) error {
	rs := renderersOf(reg)
	if _, _, ok := rs.find(rs.fallback); !ok {
		c.Report(fmt.Errorf("default renderer: %w", rs.unknown(rs.fallback)))
		rs.fallback = "string" // views without a renderer are not to blame
	}
	return nil
}

// renderers holds the renderer factories of an application, which are used while it is built.
// before is set at the end of the build.
type renderers struct {
	registry  *registry.Registry
	factories map[string]RendererFactory // nil for "null"
	fallback  string
	before    func(*web.BeforeRender) error // nil without subscribers
}

func renderersOf(reg *registry.Registry) *renderers {
	if rs, ok := registry.Lookup[*renderers](reg); ok {
		return rs
	}
	return registry.Ensure(reg, func() *renderers {
		rs := &renderers{
			registry:  reg,
			factories: map[string]RendererFactory{"json": JSON(JSONOptions{}), "string": textRenderer(), "null": nil},
			fallback:  "json",
		}
		reg.OnFreeze(func() error {
			rs.before = registry.Notifier[*web.BeforeRender](reg)
			return nil
		})
		return rs
	})
}

// find returns the factory for a name: for the whole name, else for its longest extension. key is
// what it was registered under.
func (rs *renderers) find(name string) (factory RendererFactory, key string, ok bool) {
	key = name
	factory, ok = rs.factories[key]
	for base := path.Base(name); !ok; {
		dot := strings.IndexByte(base, '.')
		if dot < 0 {
			return nil, "", false
		}
		key, base = base[dot:], base[dot+1:]
		factory, ok = rs.factories[key]
	}
	return factory, key, true
}

// forView makes the renderer of a view.
func (rs *renderers) forView(info *Info) (ValueRenderer, string, error) {
	name, ok, err := ValueOf[string](info, kindRenderer)
	if err != nil {
		return nil, "", err
	}
	if !ok {
		name = rs.fallback
	}
	made, err := rs.named(name, info)
	return made, name, err
}

// named makes a renderer; nil for "null".
func (rs *renderers) named(name string, info *Info) (ValueRenderer, error) {
	factory, key, ok := rs.find(name)
	if !ok {
		return nil, rs.unknown(name)
	}
	if factory == nil {
		return nil, nil
	}
	made, err := factory(RendererInfo{Name: name, Key: key, View: info, Registry: rs.registry})
	if err == nil && made == nil {
		err = errors.New("its factory returned neither a renderer nor an error")
	}
	if fn, ok := made.(RendererFunc); err == nil && (ok && fn == nil || absent.Pointer(made)) {
		err = fmt.Errorf("its factory returned a nil %T: want a renderer, or an error", made)
	}
	if err != nil {
		return nil, fmt.Errorf("renderer %q: %w", name, err)
	}
	return made, nil
}

func (rs *renderers) unknown(name string) error {
	have := slices.Sorted(maps.Keys(rs.factories))
	hint := ""
	if near := registry.Nearest(name, have); near != "" {
		hint = fmt.Sprintf(": did you mean %q?", near)
	} else if ext := path.Ext(name); ext != "" {
		hint = fmt.Sprintf(": register one for the extension: config.AddRenderer(%q, factory)", ext)
	}
	return registry.Missing(fmt.Errorf("no renderer %q (have: %s)%s", name, strings.Join(have, ", "), hint),
		registry.Ref{Category: categoryRenderers})
}
