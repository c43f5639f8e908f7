package views

import (
	"errors"
	"fmt"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

var overriding = web.NewKey[string]("overriding renderer", nil)

// OverrideRenderer makes another renderer than the view's render the next value of the request, as
// request.override_renderer does in Pyramid: once, whichever view returns it. A view whose value is
// a response or is adapted to one, or whose renderer is "null", leaves it for the next.
func OverrideRenderer(r *web.Request, name string) { overriding.Set(r, name) }

// overridden returns the rendering of a view's value by another renderer.
func (rd *rendering) overridden(name string) (*rendering, error) {
	other := *rd
	other.name, other.named = name, true
	var err error
	if other.renderer, err = rd.shared.named(name, rd.info); err == nil && other.renderer == nil {
		err = errors.New(`views.OverrideRenderer: "null" renders nothing`)
	}
	if err != nil {
		return nil, &NoResponseError{Info: rd.info, Why: fmt.Sprintf("renderer %q", name), Err: err}
	}
	return &other, nil
}

// NewRenderer makes the renderer called name of a built application, for code that renders often:
// Render makes one each time. It is nil for "null".
func NewRenderer(reg *registry.Registry, name string) (ValueRenderer, error) {
	return renderersOf(reg).named(name, nil)
}

// Render renders a value as text by the renderer called name, such as a part of a page. It neither
// uses nor changes the response of the request. Subscribers to [web.BeforeRender] see it.
func Render(r *web.Request, name string, value any) (string, error) {
	resp, err := render(r.Registry(), r, name, value)
	return textOf(resp, name, err)
}

// RenderResponse is Render for a response of its own, with the content type of the renderer.
func RenderResponse(r *web.Request, name string, value any) (*web.Response, error) {
	return render(r.Registry(), r, name, value)
}

// RenderOutside is Render outside of a request, such as for a mail. Renderers get a nil request,
// and no subscriber is notified. For a text with URLs use Render with the request of App.Prepare.
func RenderOutside(reg *registry.Registry, name string, value any) (string, error) {
	resp, err := render(reg, nil, name, value)
	return textOf(resp, name, err)
}

func render(reg *registry.Registry, r *web.Request, name string, value any) (resp *web.Response, err error) {
	rd := &rendering{name: name, named: true, shared: renderersOf(reg)}
	var vars map[string]any
	if rd.renderer, err = rd.shared.named(name, nil); err == nil && rd.renderer == nil {
		err = errors.New(`"null" renders nothing`)
	}
	if err == nil && r != nil {
		value, vars, err = rd.before(r, value)
	}
	if err == nil {
		resp = web.Respond(200)
		err = rd.into(r, resp, value, vars)
	}
	if err != nil {
		return nil, fmt.Errorf("render %q: %w", name, err)
	}
	return resp, nil
}

func textOf(resp *web.Response, name string, err error) (string, error) {
	if err != nil {
		return "", err
	}
	body, ok := resp.Body()
	if !ok {
		return "", fmt.Errorf("render %q: its body is written while it is sent: use RenderResponse", name)
	}
	return string(body), nil
}
