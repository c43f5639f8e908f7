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

// asked is a request in short: "POST /path?query", a resource and what else
// matters.
type asked struct {
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

func (a asked) of(reg *registry.Registry) *web.Request {
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
		web.SetMatch(r, *a.match)
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

// answer is the body of the answer; for an error its status in brackets, and
// 500 for one that has none.
func (a asked) answer(t testing.TB, reg *registry.Registry) string {
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

// candidates lists the functions' answers in the order in which the views are asked.
func candidates(reg *registry.Registry, r *web.Request) []string {
	var list []string
	for _, c := range views.TableOf(reg).Candidates(r) {
		list = append(list, c.String())
	}
	return list
}
