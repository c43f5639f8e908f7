package views

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// ValueRenderer turns what a view returned into a response. Render fills resp, whose
// status and headers the view may have set already through r.Response(), and
// returns an error for a value that it cannot render. It is called
// concurrently.
type ValueRenderer interface {
	Render(r *web.Request, resp *web.Response, value any) error
}

// VarsRenderer is a renderer that also takes the variables which subscribers of
// [web.BeforeRender] added: templates do. Its RenderVars is called in place of Render.
type VarsRenderer interface {
	ValueRenderer
	RenderVars(r *web.Request, resp *web.Response, value any, vars map[string]any) error
}

// RendererFactory makes the renderer of one view, once, while the application is
// built. It returns an error for what it cannot render ever, such as a template
// that is not there; the error is reported with the view's place.
type RendererFactory func(info RendererInfo) (ValueRenderer, error)

// RendererInfo is what a RendererFactory learns.
type RendererInfo struct {
	Name string // as the view names it: "json", "page.html"
	Key  string // as AddRenderer named the factory: "json", ".html"
	View *Info  // the view that it is for
}

// RendererFunc is a function as a ValueRenderer.
type RendererFunc func(r *web.Request, resp *web.Response, value any) error

// Render calls f.
func (f RendererFunc) Render(r *web.Request, resp *web.Response, value any) error {
	return f(r, resp, value)
}

var _ ValueRenderer = RendererFunc(nil)

// Renderer names what turns the view's value into a response: "json", "string",
// a name given to [AddRenderer], or, as in "page.html", a name whose extension was
// given to it. The default is that of [SetDefaultRenderer], else "json".
func Renderer(name string) Option {
	o := textOption(kindRenderer, name)
	if name == "" {
		o.err = errors.New(`views.Renderer(""): want a renderer such as "json"`)
	}
	return o
}

// AddRenderer adds a renderer under a name ("csv"), or for an extension
// (".html"), which then serves every name that ends in it. "json" and "string"
// are built in; adding one of these replaces it.
func AddRenderer(c registry.Recorder, name string, f RendererFactory) {
	cfg := c.Directive()
	switch {
	case name == "" || name == ".":
		cfg.Fail(errors.New(`renderer without a name: want a name such as "csv", or an extension such as ".html"`))
		return
	case f == nil:
		cfg.Fail(fmt.Errorf("renderer %q is nil: want a func(views.RendererInfo) (views.ValueRenderer, error)", name))
		return
	}
	cfg.Declare(registry.Declaration{
		Category: "renderer factories", Type: "renderer", ID: name,
		Fields: []registry.Field{{Name: "name", Value: name}, {Name: "factory", Value: registry.FuncName(f)}},
		Phase:  registry.Phase1,
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			renderersOf(reg).factories[name] = f
			return nil
		},
	})
}

// SetDefaultRenderer names the renderer of views that name none; without it,
// that is "json".
func SetDefaultRenderer(c registry.Recorder, name string) {
	cfg := c.Directive()
	if name == "" {
		cfg.Fail(errors.New(`default renderer without a name: want a name such as "json"`))
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

// checkDefaultRenderer refuses a name without a renderer where it was set, once,
// rather than at every view.
func checkDefaultRenderer(c *registry.Config, reg *registry.Registry) error {
	rs := renderersOf(reg)
	if _, _, ok := rs.find(rs.fallback); !ok {
		c.Fail(fmt.Errorf("default renderer: %w", rs.unknown(rs.fallback)))
	}
	return nil
}

// renderers is what an application can render by. Factories are read while it
// is built only; before is set when the build ends.
type renderers struct {
	factories map[string]RendererFactory
	fallback  string
	before    func(*web.BeforeRender) error // nil without subscribers
}

func renderersOf(reg *registry.Registry) *renderers {
	return registry.Ensure(reg, func() *renderers {
		rs := &renderers{
			factories: map[string]RendererFactory{"json": JSON(JSONOptions{}), "string": textRenderer()},
			fallback:  "json",
		}
		reg.OnFreeze(func() error {
			rs.before = registry.Notifier[*web.BeforeRender](reg)
			return nil
		})
		return rs
	})
}

// find gives the factory for a name: that of the whole name, else of the longest
// extension of it. key is what it was registered under.
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

// forView has the factory for a view make its renderer.
func (rs *renderers) forView(info *Info) (ValueRenderer, string, error) {
	name, ok, err := ValueOf[string](info, kindRenderer)
	if err != nil {
		return nil, "", err
	}
	if !ok {
		name = rs.fallback
	}
	factory, key, ok := rs.find(name)
	if !ok {
		return nil, "", rs.unknown(name)
	}
	made, err := factory(RendererInfo{Name: name, Key: key, View: info})
	if err == nil && made == nil {
		err = errors.New("its factory returned neither a renderer nor an error")
	}
	if err != nil {
		return nil, "", fmt.Errorf("renderer %q: %w", name, err)
	}
	return made, name, nil
}

func (rs *renderers) unknown(name string) error {
	have := slices.Sorted(maps.Keys(rs.factories))
	hint := ""
	if near := registry.Nearest(name, have); near != "" {
		hint = fmt.Sprintf(": did you mean %q?", near)
	}
	return fmt.Errorf("no renderer %q (have: %s)%s", name, strings.Join(have, ", "), hint)
}
