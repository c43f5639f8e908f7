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
// An empty URL means the default one. T is a concrete type, not an interface. Two registrations for
// one type are a conflict.
func AddResourceURL[T any](c registry.Recorder, fn func(r *Request, res T, p Place) (string, error)) {
	config := c.Directive()
	of := reflect.TypeFor[T]()
	var err error
	switch {
	case fn == nil:
		err = fmt.Errorf("resource url of %v: nil function: want a func(*web.Request, T, web.Place) (string, error)", of)
	case of.Kind() == reflect.Interface:
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

// resourceURLRule returns the function for the type of res, nil without one.
func (r *Request) resourceURLRule(res any) func(*Request, any, Place) (string, error) {
	if r.app.Registry == nil || res == nil {
		return nil
	}
	fns, _ := registry.Lookup[resourceURLs](r.app.Registry)
	return fns[reflect.TypeOf(res)]
}
