package templates

import (
	"io"
	"maps"

	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// executor is a set of templates whose functions use the rendering under way. Only one goroutine
// uses it at a time.
type executor struct {
	template interface {
		Execute(w io.Writer, dot any) error
	}
	write func(io.Writer) error // writeTo, made once
	rendering
}

// rendering is what the functions of one rendering know.
type rendering struct {
	r     *web.Request  // nil outside of a request
	resp  *web.Response // that is filled
	view  *views.Info   // nil outside of a view
	value any
	vars  map[string]any
}

func (e *executor) writeTo(w io.Writer) error { return e.template.Execute(w, e.value) }

// renderer is the renderer of one template.
type renderer struct {
	set  *set
	name string
	view *views.Info
}

var _ views.VarsRenderer = (*renderer)(nil)

// renderer makes the renderer of a view. It is the factory that views.AddRenderer gets.
func (s *set) renderer(info views.RendererInfo) (views.ValueRenderer, error) {
	made := &renderer{set: s, name: info.Name, view: info.View}
	lib := s.library.Load()
	if lib.unread || lib.wrong[info.Name] != nil && !lib.isCalled(info.Name) {
		return made, nil // build has reported it
	}
	if _, err := lib.page(info.Name); err != nil {
		return nil, err
	}
	if info.View != nil && !s.registry.Frozen() {
		s.named = append(s.named, &named{name: info.Name, view: info.View})
	}
	return made, nil
}

// Render renders a value without variables.
func (t *renderer) Render(r *web.Request, resp *web.Response, value any) error {
	return t.RenderVars(r, resp, value, nil)
}

// RenderVars executes the template into a buffer, so an error leaves nothing of the page. The
// variables become keys of a value that is a map with text keys, unless it has them; the function
// var returns them in any case.
func (t *renderer) RenderVars(r *web.Request, resp *web.Response, value any, vars map[string]any) error {
	lib := t.set.library.Load()
	if r != nil && r.Application().Development {
		var err error
		if lib, err = t.set.fresh(); err != nil {
			return err
		}
	}
	p, err := lib.page(t.name)
	if err != nil {
		return err
	}
	e, err := p.take()
	if err != nil {
		return err
	}
	if all, ok := value.(map[string]any); ok && len(vars) > 0 {
		merged := maps.Clone(vars)
		maps.Copy(merged, all)
		value = merged
	}
	e.rendering = rendering{r: r, resp: resp, view: t.view, value: value, vars: vars}
	if err := resp.SetWritten(e.write); err != nil {
		return errorOf(t.name, err) // the executor is not used again: who knows what it was doing
	}
	switch {
	case resp.ContentType() != "":
	case p.text:
		resp.SetContentType("text/plain; charset=utf-8")
	default:
		resp.SetContentType("text/html; charset=utf-8")
	}
	p.give(e)
	return nil
}
