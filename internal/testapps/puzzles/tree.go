package puzzles

import (
	"context"
	"errors"
	html "html/template"
	text "text/template"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// Tree are the puzzles about traversal.
var Tree = []Puzzle{
	{
		Story:   "The page exists, but the browser gets 404.",
		Options: framework.Options{Root: root(traversal.Map{"wiki": traversal.Map{"FrontPage": &Letter{}}})},
		Declare: func(c *framework.Configurator) { c.AddView(views.Func(show), views.For[*Letter]()) },
		Request: "GET /wiki/Frontpage", Status: 404,
		Cause: []string{
			`"Frontpage" of traversal.Map, by child`, "no such child",
			`no view named "Frontpage" for traversal.Map`,
		},
	},
	{
		Story:   "All pages are 500 today.",
		Options: framework.Options{Root: root(traversal.Map{"orders": store{}})},
		Declare: func(c *framework.Configurator) { c.AddView(views.Func(show)) },
		Request: "GET /orders/17/items", Status: 500,
		Cause: []string{
			`traverse "/orders/17/items": child "17" of puzzles.store: dial tcp 10.0.0.9:5432: connection refused`,
			"no view handles the error, it is logged",
		},
	},
	{
		Story:   "The resource is a letter, but the view for letters is not found.",
		Options: framework.Options{Root: root(traversal.Map{"first": &Letter{}})},
		Declare: func(c *framework.Configurator) { c.AddView(views.Func(show), views.For[Letter]()) },
		Request: "GET /first", Status: 404,
		Cause: []string{"default view for puzzles.Letter: the resource is a *puzzles.Letter, a different type: register the view for that type"},
	},
	{
		Story:   "A registered letter embeds a letter, but has none of its views.",
		Options: framework.Options{Root: root(traversal.Map{"second": &registered{}})},
		Declare: func(c *framework.Configurator) {
			c.AddView(views.Func(show), views.For[*Letter](), views.Name("read"))
		},
		Request: "GET /second/read", Status: 404,
		Cause: []string{`it is embedded: use views.Inherit(c, func(x *puzzles.registered) *puzzles.Letter { … })`},
	},
	{
		Story:   "Behind the proxy the site is empty.",
		Options: framework.Options{Root: root(traversal.Map{"sites": traversal.Map{"acme": traversal.Map{"news": &Letter{}}}}), TrustedProxies: []string{"10.0.0.1"}},
		Declare: func(c *framework.Configurator) { c.AddView(views.Func(show), views.For[*Letter]()) },
		Request: "GET /news", Headers: []string{"X-Vhm-Root: /sites/acme"}, Status: 404,
		Cause: []string{`headers ignored, since "192.0.2.1:1234" is not a trusted proxy (see framework.Options.TrustedProxies): X-Vhm-Root: /sites/acme`},
	},
	{
		Story:   "A letter that is gone is 500 instead of 404.",
		Options: framework.Options{Root: root(files{})},
		Declare: func(c *framework.Configurator) { c.AddView(views.Func(show)) },
		Request: "GET /gone", Status: 500,
		Cause: []string{"gone: not found (it does not wrap traversal.ErrNotFound, and so is a failure, not a missing child)"},
	},
	{
		Story:   "The view for templates does not serve a template.",
		Options: framework.Options{Root: root(traversal.Map{"first": new(html.Template)})},
		Declare: func(c *framework.Configurator) { c.AddView(views.Func(show), views.For[*text.Template]()) },
		Request: "GET /first", Status: 404,
		Cause: []string{"the resource is of *html/template.Template, the view is for *text/template.Template, another type of the same name"},
	},
	{
		Story: "Ann may edit this project, but gets 403.",
		Options: framework.Options{
			Root:     root(traversal.Map{"acme": &project{Closed: true, inside: traversal.Map{"plan": &Letter{}}}}),
			Security: guard{},
		},
		Declare: func(c *framework.Configurator) {
			c.AddView(views.Func(show), views.For[*Letter](), views.Name("edit"), views.Permission("edit"))
		},
		Request: "GET /acme/plan/edit", Headers: []string{"X-User: ann"}, Status: 403,
		Cause: []string{
			`permission "edit": denied at /acme (*puzzles.project): the project is closed`,
			`user: "ann"`,
		},
	},
}

// store is a container whose database is down.
type store struct{}

var errDown = errors.New("dial tcp 10.0.0.9:5432: connection refused")

// Child queries the database.
func (store) Child(context.Context, string) (traversal.Resource, error) { return nil, errDown }

// files is a container whose error for a missing child does not wrap traversal.ErrNotFound.
type files struct{}

// Child finds nothing.
func (files) Child(_ context.Context, name string) (traversal.Resource, error) {
	return nil, errors.New(name + ": not found")
}

// registered is a letter by embedding.
type registered struct{ Letter }

// project may be closed, together with everything in it.
type project struct {
	Closed bool
	inside traversal.Map
	at     traversal.Resource // its parent; nil if it is placed by the walk
}

// Child returns an entry of the project.
func (p *project) Child(ctx context.Context, name string) (traversal.Resource, error) {
	return p.inside.Child(ctx, name)
}

// guard denies everything in a closed project.
type guard struct{}

var _ web.SecurityPolicy = guard{}

// Identity trusts a header.
func (guard) Identity(r *framework.Request) (any, error) { return r.Header.Get("X-User"), nil }

// Permits checks the lineage for a closed project.
func (guard) Permits(r *framework.Request, at traversal.Node, _ string) (web.Decision, error) {
	for node, err := range r.Traverser().Lineage(r.Context(), at) {
		if err != nil {
			return web.Decision{}, err
		}
		if p, ok := node.Resource().(*project); ok && p.Closed {
			denied := web.Deny("the project is closed")
			denied.At = node
			return denied, nil
		}
	}
	return web.Allow("nothing is closed"), nil
}
