package statuses_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"

	"github.com/rs/zerolog"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// The tree of all applications.
type (
	rootNode   struct{}
	pageNode   struct{}
	folderNode struct{}

	wideNode   interface{ Wide() }
	narrowNode interface {
		Wide()
		Narrow()
	}
)

func (rootNode) Child(_ context.Context, name string) (traversal.Resource, error) {
	switch name {
	case "page":
		return pageNode{}, nil
	case "folder":
		return folderNode{}, nil
	}
	return nil, traversal.ErrNotFound
}

func (pageNode) Wide()   {}
func (pageNode) Narrow() {}
func (folderNode) Wide() {}

// refuseAll permits nothing.
type refuseAll struct{}

func (refuseAll) Identity(*web.Request) (any, error)  { return nil, nil }
func (refuseAll) UserID(*web.Request) (string, error) { return "", nil }
func (refuseAll) Permits(*web.Request, traversal.Node, string) (web.Decision, error) {
	return web.Decision{}, nil
}

// by is the header that names the view that responded.
const by = "X-By"

// build makes the application of a table.
func build(t table) (*framework.App, error) {
	silent := zerolog.Nop()
	c := framework.New(framework.Options{
		Logger:          &silent,
		RecycleRequests: t.recycle,
		Root:            func(*web.Request) (traversal.Resource, error) { return rootNode{}, nil },
		Security:        refuseAll{},
	})
	for _, rt := range t.routes {
		var options []routes.Option
		for _, p := range rt.when {
			options = append(options, p.real())
		}
		pattern := rt.path
		if rt.star {
			pattern += "*traverse"
		}
		if rt.global {
			options = append(options, routes.GlobalViews())
		}
		c.AddRoute(rt.name, pattern, options...)
	}
	for i, v := range t.views {
		options := []views.Option{views.Name(v.name)}
		if v.route != "" {
			options = append(options, views.Route(v.route))
		}
		if v.refused {
			options = append(options, views.Permission("any"))
		}
		c.AddView(views.Func(func(r *web.Request) (*web.Response, error) {
			if v.passes {
				return nil, views.ErrMismatch
			}
			resp := r.Text("")
			resp.SetHeader(by, "view "+strconv.Itoa(i))
			return resp, nil
		}), slices.Concat(options, realKinds[v.on], real(v.when))...)
	}
	for i, e := range t.errors {
		c.AddErrorView(views.ErrorStatus(e.lo, e.hi, func(r *web.Request, _ error) (*web.Response, error) {
			resp := r.Response()
			resp.SetHeader(by, "error view "+strconv.Itoa(i))
			return resp, nil
		}), real(e.when)...)
	}
	return c.App()
}

// realKinds are the options for a type of resources.
var realKinds = map[kind][]views.Option{
	anything: nil,
	wide:     {views.For[wideNode]()},
	narrow:   {views.For[narrowNode]()},
	page:     {views.For[pageNode]()},
	folder:   {views.For[folderNode]()},
	root:     {views.For[rootNode]()},
}

func real(when []predicate) (options []views.Option) {
	for _, p := range when {
		options = append(options, p.real())
	}
	return options
}

func (p predicate) real() web.Predicate {
	var made web.Predicate
	switch p.kind {
	case method:
		made = views.Method(p.values...)
	case contentType:
		made = views.ContentType(p.values...)
	case accept:
		made = views.Accept(p.values[0], p.values[1:]...)
	case header:
		made = views.Header(p.values...)
	case xhr:
		made = views.XHR(p.values[0] == "true")
	}
	if p.not {
		return views.Not(made)
	}
	return made
}

func (r request) real() *http.Request {
	hr := httptest.NewRequest(http.MethodGet, r.path, http.NoBody)
	hr.Method = r.method
	for name, lines := range r.headers {
		hr.Header[name] = slices.Clone(lines)
	}
	return hr
}

// send returns the response of an application, and the names in Vary.
func send(app http.Handler, r request) (outcome, []string) {
	w := httptest.NewRecorder()
	app.ServeHTTP(w, r.real())
	var vary []string
	for _, name := range strings.Split(strings.Join(w.Header().Values("Vary"), ","), ",") {
		if name = strings.TrimSpace(name); name != "" {
			vary = append(vary, name)
		}
	}
	slices.Sort(vary)
	return outcome{w.Code, strings.Join(w.Header().Values("Allow"), ", "), w.Header().Get(by)}, vary
}
