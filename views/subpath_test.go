package views_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// walk returns a request for a path below root.
func walk(t testing.TB, reg *registry.Registry, method, path string, root traversal.Resource) *web.Request {
	t.Helper()
	r := web.Begin(&web.Application{Registry: reg}, httptest.NewRequest(method, path, nil))
	require.NoError(t, web.Drive(r).Walk(new(traversal.Traverser), root, traversal.Path{Escaped: path}))
	return r
}

func says(text string) views.View {
	return views.Func(func(r *web.Request) (*web.Response, error) {
		return r.Text(strings.Join(append([]string{text}, r.Subpath()...), " ")), nil
	})
}

func TestSubpath(t *testing.T) {
	t.Parallel()
	declare := func(c *registry.Config) {
		views.Add(c, says("show"), views.For[*page](), views.Name("show"))
		views.Add(c, says("any show"), views.Name("show"), views.Subpath(true), views.Method("GET", "PUT"))
		views.Add(c, says("history"), views.Name("history"), views.Subpath(true))
		views.Add(c, says("own"), views.For[*page](), views.Name("own"), views.Subpath(true))
		views.Add(c, says("any own"), views.Name("own"), views.Subpath(false))
	}
	tree := traversal.Map{"page": &page{}, "folder": traversal.Map{}}
	tests := []struct{ method, path, want string }{
		{"GET", "/page/show", "show"},
		{"GET", "/page/show/1", "any show 1"}, // the more specific view takes none
		{"GET", "/folder/show/1/2", "any show 1 2"},
		{"POST", "/page/show", "show"},
		{"POST", "/page/show/1", "405 GET, HEAD, OPTIONS, PUT"}, // Allow is that of views which take the subpath
		{"OPTIONS", "/page/show/1", "204 GET, HEAD, OPTIONS, PUT"},
		{"GET", "/page/history", "history"},
		{"GET", "/page/history/3", "history 3"},
		{"GET", "/page/@@history/@@show", "history @@show"},
		{"GET", "/page/own/1", "own 1"},
		{"GET", "/folder/own", "any own"},
		{"GET", "/folder/own/1", "404"},
		{"OPTIONS", "/folder/own/1", "404"},
		{"GET", "/folder/other/1", "404"},
	}
	for _, byDefault := range []bool{false, true} {
		reg := build(t, func(c *registry.Config) {
			declare(c)
			if byDefault {
				views.SetDefaultSubpath(c, true)
			}
		})
		for _, tt := range tests {
			resp, err := views.TableOf(reg).Call(walk(t, reg, tt.method, tt.path, tree))
			want := tt.want
			if byDefault && tt.path == "/page/show/1" {
				want = "show 1"
			}
			assert.Equal(t, want, bodyOrStatus(t, resp, err), "%s %s, by default %t", tt.method, tt.path, byDefault)
		}
	}
}

// bodyOrStatus is the body of a response, or its status with Allow.
func bodyOrStatus(t testing.TB, resp *web.Response, err error) string {
	t.Helper()
	if err != nil {
		r := web.Begin(&web.Application{}, httptest.NewRequest(http.MethodGet, "/", nil))
		resp, _ = web.Drive(r).ErrorResponse(err)
		require.NotNil(t, resp, "%v", err)
	}
	if resp.Status() == http.StatusOK {
		return text(t, resp)
	}
	return strings.TrimSpace(strings.Join([]string{strconv.Itoa(resp.Status()), resp.Header("Allow")}, " "))
}

func TestSubpathNeedsNothingOfSubviews(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, says("part"), views.Name("part"))
		views.Add(c, views.Func(func(r *web.Request) (*web.Response, error) {
			return views.RenderView(r, r.Node(), "part")
		}), views.Name("whole"), views.Subpath(true), views.Wrapper("part"))
	})
	resp, err := views.TableOf(reg).Call(walk(t, reg, "GET", "/page/whole/1", traversal.Map{"page": &page{}}))
	assert.Equal(t, "part 1", bodyOrStatus(t, resp, err), "a part of the page and its wrapper are reached by their names")
}

func TestSubpathIsExplained(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		at := func(line int) *registry.Config { return c.At(registry.Source{File: "app.go", Line: line}) }
		views.Add(at(1), says("show"), views.For[*page](), views.Name("show"))
		views.Add(at(2), says("show"), views.For[*folder](), views.Name("show"))
		views.Add(at(3), says("show"), views.Route("a"), views.Name("show"), views.Subpath(true))
	})
	_, err := views.TableOf(reg).Call(walk(t, reg, "GET", "/page/show/a%2Fb/c", traversal.Map{"page": &page{}}))
	var cause *views.NoViewError
	require.ErrorAs(t, err, &cause)
	assert.Equal(t, []string{"a/b", "c"}, cause.Subpath)
	assert.Equal(t, []string{`view "show" for *views_test.page (app.go:1): it takes no subpath, and "a/b" follows its name: add views.Subpath(true)`}, cause.Suggestions())
	assert.Empty(t, reg.Warnings())
}
