package puzzles

import (
	"context"
	"errors"
	"strings"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// Causes are puzzles in which several parts decide together.
var Causes = []Puzzle{
	{
		Story: "Clients that take any text get JSON.",
		Declare: func(c *framework.Configurator) {
			c.AddView(views.Func(show), views.Accept("text/html"))
			c.AddView(views.Func(show), views.Accept("application/json"))
		},
		Request: "GET /", Headers: []string{"Accept: text/*;q=0.5, */*;q=0.8, image/png"}, Status: 200,
		Cause: []string{
			`offers application/json: quality 0.8 by "*/*;q=0.8"`,
			`offers text/html: quality 0.5 by "text/*;q=0.5"`,
		},
	},
	{
		Story: "curl gets the page, though the script is meant to get JSON.",
		Declare: func(c *framework.Configurator) {
			c.AddView(views.Func(show), views.Accept("application/json"))
			c.AddView(views.Func(show), views.Accept("text/html"))
		},
		Request: "GET /", Headers: []string{"Accept: */*"}, Status: 200,
		Cause: []string{
			`offers text/html: quality 1 by "*/*"`,
			"the client prefers neither text/html nor application/json: the server's order of media types decided (see views.AddAcceptOrder)",
		},
	},
	{
		Story: "No image is good enough.",
		Declare: func(c *framework.Configurator) {
			c.AddView(views.Func(show), views.Accept("image/png"))
		},
		Request: "GET /", Headers: []string{"Accept: text/html, image/webp"}, Status: 406,
		Cause: []string{"offers image/png: quality 0, since no range of the Accept header matches it", "no view fits the default name"},
	},
	{
		Story:   "Letters get the general page instead of their own.",
		Options: framework.Options{Root: root(traversal.Map{"first": &Letter{}})},
		Declare: func(c *framework.Configurator) {
			c.AddView(views.Func(show))
			c.AddView(views.Func(show), views.For[Letter]())
		},
		Request: "GET /first", Status: 200,
		Cause: []string{
			"default view for any resource: chosen",
			"note: default view for puzzles.Letter: the resource is a *puzzles.Letter, a different type: register the view for that type",
		},
	},
	{
		Story:   "The registered letter gets the general page.",
		Options: framework.Options{Root: root(traversal.Map{"second": &registered{}})},
		Declare: func(c *framework.Configurator) {
			c.AddView(views.Func(show))
			c.AddView(views.Func(show), views.For[*Letter]())
		},
		Request: "GET /second", Status: 200,
		Cause: []string{"note: default view for *puzzles.Letter: it is embedded: use views.Inherit"},
	},
	{
		Story:   "The page for everything with a title does not show the letter.",
		Options: framework.Options{Root: root(traversal.Map{"first": &Letter{}})},
		Declare: func(c *framework.Configurator) { c.AddView(views.Func(show), views.For[titled]()) },
		Request: "GET /first", Status: 404,
		Cause: []string{"default view for puzzles.titled: a *puzzles.Letter does not implement it: the compiler names the missing method for var _ puzzles.titled = *new(*puzzles.Letter)"},
	},
	{
		Story: "The page is predicted, but the limit responds.",
		Declare: func(c *framework.Configurator) {
			c.AddTween("id", tweens.RequestID())
			c.AddTween("gate", tweens.Wrap(func(web.Handler) web.Handler {
				return func(*framework.Request) (*framework.Response, error) { return nil, web.ServiceUnavailable("full") }
			}))
			c.AddView(views.Func(show))
		},
		Request: "GET /", Status: 503, Unforeseen: true,
		Cause: []string{"unless a tween outside answers first: gate\n", "gate (app.go:1): may answer first", "id (app.go:1)\n"},
	},
	{
		Story: "Everybody gets 500 where a permission is needed.",
		Options: framework.Options{
			Root: root(traversal.Map{"plan": &Letter{}}), Security: brokenGuard{},
		},
		Declare: func(c *framework.Configurator) { c.AddView(views.Func(show), views.Permission("view")) },
		Request: "GET /plan", Headers: []string{"X-User: ann"}, Status: 500,
		Cause: []string{
			`stopped at views: default view for any resource: permission "view": the security policy failed: the groups are away`,
			`user: "ann"`, "principals: system.Everyone, ann",
			"lineage: /plan (*puzzles.Letter), / (traversal.Map)",
		},
	},
	{
		Story: "The editor is not chosen, and everybody gets 500.",
		Options: framework.Options{
			Root: root(traversal.Map{"plan": &Letter{}}), Security: brokenGuard{},
		},
		Declare: func(c *framework.Configurator) { c.AddView(views.Func(show), views.IfPermitted("edit")) },
		Request: "GET /plan", Headers: []string{"X-User: ann"}, Status: 500,
		Cause: []string{`permitted="edit": the security policy failed: the groups are away`, `user: "ann"`},
	},
	{
		Story: "Nobody gets below the root.",
		Options: framework.Options{
			Root: root(traversal.Map{"plan": &Letter{}}), Security: brokenGuard{},
		},
		Declare: func(c *framework.Configurator) {
			c.SetTraversePermission("pass")
			c.AddView(views.Func(show))
		},
		Request: "GET /plan", Headers: []string{"X-User: ann"}, Status: 500,
		Cause: []string{`permission "pass" to look below / (traversal.Map): the security policy failed: the groups are away`},
	},
	{
		Story: "The shortcut to the plan is closed, though the shortcuts are open.",
		Options: framework.Options{
			Root: root(aliases), Security: guard{},
		},
		Declare: func(c *framework.Configurator) {
			c.AddView(views.Func(show), views.Permission("view"))
		},
		Request: "GET /shortcuts/plan", Headers: []string{"X-User: ann"}, Status: 403,
		Cause: []string{
			"the resource states its own place /acme/plan, which is not where the walk found it: the access lists of that place apply",
			"lineage: /acme/plan (*puzzles.placed), /acme (*puzzles.project), / (*puzzles.site)",
		},
	},
	{
		Story:   "The shelf is full of books, but none is found.",
		Options: framework.Options{Root: root(traversal.Map{"shelf": shelf{}})},
		Declare: func(c *framework.Configurator) { c.AddView(views.Func(show)) },
		Request: "GET /shelf/first", Status: 404,
		Cause: []string{`"first" of puzzles.shelf: not a container, it has no children: its method Child(string) *puzzles.Letter is not called: want Child(context.Context, string) (traversal.Resource, error)`},
	},
	{
		Story:   "A page deep in the archive is 500.",
		Options: framework.Options{Root: root(archive{})},
		Declare: func(c *framework.Configurator) { c.AddView(views.Func(show)) },
		Request: "GET /2024/march/minutes", Status: 500,
		Cause: []string{
			`"2024" of puzzles.archive, by descend`,
			`"march" of *puzzles.Letter, by descend`, `: error: march is damaged`,
		},
	},
	{
		Story: "The report is registered, but not found.",
		Declare: func(c *framework.Configurator) {
			c.AddView(views.Func(show), views.Name("report"), views.Header("X-Team"))
		},
		Request: "GET /report", Status: 404,
		Cause: []string{`no view fits "report" for framework.DefaultRoot (failed: header)`},
	},
	{
		Story: "The form is sent as CSV.",
		Declare: func(c *framework.Configurator) {
			c.AddView(views.OnInput(order), views.Name("order"))
		},
		Request: "POST /order", Headers: []string{"Content-Type: text/csv"}, Body: "n", Status: 415,
		Cause: []string{"415 Unsupported Media Type", "send application/json, application/x-www-form-urlencoded or multipart/form-data"},
	},
	{
		Story: "The order is cut off.",
		Declare: func(c *framework.Configurator) {
			c.AddView(views.OnInput(order), views.Name("order"))
		},
		Request: "POST /order", Headers: []string{"Content-Type: application/json"}, Body: `{"n":5`, Status: 400,
		Cause: []string{"400 Bad Request", "invalid JSON body: line 1, column 7"},
	},
	{
		Story: "Large orders fail.",
		Declare: func(c *framework.Configurator) {
			c.AddView(views.OnInput(order), views.Name("order"), views.BodyLimit(5))
		},
		Request: "POST /order", Headers: []string{"Content-Type: application/json"}, Body: `{"n":500}`, Status: 413,
		Cause: []string{"413 Request Entity Too Large", "the request body exceeds the limit of 5 bytes"},
	},
	{
		Story:   "The page inside of projects does not show.",
		Options: framework.Options{Root: root(traversal.Map{"plan": &Letter{}})},
		Declare: func(c *framework.Configurator) { c.AddView(views.Func(show), views.Containment[*project]()) },
		Request: "GET /plan", Status: 404,
		Cause: []string{`containment="*puzzles.project" in the lineage /plan (*puzzles.Letter), / (traversal.Map) does not hold`},
	},
	{
		Story:   "The page of the old plan does not show.",
		Options: framework.Options{Root: root(traversal.Map{"plan": &Letter{}})},
		Declare: func(c *framework.Configurator) { c.AddView(views.Func(show), views.PhysicalPath("/plans")) },
		Request: "GET /plan", Status: 404,
		Cause: []string{`physical_path="/plans" for the resource at "/plan" does not hold`},
	},
	{
		Story:   "The page for visitors is gone after the login.",
		Options: framework.Options{Security: guard{}},
		Declare: func(c *framework.Configurator) { c.AddView(views.Func(show), views.Authenticated(false)) },
		Request: "GET /", Headers: []string{"X-User: ann"}, Status: 404,
		Cause: []string{`authenticated=false for the user "ann" does not hold`},
	},
	{
		Story:   "The page for members does not show.",
		Options: framework.Options{Security: members{}},
		Declare: func(c *framework.Configurator) {
			c.AddView(views.Func(show), views.Name("a"), views.Principals("group:members"))
			c.AddView(views.Func(show), views.Name("b"), views.IfPermitted("edit"))
		},
		Request: "GET /a", Headers: []string{"X-User: ann"}, Status: 404,
		Cause: []string{`principals="group:members" for the principals system.Everyone, ann does not hold`},
	},
	{
		Story:   "The editor does not show.",
		Options: framework.Options{Security: denyAll{}},
		Declare: func(c *framework.Configurator) { c.AddView(views.Func(show), views.IfPermitted("edit")) },
		Request: "GET /", Headers: []string{"X-User: ann"}, Status: 403,
		Cause: []string{`permitted="edit" for the user "ann" does not hold`, `predicate: permission "edit": denied: everything is denied`},
	},
	{
		Story: "The menu of the day does not show.",
		Declare: func(c *framework.Configurator) {
			monday := views.Where("weekday", func(r *framework.Request) (bool, error) { return day(r) == "mon", nil }, "mon").WithData(weekday{})
			c.AddView(views.Func(show), monday)
		},
		Request: "GET /", Headers: []string{"X-Day: tue"}, Status: 404,
		Cause: []string{`weekday="mon" for the weekday "tue" does not hold`},
	},
}

// titled is an interface that no letter implements.
type titled interface{ Title() string }

// brokenGuard cannot decide anything.
type brokenGuard struct{ guard }

var _ web.Principaler = brokenGuard{}

// Principals is the user alone.
func (g brokenGuard) Principals(r *framework.Request) ([]string, error) {
	return []string{web.Everyone, r.Header.Get("X-User")}, nil
}

// Permits fails.
func (brokenGuard) Permits(*framework.Request, traversal.Node, string) (web.Decision, error) {
	return web.Decision{}, errors.New("the groups are away")
}

// members knows no groups.
type members struct{ brokenGuard }

// Permits permits everything.
func (members) Permits(*framework.Request, traversal.Node, string) (web.Decision, error) {
	return web.Allow("everything is permitted"), nil
}

// site is a root that knows that it is one.
type site struct{ traversal.Map }

// Location is that of a root.
func (*site) Location(context.Context) (string, traversal.Resource, error) { return "", nil, nil }

// placed is a letter that knows its place.
type placed struct {
	Letter
	name string
	in   traversal.Resource
}

// Location returns the place.
func (p *placed) Location(context.Context) (string, traversal.Resource, error) {
	return p.name, p.in, nil
}

// Location returns the place of the project.
func (p *project) Location(context.Context) (string, traversal.Resource, error) {
	if p.at == nil {
		return "", nil, nil
	}
	return "acme", p.at, nil
}

// aliases is a site with a project, and a shortcut to what is in it.
var aliases = func() *site {
	top := &site{traversal.Map{}}
	acme := &project{Closed: true, inside: traversal.Map{}, at: top}
	plan := &placed{name: "plan", in: acme}
	acme.inside["plan"] = plan
	top.Map["acme"], top.Map["shortcuts"] = acme, traversal.Map{"plan": plan}
	return top
}()

// shelf has a method Child that no walk calls.
type shelf struct{}

// Child returns a letter.
func (shelf) Child(string) *Letter { return &Letter{} }

// archive finds several names at once, and fails at the second one.
type archive struct{}

var _ traversal.PathContainer = archive{}

// Descend fails at the second name.
func (archive) Descend(_ context.Context, names []string) ([]traversal.Resource, error) {
	return []traversal.Resource{&Letter{Text: names[0]}}, errors.New(names[1] + " is damaged")
}

// ordered is the input of a view.
type ordered struct{ N int }

func order(r *framework.Request, _ any, in ordered) (*framework.Response, error) {
	return r.Text(strings.Repeat("x", in.N)), nil
}

// day is what the weekday predicate reads.
func day(r *framework.Request) string { return r.Header.Get("X-Day") }

// weekday explains the weekday predicate.
type weekday struct{}

// Had says what day the request has.
func (weekday) Had(r *framework.Request) string { return `the weekday "` + day(r) + `"` }
