package puzzles

import (
	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
)

// Routes are the puzzles about routes.
var Routes = []Puzzle{
	{
		Story: "The form for a new user shows the user named new.",
		Declare: func(c *framework.Configurator) {
			c.AddRoute("user", "/users/{id}")
			c.AddRoute("new-user", "/users/new")
			c.AddView(views.Func(show), views.Route("user"))
			c.AddView(views.Func(show), views.Route("new-user"))
		},
		Request: "GET /users/new", Status: 200,
		Cause: []string{
			`user /users/{id} (app.go:1): matched with id="new"`,
			`new-user /users/new (app.go:1): not tried: its pattern also matches the path, but an earlier route matched first`,
			`note: the route "user" hides later ones that also match this path`,
		},
	},
	{
		Story: "The archive of a year is not found.",
		Declare: func(c *framework.Configurator) {
			c.AddRoute("archive", `/archive/{year:\d{4}}`)
			c.AddView(views.Func(show), views.Route("archive"))
		},
		Request: "GET /archive/24", Status: 404,
		Cause: []string{`archive /archive/{year:\d{4}} (app.go:1): "24" does not match "{year:\d{4}}"`},
	},
	{
		Story: "Saving is refused, though there is a route for it.",
		Declare: func(c *framework.Configurator) {
			c.AddRoute("save", "/save", views.Method("PUT"))
			c.AddView(views.Func(show), views.Route("save"))
		},
		Request: "POST /save", Status: 405,
		Cause: []string{`save /save (app.go:1): predicate method="PUT" does not hold for the method "POST"`},
	},
	{
		Story: "The page of the shop exists but is not found.",
		Declare: func(c *framework.Configurator) {
			c.AddRoute("shop", "/shop/")
			c.AddView(views.Func(show), views.Route("shop"))
		},
		Request: "GET /shop", Status: 404,
		Cause: []string{"shop /shop/ (app.go:1): the path lacks a trailing slash"},
	},
	{
		Story: "The contact page works for every resource, but not on its route.",
		Declare: func(c *framework.Configurator) {
			c.AddRoute("contact", "/contact")
			c.AddView(views.Func(show))
		},
		Request: "GET /contact", Status: 404,
		Cause: []string{
			`contact /contact (app.go:1): matched`,
			`default view for any resource (app.go:1): it has no route: add views.Route("contact"), or add routes.GlobalViews() to the route`,
		},
	},
	{
		Story: "The view named print is not found.",
		Declare: func(c *framework.Configurator) {
			c.AddRoute("letters", "/letters/*traverse", routes.Root(root(&Letter{})))
			c.AddRoute("bills", "/bills/*traverse", routes.Root(root(&Letter{})))
			c.AddView(views.Func(show), views.Name("print"), views.Route("bills"))
		},
		Request: "GET /letters/print", Status: 404,
		Cause: []string{`view "print" for any resource on route "bills" (app.go:1): it serves that route only, and another one matched`},
	},
	{
		Story: "Nothing below the route is found, though it is in the tree.",
		Options: framework.Options{
			Root: root(traversal.Map{"first": &Letter{}}),
		},
		Declare: func(c *framework.Configurator) {
			c.AddRoute("letters", "/letters/{name}", routes.GlobalViews())
			c.AddView(views.Func(show), views.For[*Letter]())
		},
		Request: "GET /letters/first", Status: 404,
		Cause: []string{"traversal of /\n", "ended at / (traversal.Map)", "no default view for traversal.Map on route \"letters\""},
	},
}

// Letter is a leaf of several trees.
type Letter struct{ Text string }
