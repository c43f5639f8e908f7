package web

import (
	"fmt"
	"reflect"

	"github.com/mastaba-go/mastaba/registry"
)

// resourceURLs are the functions of AddResourceURL by type.
type resourceURLs map[reflect.Type]func(*Request, any, Place) (string, error)

// AddResourceURL registers fn to generate the URLs of resources of type T. It is for types that are
// not yours; others implement [Linker], over which fn takes precedence:
//
//	web.AddResourceURL(config, func(r *web.Request, d *os.File, p web.Place) (string, error) {
//		return "https://files.example.com" + p.Path, nil
//	})
//
// An empty URL means the default one. T is a concrete type, or any for the resources without a rule
// of their own. Two registrations for one type are a conflict.
func AddResourceURL[T any](c registry.Recorder, fn func(r *Request, res T, p Place) (string, error)) {
	config := c.Directive()
	of := reflect.TypeFor[T]()
	var err error
	switch {
	case fn == nil:
		err = fmt.Errorf("resource url of %v: nil function: want a func(*web.Request, T, web.Place) (string, error)", of)
	case of.Kind() == reflect.Interface && of != anyType:
		err = fmt.Errorf("resource url of %v: an interface is not the type of a resource: register each concrete type", of)
	}
	config.Declare(registry.Declaration{
		Category: "resource urls", Type: "resource url", ID: of, Err: err, Subject: fmt.Sprintf("resource url of %v", of),
		Fields: []registry.Field{{Name: "type", Value: of}},
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			fns := registry.Ensure(reg, func() resourceURLs { return resourceURLs{} })
			fns[of] = func(r *Request, res any, p Place) (string, error) { return fn(r, res.(T), p) }
			return nil
		},
	})
}

var anyType = reflect.TypeFor[any]()

// ownURL returns the function that generates the URL of res, nil for the default URL.
func (r *Request) ownURL(res any) func(*Request, Place) (string, error) {
	var fns resourceURLs
	if r.app.Registry != nil && res != nil {
		fns, _ = registry.Lookup[resourceURLs](r.app.Registry)
	}
	fn := fns[reflect.TypeOf(res)]
	if linker, ok := res.(Linker); ok && fn == nil {
		return linker.ResourceURL
	}
	if fn == nil {
		fn = fns[anyType]
	}
	if fn == nil {
		return nil
	}
	return func(r *Request, p Place) (string, error) { return fn(r, res, p) }
}
