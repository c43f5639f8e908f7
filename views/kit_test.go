package views_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// A tree of two types, which the tests of this package publish.
type (
	folder struct{ Title string }
	page   struct{ Title string }
)

// build makes the registry of what declare declares, in an application in which
// every route exists.
func build(t testing.TB, declare func(c *registry.Config)) *registry.Registry {
	t.Helper()
	c := registry.New(registry.Options{})
	provideRoutes(c, anyRoute{})
	declare(c)
	reg, err := c.Build()
	require.NoError(t, err)
	return reg
}

// refused builds what cannot be built, and returns why.
func refused(t testing.TB, declare func(c *registry.Config)) string {
	t.Helper()
	c := registry.New(registry.Options{})
	declare(c)
	_, err := c.Build()
	require.Error(t, err)
	return err.Error()
}

// request is a request for a resource, of an application with a policy or
// without.
func request(reg *registry.Registry, policy web.SecurityPolicy, res traversal.Resource, name string, hr *http.Request) *web.Request {
	if hr == nil {
		hr = httptest.NewRequest(http.MethodGet, "/", nil)
	}
	r := web.Begin(&web.Application{Registry: reg, Security: policy}, hr)
	return r.WithNode(traversal.NewNode(res), name)
}

// call looks for the view of res and calls it.
func call(reg *registry.Registry, res traversal.Resource, name string) (*web.Response, error) {
	return views.TableOf(reg).Call(request(reg, nil, res, name, nil))
}

// body calls the default view of res, and returns the body of its answer.
func body(t testing.TB, reg *registry.Registry, res traversal.Resource) string {
	t.Helper()
	resp, err := call(reg, res, "")
	require.NoError(t, err)
	return text(t, resp)
}

func text(t testing.TB, resp *web.Response) string {
	t.Helper()
	b, ok := resp.Body()
	require.True(t, ok, "the body is known")
	return string(b)
}

// policy permits what it is asked if the permission is among its own.
type policy []string

func (p policy) Identity(*web.Request) (any, error) { return "someone", nil }

func (p policy) Permits(_ *web.Request, _ traversal.Node, permission string) (web.Decision, error) {
	for _, own := range p {
		if own == permission {
			return web.Allow("on the list"), nil
		}
	}
	return web.Deny("not on the list"), nil
}

func showPage(_ *web.Request, p *page) (string, error) { return "page " + p.Title, nil }

//go:noinline
func say(words string) views.View {
	return views.Func(func(r *web.Request) (*web.Response, error) { return r.Text(words), nil })
}
