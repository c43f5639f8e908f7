package views

import (
	"encoding/json"
	"fmt"

	"github.com/mastaba-go/mastaba/views/web"
)

// JSONOptions are the options of [JSON]. The zero value writes compact JSON with <, > and &
// escaped.
type JSONOptions struct {
	Indent      string // for each level; "" writes one line
	ContentType string // "" is application/json
}

// JSON is the built-in renderer "json". It uses encoding/json, and the content type
// application/json unless the view set another. Register it again for other options:
//
//	views.AddRenderer(c, "json", views.JSON(views.JSONOptions{Indent: "  "}))
func JSON(o JSONOptions) RendererFactory {
	if o.ContentType == "" {
		o.ContentType = "application/json"
	}
	return func(RendererInfo) (ValueRenderer, error) { return jsonRenderer{o}, nil }
}

type jsonRenderer struct{ o JSONOptions }

var _ ValueRenderer = jsonRenderer{}

func (j jsonRenderer) Render(_ *web.Request, resp *web.Response, value any) error {
	if resp.ContentType() == "" {
		resp.SetContentType(j.o.ContentType)
	}
	if j.o.Indent == "" {
		return resp.SetJSON(value)
	}
	body, err := json.MarshalIndent(value, "", j.o.Indent)
	if err != nil {
		return err
	}
	resp.SetBytes(body)
	return nil
}

// textRenderer is the built-in renderer "string". It writes strings and bytes as they are and other
// values as fmt prints them, as text/plain in UTF-8 unless the view set another content type.
func textRenderer() RendererFactory {
	return func(RendererInfo) (ValueRenderer, error) { return RendererFunc(renderText), nil }
}

func renderText(_ *web.Request, resp *web.Response, value any) error {
	if resp.ContentType() == "" {
		resp.SetContentType("text/plain; charset=utf-8")
	}
	switch v := value.(type) {
	case []byte:
		resp.SetBytes(v)
	case string:
		resp.SetText(v)
	default:
		resp.SetText(fmt.Sprint(v))
	}
	return nil
}
