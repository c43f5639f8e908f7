package views_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// The types of the resources in these tests.
type (
	folder struct{ Title string }
	page   struct{ Title string }
)

// build builds what declare declares. Every route exists, and there is a security policy.
func build(t testing.TB, declare func(c *registry.Config)) *registry.Registry {
	t.Helper()
	c := registry.New(registry.Options{})
	provideRoutes(c, anyRoute{})
	registry.AddComponent[web.SecurityPolicy](c, policy{})
	declare(c)
	reg, err := c.Build()
	require.NoError(t, err)
	return reg
}

// refused returns the text of the error of building what declare declares.
func refused(t testing.TB, declare func(c *registry.Config)) string {
	t.Helper()
	c := registry.New(registry.Options{})
	declare(c)
	_, err := c.Build()
	require.Error(t, err)
	return err.Error()
}

// request returns a request for a resource. policy may be nil.
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

// body calls the default view of res, and returns the body of its response.
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

// policy permits the permissions that it lists.
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

// req describes a request.
type req struct {
	line    string // method, if not GET, and target
	header  []string
	body    string // of a form
	res     traversal.Resource
	node    traversal.Node // instead of res
	name    string
	match   *web.Match
	policy  web.SecurityPolicy
	request func(*web.Request)
}

func (a req) of(reg *registry.Registry) *web.Request {
	method, target, both := strings.Cut(a.line, " ")
	if !both {
		method, target = http.MethodGet, a.line
	}
	if target == "" {
		target = "/"
	}
	hr := httptest.NewRequest(method, target, strings.NewReader(a.body))
	if a.body != "" {
		hr.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, line := range a.header {
		name, value, _ := strings.Cut(line, ": ")
		hr.Header.Add(name, value)
	}
	r := web.Begin(&web.Application{Registry: reg, Security: a.policy}, hr)
	if a.match != nil {
		web.Drive(r).SetMatch(*a.match)
	}
	node := a.node
	if node.IsZero() && a.res != nil {
		node = traversal.NewNode(a.res)
	}
	if !node.IsZero() {
		r = r.WithNode(node, a.name)
	}
	if a.request != nil {
		a.request(r)
	}
	return r
}

// result returns the body of the response, or the status of the error in brackets, 500 if it has
// none.
func (a req) result(t testing.TB, reg *registry.Registry) string {
	t.Helper()
	return outcome(t)(views.TableOf(reg).Call(a.of(reg)))
}

func outcome(t testing.TB) func(resp *web.Response, err error) string {
	return func(resp *web.Response, err error) string {
		t.Helper()
		if err != nil {
			status, known := web.StatusOf(err)
			if !known {
				status = http.StatusInternalServerError
			}
			return "[" + strconv.Itoa(status) + "]"
		}
		require.NotNil(t, resp)
		b, _ := resp.Body()
		return string(b)
	}
}

// candidates returns the texts of the candidates, in the order in which they are tried.
func candidates(reg *registry.Registry, r *web.Request) []string {
	var list []string
	for _, c := range views.TableOf(reg).Predict(r).Candidates {
		list = append(list, c.String())
	}
	return list
}
