package cli_test

import (
	"context"
	"errors"
	"iter"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/cli"
	"github.com/mastaba-go/mastaba/framework/security"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/acl"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// park is a resource with an access list.
type park struct{ traversal.Map }

func (park) ACL(context.Context) (acl.List, error) {
	return acl.List{acl.Allow("group:keepers", "mow", "view"), acl.Deny(acl.Everyone, acl.AllPermissions)}, nil
}

// closed finds its children, but cannot list them.
type closed struct{}

func (closed) Child(_ context.Context, name string) (traversal.Resource, error) {
	return &page{name}, nil
}

// torn cannot list all of its children.
type torn struct{}

func (torn) Children(context.Context) iter.Seq2[traversal.Entry, error] {
	return func(yield func(traversal.Entry, error) bool) {
		if yield(traversal.Entry{Name: "\x1b[1m", Resource: &page{}}, nil) {
			yield(traversal.Entry{}, errors.New("the list is torn"))
		}
	}
}

// nobody identifies no one; --as does it.
type nobody struct{}

func (nobody) Identify(*web.Request) (security.User, error) { return security.User{}, nil }

// buildEstate declares an application with a deep tree and access lists.
func buildEstate(_ context.Context, env *cli.Env) (*framework.Configurator, error) {
	o := env.Options()
	many := traversal.Map{}
	for _, name := range []string{"a", "b", "c", "d"} {
		many[name] = &page{name}
	}
	o.Root = func(*web.Request) (traversal.Resource, error) {
		return traversal.Map{
			"closed": closed{}, "torn": torn{}, "many": many,
			"park": park{traversal.Map{"lawn": traversal.Map{"grass": traversal.Map{"blade": &page{}}}}},
		}, nil
	}
	o.Security = security.New(security.Options{
		Identify: nobody{},
		Principals: func(_ *web.Request, user string) ([]string, error) {
			if user == "ann" {
				return []string{"group:keepers"}, nil
			}
			return nil, nil
		},
	})
	config := framework.New(o)
	config.AddRoute("help", "/help")
	config.AddView(views.Func(login), views.Route("help"), views.NoPermission())
	config.AddView(views.Func(login), views.Permission("view"))
	config.AddPermissions("dig")
	return config, nil
}
