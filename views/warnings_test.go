package views_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// hiding ends the warning about a view behind another.
const hiding = " is tried before it, and fits whenever it does: register it first, narrow the other one, or remove one of the two, unless the other one returns views.ErrMismatch"

func TestWarnings(t *testing.T) {
	t.Parallel()
	where := views.Where("x", func(*web.Request) (bool, error) { return true, nil })
	type view []views.Option
	for name, tt := range map[string]struct {
		views []view // on lines 1, 2, …
		want  []string
	}{
		// Predicates that no request meets.
		"space before a value": {[]view{{views.Header("X-T: a:b")}}, []string{
			`v.go:1: default view for any resource [header="X-T: a:b"]: header="X-T: a:b": no value begins with a space, which net/http removes: write "X-T:a:b"`}},
		"tab, among others, negated": {[]view{{views.Not(views.Header("X-A", "X-T:\t a"))}}, []string{
			`v.go:1: default view for any resource [!header="X-A","X-T:\t a"]: header="X-A","X-T:\t a": no value begins with a space, which net/http removes: write "X-T:a"`}},
		"header that net/http removes": {[]view{{views.Header("transfer-encoding")}}, []string{
			`v.go:1: default view for any resource [header="Transfer-Encoding"]: header="Transfer-Encoding": net/http removes the header Transfer-Encoding, so that no request has it`}},
		"values without a space": {[]view{{views.Header("X-T:a: b", "X-U: *b", "X-V:( a|b)", "X-W:")}}, nil},
		"path without a slash": {[]view{{views.PathInfo("wiki/")}}, []string{
			`v.go:1: default view for any resource [path_info="wiki/"]: path_info="wiki/": every path begins with a slash: write "/wiki/"`}},
		"path with a slash": {[]view{{views.PathInfo("/wiki/")}, {views.PathInfo(".*wiki")}, {views.PathInfo(`\*`)}, {views.PathInfo("^/a")}}, nil},
		"two values of a parameter": {[]view{{views.Param("k=1", "k=2", "l")}}, []string{
			`v.go:1: default view for any resource [param="k=1","k=2","l"]: param="k=1","k=2","l": no request has both "k=1" and "k=2", since one value counts: add a view for each`}},
		"one value of a parameter": {[]view{{views.Param("k", "k=2", "l=2")}}, nil},
		"authenticated":            {[]view{{views.Authenticated(true)}}, nil}, // there is a policy

		// Predicates that exclude each other.
		"method, and not this method": {[]view{{views.Method("POST"), views.Not(views.Method("POST"))}}, []string{
			`v.go:1: default view for any resource [method="POST" !method="POST"] is never chosen: method="POST" and !method="POST" exclude each other: remove one of them`}},
		"one of the methods": {[]view{{views.Not(views.Method("POST", "PUT")), views.Method("PUT")}}, []string{
			`v.go:1: default view for any resource [!method="POST","PUT" method="PUT"] is never chosen: !method="POST","PUT" and method="PUT" exclude each other: remove one of them`}},
		"header, and not this header": {[]view{{views.Header("X-A:1"), views.Not(views.Header("X-A"))}}, []string{
			`v.go:1: default view for any resource [header="X-A:1" !header="X-A"] is never chosen: header="X-A:1" and !header="X-A" exclude each other: remove one of them`}},
		"xhr":                {[]view{{views.XHR(true), views.Not(views.XHR(true))}}, []string{`v.go:1: default view for any resource [xhr=true !xhr=true] is never chosen: xhr=true and !xhr=true exclude each other: remove one of them`}},
		"xhr twice":          {[]view{{views.XHR(true), views.Not(views.XHR(false))}}, nil},
		"of your own":        {[]view{{where, views.Not(where)}}, []string{`v.go:1: default view for any resource [x !x] is never chosen: x and !x exclude each other: remove one of them`}},
		"less than excluded": {[]view{{views.Method("POST", "PUT"), views.Not(views.Method("PUT"))}, {views.Header("X-A"), views.Not(views.Header("X-A:1"))}}, nil},

		// Views behind others.
		"fewer methods later": {[]view{{views.Method("GET", "POST")}, {views.Method("POST")}}, []string{
			`v.go:2: default view for any resource [method="POST"] is never chosen: default view for any resource [method="GET","HEAD","POST"] (v.go:1)` + hiding}},
		"fewer methods first": {[]view{{views.Method("POST")}, {views.Method("GET", "POST")}}, nil},
		"other methods":       {[]view{{views.Method("GET", "POST")}, {views.Method("GET", "PUT")}}, nil},
		"value after presence": {[]view{{views.Header("X-A")}, {views.Header("X-A:1")}}, []string{
			`v.go:2: default view for any resource [header="X-A:1"] is never chosen: default view for any resource [header="X-A"] (v.go:1)` + hiding}},
		"value before presence": {[]view{{views.Param("k=1")}, {views.Param("k")}, {views.Param("k=2", "k")}}, []string{
			`v.go:3: default view for any resource [param="k","k=2"] is never chosen: default view for any resource [param="k"] (v.go:2)` + hiding}},
		"negated": {[]view{{views.Not(views.Param("k=1"))}, {views.Not(views.Param("k"))}}, []string{
			`v.go:2: default view for any resource [!param="k"] is never chosen: default view for any resource [!param="k=1"] (v.go:1)` + hiding}},
		"more predicates come first": {[]view{{views.Method("GET")}, {views.Method("GET"), views.Param("k")}}, nil},
		"by Accept": {[]view{{views.Accept("text/html"), views.Method("GET", "POST")}, {views.Accept("text/html"), views.Method("GET")}, {views.Accept("text/plain"), views.Method("GET")}}, []string{
			`v.go:2: default view for any resource [accept="text/html" method="GET","HEAD"] is never chosen: default view for any resource [accept="text/html" method="GET","HEAD","POST"] (v.go:1)` + hiding}},
		"only it takes TRACE": {[]view{{views.Not(views.Method("GET"))}, {views.Method("POST", "TRACE")}}, nil},
		"of another name":     {[]view{{views.Method("GET", "POST")}, {views.Method("POST"), views.Name("edit")}}, nil},
		"of another type":     {[]view{{views.Method("GET", "POST")}, {views.Method("POST"), views.For[*page]()}}, nil},

		// Accept between types.
		"Accept of another type": {[]view{{views.For[*page](), views.Accept("text/html")}, {views.Accept("application/json")}}, []string{
			`v.go:1: default view for *views_test.page [accept="text/html"] is tried before default view for any resource [accept="application/json"] (v.go:2), whatever the client prefers: ` +
				`Accept chooses among views of one type: register the other view for *views_test.page too, or use views.AcceptAcrossTypes`}},
		"Accept of an interface": {[]view{{views.For[content](), views.Accept("text/html")}, {views.Accept("application/json")}, {views.Accept("text/html")}}, []string{
			`v.go:1: default view for views_test.content [accept="text/html"] is tried before default view for any resource [accept="application/json"] (v.go:2), whatever the client prefers: ` +
				`Accept chooses among views of one type: register the other view for views_test.content too, or use views.AcceptAcrossTypes`}},
		"the same offers":       {[]view{{views.For[*page](), views.Accept("text/html")}, {views.Accept("text/html")}}, nil},
		"nothing behind":        {[]view{{views.For[*page](), views.Accept("text/html")}, {views.For[*page]()}, {views.Accept("application/json")}}, nil},
		"unrelated types":       {[]view{{views.For[*page](), views.Accept("text/html")}, {views.For[*folder](), views.Accept("application/json")}}, nil},
		"without Accept behind": {[]view{{views.For[*page](), views.Accept("text/html")}, {views.Method("GET")}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reg := build(t, func(c *registry.Config) {
				for i, options := range tt.views {
					views.Add(c.At(registry.Source{File: "v.go", Line: i + 1}), say(""), options...)
				}
			})
			assert.Equal(t, tt.want, warnings(reg))
		})
	}
}

