package views

import (
	"fmt"

	"github.com/mastaba-go/mastaba/views/web"
)

// Text makes the renderer "string": the value as fmt prints it, strings and
// bytes as they are, with the content type text/plain in UTF-8 unless the view
// set another. It is built in.
func Text() RendererFactory {
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
