package views

import (
	"fmt"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/internal/jsonvalue"
	"github.com/mastaba-go/mastaba/views/internal/plain"
	"github.com/mastaba-go/mastaba/views/web"
)

// JSONOptions are the options of [JSON]. The zero value writes compact JSON with <, > and &
// escaped.
type JSONOptions struct {
	Indent      string        // for each level; "" writes one line
	ContentType string        // "" is application/json
	Adapters    []JSONAdapter // of this renderer, before those of AddJSONAdapter
}

// JSON is the built-in renderer "json". It uses encoding/json, and the content type
// application/json unless the view set another. Register it again for other options:
//
//	views.AddRenderer(c, "json", views.JSON(views.JSONOptions{Indent: "  "}))
func JSON(o JSONOptions) RendererFactory {
	return func(info RendererInfo) (ValueRenderer, error) {
		own := new(jsonvalue.Table)
		for i, a := range o.Adapters {
			if a.put == nil {
				return nil, fmt.Errorf("adapter %d is nil: want one such as views.AdaptJSON(fn) returns", i+1)
			}
			a.put(own)
		}
		common, _ := registry.Lookup[*jsonvalue.Table](info.Registry)
		return RendererFunc(plain.JSON(o.ContentType, o.Indent, jsonvalue.Merge(common, own))), nil
	}
}

// JSONAdapter gives the JSON renderers another value in place of those of one type.
type JSONAdapter struct{ put func(*jsonvalue.Table) }

// AdaptJSON returns an adapter: what fn returns is encoded in place of the value, by its own
// adapter if it has one. If T is an interface, fn gets every value that implements it; the exact
// type comes first, then the narrower interface. A type that encodes itself (json.Marshaler,
// encoding.TextMarshaler) is never adapted. The request is nil in [RenderOutside].
func AdaptJSON[T any](fn func(r *web.Request, value T) (any, error)) JSONAdapter {
	if fn == nil {
		return JSONAdapter{}
	}
	return JSONAdapter{func(t *jsonvalue.Table) { jsonvalue.Put(t, fn) }}
}

// AddJSONAdapter is AdaptJSON for all JSON renderers of the application.
func AddJSONAdapter[T any](c registry.Recorder, fn func(r *web.Request, value T) (any, error)) {
	plain.Declare(c.Directive(), fn)
}

// textRenderer is the built-in renderer "string". It writes strings and bytes as they are and other
// values as fmt prints them, as text/plain in UTF-8 unless the view set another content type.
func textRenderer() RendererFactory {
	return func(RendererInfo) (ValueRenderer, error) { return RendererFunc(plain.Text), nil }
}
