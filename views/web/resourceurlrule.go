package web

import (
	"fmt"
	"reflect"

	"github.com/mastaba-go/mastaba/registry"
)

// resourceURLs are the rules of AddResourceURL by type.
type resourceURLs map[reflect.Type]func(*Request, any, Place) (string, error)

// AddResourceURL says how the URL of resources of type T is made, for types that
// one does not own; others implement Linker, over which the rule wins:
//
//	web.AddResourceURL(config, func(r *web.Request, d *os.File, p web.Place) (string, error) {
//		return "https://files.example.com" + p.Path, nil
//	})
//
// An empty URL stands for the usual one. T is the type that resources have, not an
// interface. Two rules for one type are a conflict.
func AddResourceURL[T any](c registry.Recorder, fn func(r *Request, res T, p Place) (string, error)) {
	config := c.Directive()
	of := reflect.TypeFor[T]()
	switch {
	case fn == nil:
		config.Fail(fmt.Errorf("resource url of %v: the function is nil", of))
		return
	case of.Kind() == reflect.Interface:
		config.Fail(fmt.Errorf("resource url of %v: an interface is no type that a resource has: register each type", of))
		return
	}
	config.Declare(registry.Declaration{
		Category: "resource urls", Type: "resource url", ID: of, Subject: fmt.Sprintf("resource url of %v", of),
		Fields: []registry.Field{{Name: "type", Value: of}},
		Run: func(_ *registry.Config, reg *registry.Registry) error {
			rules := registry.Ensure(reg, func() resourceURLs { return resourceURLs{} })
			rules[of] = func(r *Request, res any, p Place) (string, error) { return fn(r, res.(T), p) }
			return nil
		},
	})
}

// resourceURLRule returns the rule for the type of res; nil if there is none.
func (r *Request) resourceURLRule(res any) func(*Request, any, Place) (string, error) {
	if r.app.Registry == nil || res == nil {
		return nil
	}
	rules, _ := registry.Lookup[resourceURLs](r.app.Registry)
	return rules[reflect.TypeOf(res)]
}
