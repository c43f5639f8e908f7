// Package plain renders values as JSON and as text.
package plain

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/internal/jsonvalue"
	"github.com/mastaba-go/mastaba/views/web"
)

// JSON returns a renderer of JSON.
func JSON(contentType, indent string, adapters *jsonvalue.Table) func(*web.Request, *web.Response, any) error {
	const standard = "application/json" // which SetJSON sets too
	contentType = cmp.Or(contentType, standard)
	return func(r *web.Request, resp *web.Response, value any) error {
		if indent == "" && adapters.Empty() && contentType == standard { // nearly always
			return resp.SetJSON(value)
		}
		if resp.ContentType() == "" {
			resp.SetContentType(contentType)
		}
		if indent == "" && adapters.Empty() {
			return resp.SetJSON(value)
		}
		body, err := adapters.Marshal(r, value)
		if err != nil {
			return err
		}
		if indent != "" {
			var b bytes.Buffer
			if err := json.Indent(&b, body, "", indent); err != nil {
				return err
			}
			body = b.Bytes()
		}
		resp.SetBytes(body)
		return nil
	}
}

// Declare declares an adapter of all JSON renderers of an application.
func Declare[T any](cfg *registry.Config, fn func(*web.Request, T) (any, error)) {
	of := reflect.TypeFor[T]()
	var err error
	if fn == nil {
		err = fmt.Errorf("JSON adapter for %s is nil: want a func(*web.Request, %s) (any, error)", of, of)
	}
	cfg.Declare(registry.Declaration{
		Category: "JSON adapters", Type: "JSON adapter", ID: of, Err: err, Subject: "JSON adapter for " + of.String(),
		Fields: []registry.Field{{Name: "type", Value: of}, {Name: "adapter", Value: registry.FuncName(fn)}},
		Phase:  registry.Phase1,
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			jsonvalue.Put(registry.Ensure(reg, func() *jsonvalue.Table { return new(jsonvalue.Table) }), fn)
			return nil
		},
	})
}

// Text renders strings and bytes as they are, and other values as fmt prints them.
func Text(_ *web.Request, resp *web.Response, value any) error {
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