func TestWarningsOfErrorViews(t *testing.T) {
	t.Parallel()
	at := func(c *registry.Config, line int) *registry.Config {
		return c.At(registry.Source{File: "v.go", Line: line})
	}
	reg := build(t, func(c *registry.Config) {
		views.AddError(at(c, 1), views.Error(showMissing), views.PhysicalPath("/a"))
		views.AddError(at(c, 2), views.Error(showMissing), views.Not(views.PhysicalPath("/a")))
		views.Add(at(c, 3), views.Error(showMissing), views.Header("A: b")) // for resources and errors: once
		views.AddNotFound(at(c, 4), say(""), views.Method("POST"), views.Not(views.Method("POST")))
	})
	assert.Equal(t, []string{
		`v.go:1: error view for *views_test.missingPage [physical_path="/a"]: physical_path="/a": it never holds for an error view: use views.Containment`,
		`v.go:3: default view for *views_test.missingPage [header="A: b"]: header="A: b": no value begins with a space, which net/http removes: write "A:b"`,
		`v.go:4: error view for status 404 [method="POST" !method="POST"] is never chosen: method="POST" and !method="POST" exclude each other: remove one of them`,
	}, warnings(reg))

	c := registry.New(registry.Options{})
	views.Add(at(c, 1), say(""), views.Authenticated(true))
	views.Add(at(c, 2), say(""), views.Authenticated(false))
	reg, err := c.Build()
	require.NoError(t, err)
	assert.Equal(t, []string{
		`v.go:1: default view for any resource [authenticated=true]: authenticated=true: without a security policy no request is authenticated: set framework.Options.Security`,
	}, warnings(reg))
}

func warnings(reg *registry.Registry) (texts []string) {
	for _, w := range reg.Warnings() {
		texts = append(texts, w.String())
	}
	return texts
}
