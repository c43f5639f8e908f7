package views

import (
	"errors"
	"fmt"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

// Derive puts a view through its mapper and the derivers without registering it,
// and gives what the table would call: for other dispatchers that want views to
// behave as they do here, with renderers, permissions and decorators. Name, Route
// and predicates have no meaning for it and are refused. The registry is that of an
// action, or of an application whose views were built.
//
// res is handed to the view as it is; a view that takes another type
// answers with an error.
func Derive(reg *registry.Registry, v View, opts ...Option) (func(r *web.Request, res traversal.Resource) (*web.Response, error), error) {
	info, err := declared(registry.Caller(1), v, use{directive: "Derive"}, opts)
	switch {
	case err != nil:
		return nil, err
	case info.Name != "" || info.Route != "" || len(info.Predicates) > 0:
		return nil, fmt.Errorf("views.Derive: %s: a view that is not looked up takes no name, route or predicates", info.place())
	}
	if _, ok := registry.Lookup[*Table](reg); !ok && reg.Frozen() {
		return nil, errors.New("views.Derive: the application was built without views: call Derive in an action instead")
	}
	made, err := derived(reg, *info, "")
	if err != nil {
		return nil, err
	}
	return func(r *web.Request, res traversal.Resource) (*web.Response, error) {
		return made.answer(r, nil, res, false)
	}, nil
}
