package puzzles

import (
	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// Views are the puzzles of views, and of what stands around them.
var Views = []Puzzle{
	{
		Story: "The search finds nothing, not even itself.",
		Declare: func(c *framework.Configurator) {
			c.AddView(views.Func(show), views.Name("search"), views.Param("query"))
		},
		Request: "GET /search?q=mastaba", Status: 404,
		Cause: []string{`view "search" for any resource [param="query"]: param="query" does not hold`},
	},
	{
		Story: "The script gets 406, and the browser the page.",
		Declare: func(c *framework.Configurator) {
			c.AddView(views.Func(show), views.Accept("text/html"))
		},
		Request: "GET /", Headers: []string{"Accept: application/json"}, Status: 406,
		Cause: []string{`default view for any resource [accept="text/html"]: accept="text/html" does not hold`},
	},
	{
		Story: "The button does nothing but 405.",
		Declare: func(c *framework.Configurator) {
			c.AddView(views.Func(show), views.Name("delete"), views.Method("DELETE"))
		},
		Request: "POST /delete", Status: 405,
		Cause: []string{"405 Method Not Allowed (Allow: DELETE, OPTIONS)", `method="DELETE" does not hold`},
	},
	{
		Story: "The import refuses the very file that it is for.",
		Declare: func(c *framework.Configurator) {
			c.AddView(views.Func(show), views.Name("import"), views.Method("POST"), views.ContentType("text/csv"))
		},
		Request: "POST /import", Headers: []string{"Content-Type: application/vnd.ms-excel"}, Status: 415,
		Cause: []string{`content_type="text/csv" does not hold`},
	},
	{
		Story: "The name of the view is a slip of the pen away.",
		Declare: func(c *framework.Configurator) {
			c.AddView(views.Func(show), views.Name("preferences"))
		},
		Request: "GET /preferencies", Status: 404,
		Cause: []string{`there is a view "preferences": is that the one meant?`},
	},
	{
		Story: "The new page is registered, and the old one answers.",
		Declare: func(c *framework.Configurator) {
			c.AddView(views.Func(show))
			c.AddView(views.Func(show), views.XHR(true))
			c.AddView(views.Func(show), views.Header("X-Beta"))
		},
		Request: "GET /", Status: 200,
		Cause: []string{
			`default view for any resource [header="X-Beta"]: header="X-Beta" does not hold`,
			"default view for any resource: chosen",
		},
	},
	{
		Story: "Who is not logged in gets a bare 500 instead of the page for it.",
		Declare: func(c *framework.Configurator) {
			c.AddTween("login", tweens.Wrap(func(next web.Handler) web.Handler {
				return func(r *framework.Request) (*framework.Response, error) {
					if r.Header.Get("Authorization") == "" {
						return nil, web.Unauthorized("Bearer")
					}
					return next(r)
				}
			}))
			c.AddErrorView(views.ErrorStatus(401, 401, func(r *framework.Request, _ error) (*framework.Response, error) {
				return r.Text("please log in"), nil
			}))
			c.AddView(views.Func(show))
		},
		Request: "GET /", Status: 500,
		Cause: []string{"login (app.go:1): outside EXCVIEW, so no error view handles its errors"},
	},
	{
		Story: "Since the order of the tweens was listed, every 404 is a 500.",
		Declare: func(c *framework.Configurator) {
			c.AddTween("id", tweens.RequestID())
			c.SetTweenOrder("id")
			c.AddNotFoundView(views.Func(show))
		},
		Request: "GET /nowhere", Status: 500,
		Cause: []string{"the tween EXCVIEW is not in use: no error view runs, and every error becomes a bare 500", `no view "nowhere"`},
	},
	{
		Story: "The page for what is not found is itself not to be seen.",
		Options: framework.Options{
			Security: nobody{},
		},
		Declare: func(c *framework.Configurator) {
			c.AddNotFoundView(views.Func(show), views.Permission("view"))
		},
		Request: "GET /nowhere", Status: 500,
		Cause: []string{`error view failed: error view for status 404: permission "view" denied: nobody may do anything`},
	},
}

// nobody may do anything.
type nobody struct{ guard }

// Permits nothing.
func (nobody) Permits(*framework.Request, traversal.Node, string) (web.Decision, error) {
	return web.Deny("nobody may do anything"), nil
}
