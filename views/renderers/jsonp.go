package renderers

import (
	"cmp"
	"errors"
	"regexp"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/internal/jsonvalue"
	"github.com/mastaba-go/mastaba/views/web"
)

// JSONPOptions are the options of [JSONP].
type JSONPOptions struct {
	Param string // the parameter of the query with the name of the callback; "" is "callback"
	JSON  views.JSONOptions
}

// JSONP renders a value as a script that calls the function whose name is in the query:
// /**/show({"a":1}); as application/javascript. Without the parameter it is the renderer of
// views.JSON. The name must be one such as app.show or $.cb[3], of at least three characters, as in
// Pyramid; any other is a 400, so that nobody can inject a script into the response.
//
// Any page on the web can read the value, with the cookies of its visitor, so use it only for
// public data. For known origins, CORS with JSON is better.
func JSONP(o JSONPOptions) views.RendererFactory {
	param := cmp.Or(o.Param, "callback")
	return func(info views.RendererInfo) (views.ValueRenderer, error) {
		plain, err := views.JSON(o.JSON)(info)
		if err != nil {
			return nil, err
		}
		return views.RendererFunc(func(r *web.Request, resp *web.Response, value any) error {
			name, called, err := callback(r, param)
			if err != nil {
				return err
			}
			inner := resp
			if called {
				inner = web.Respond(200)
			}
			if err := plain.Render(r, inner, value); err != nil || !called {
				return err
			}
			body, ok := inner.Body()
			if !ok {
				return errors.New("jsonp: the JSON has no body")
			}
			script := make([]byte, 0, len(body)+len(name)+8)
			script = append(append(append(append(script, "/**/"...), name...), '('), body...)
			resp.SetBytes(append(script, ");"...))
			if resp.ContentType() == "" {
				resp.SetContentType("application/javascript")
			}
			resp.SetHeader("X-Content-Type-Options", "nosniff")
			return nil
		}), nil
	}
}

// callbackName is Pyramid's.
var callbackName = regexp.MustCompile(`(?i)^[$a-z_][$0-9a-z_.\[\]]+[^.\n\r]$`)

// lastOfName are the characters that a name may end with. Pyramid takes any but a dot.
var lastOfName = regexp.MustCompile(`(?i)[$0-9a-z_\[\]]$`)

// callback returns the name in the query, its last one; false without a parameter.
func callback(r *web.Request, param string) (name string, ok bool, err error) {
	if r == nil || r.URL.RawQuery == "" {
		return "", false, nil
	}
	names := r.URL.Query()[param]
	if len(names) == 0 {
		return "", false, nil
	}
	name = names[len(names)-1]
	if len(name) > 128 || !callbackName.MatchString(name) || !lastOfName.MatchString(name) {
		return "", false, web.BadRequest("").WithMessage(web.Message{
			ID: "the parameter ${name} is not the name of a function", Domain: "mastaba", Params: map[string]any{"name": param},
		})
	}
	return name, true, nil
}

// encode returns a function that encodes values with the application's adapters.
func encode(info views.RendererInfo) func(*web.Request, any) ([]byte, error) {
	adapters, _ := registry.Lookup[*jsonvalue.Table](info.Registry)
	return adapters.Marshal
}
