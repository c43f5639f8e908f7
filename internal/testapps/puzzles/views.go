package puzzles

import (
	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// Views are the puzzles about views and tweens.
var Views = []Puzzle{
	{
		Story: "The search page is not found.",
		Declare: func(c *framework.Configurator) {
			c.AddView(views.Func(show), views.Name("search"), views.Param("query"))
		},
		Request: "GET /search?q=mastaba", Status: 404,
		Cause: []string{`view "search" for any resource [param="query"]: param="query" without the parameter "query" does not hold`},
	},
	{
		Story: "The browser gets the page, but the script gets 406.",
		Declare: func(c *framework.Configurator) {
			c.AddView(views.Func(show), views.Accept("text/html"))
		},
		Request: "GET /", Headers: []string{"Accept: application/json"}, Status: 406,
		Cause: []string{`default view for any resource [accept="text/html"]: accept="text/html" for the header Accept "application/json" does not hold`},
	},
	{
		Story: "The delete button gets 405.",
		Declare: func(c *framework.Configurator) {
			c.AddView(views.Func(show), views.Name("delete"), views.Method("DELETE"))
		},
		Request: "POST /delete", Status: 405,
		Cause: []string{"405 Method Not Allowed (Allow: DELETE, OPTIONS)", `method="DELETE" for the method "POST" does not hold`},
	},
	{
		Story: "The CSV import rejects a CSV file.",
		Declare: func(c *framework.Configurator) {
			c.AddView(views.Func(show), views.Name("import"), views.Method("POST"), views.ContentType("text/csv"))
		},
		Request: "POST /import", Headers: []string{"Content-Type: application/vnd.ms-excel"}, Status: 415,
		Cause: []string{`content_type="text/csv" for the header Content-Type "application/vnd.ms-excel" does not hold`},
	},
	{
		Story: "The draft is asked for, but the old page is shown.",
		Declare: func(c *framework.Configurator) {
			c.AddView(views.Func(show))
			c.AddView(views.Func(show), views.Param("draft=yes", "lang"))
		},
		Request: "GET /?draft=true", Status: 200,
		Cause: []string{`for the parameter "draft" "true" and without the parameter "lang" does not hold`},
	},
	{
		Story: "The client has a token, but the page for clients is not chosen.",
		Declare: func(c *framework.Configurator) {
			c.AddView(views.Func(show))
			c.AddView(views.Func(show), views.Header("Authorization:Bearer"))
		},
		Request: "GET /", Headers: []string{"Authorization: Token s3cret"}, Status: 200,
		Cause: []string{`for a header Authorization that is not shown does not hold`},
	},
	{
		Story: "The preferences are not found.",
		Declare: func(c *framework.Configurator) {
			c.AddView(views.Func(show), views.Name("preferences"))
		},
		Request: "GET /preferencies", Status: 404,
		Cause: []string{`did you mean the view "preferences"?`},
	},
	{
		Story: "The beta page is registered, but the old page is shown.",
		Declare: func(c *framework.Configurator) {
			c.AddView(views.Func(show))
			c.AddView(views.Func(show), views.XHR(true))
			c.AddView(views.Func(show), views.Header("X-Beta"))
		},
		Request: "GET /", Status: 200,
		Cause: []string{
			`default view for any resource [header="X-Beta"]: header="X-Beta" without the header X-Beta does not hold`,
			"default view for any resource: chosen",
		},
	},
	{
		Story: "Users who are not logged in get a bare 401 instead of the login page.",
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
		Request: "GET /", Status: 401, Unforeseen: true,
		Cause: []string{"EXCVIEW: error views handle the errors of what is below, not of the tweens above"},
	},
	{
		Story: "With an explicit order of tweens, the not-found page never shows.",
		Declare: func(c *framework.Configurator) {
			c.AddTween("id", tweens.RequestID())
			c.SetTweenOrder("id")
			c.AddNotFoundView(views.Func(show))
		},
		Request: "GET /nowhere", Status: 404,
		Cause: []string{"the tween EXCVIEW is not in use: no error view runs, and errors get default responses", `no view named "nowhere"`},
	},
	{
		Story: "The not-found page is a 403.",
		Options: framework.Options{
			Security: denyAll{},
		},
		Declare: func(c *framework.Configurator) {
			c.AddNotFoundView(views.Func(show), views.Permission("view"))
		},
		Request: "GET /nowhere", Status: 403,
		Cause: []string{`error view failed: error view for status 404: permission "view" denied: everything is denied`},
	},
}

// denyAll denies everything.
type denyAll struct{ guard }

// Permits denies everything.
func (denyAll) Permits(*framework.Request, traversal.Node, string) (web.Decision, error) {
	return web.Deny("everything is denied"), nil
}
