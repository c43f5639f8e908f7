package routes_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

// tableOf returns the table of what declare declares.
func tableOf(t testing.TB, declare func(c *registry.Config)) *routes.Table {
	t.Helper()
	c := registry.New(registry.Options{})
	declare(c)
	reg, err := c.Build()
	require.NoError(t, err)
	return routes.TableOf(reg)
}

// request returns a request for an escaped path.
func request(escaped string) *web.Request {
	hr := httptest.NewRequest(http.MethodGet, "/", nil)
	u, err := url.Parse("http://example.com" + escaped)
	if err != nil {
		panic(err)
	}
	hr.URL = u
	return web.Begin(nil, hr)
}

// found is the name of a matched route and its parameters.
type found struct {
	route  string
	params []web.Param
}

// matchOf returns the match of an escaped path, or zero.
func matchOf(t testing.TB, table *routes.Table, escaped string) found {
	t.Helper()
	r := request(escaped)
	route, err := table.Match(r)
	require.NoError(t, err)
	if route == nil {
		require.Nil(t, r.Match())
		return found{}
	}
	require.Equal(t, route.Name, r.Match().Route)
	return found{route.Name, r.Match().Params()}
}

// text and list return parameters.
func text(name, value string) web.Param { return web.Param{Name: name, Value: value} }

func list(name string, values ...string) web.Param {
	return web.Param{Name: name, Values: append([]string{}, values...)}
}

// header returns a predicate that holds for requests with a header.
func header(name string) web.Predicate {
	return web.NewPredicate("header", `"`+name+`"`, func(r *web.Request) (bool, error) {
		return r.Header.Get(name) != "", nil
	})
}

// order returns the routes of a table as "name pattern".
func order(table *routes.Table) (all []string) {
	for _, rt := range table.Routes() {
		all = append(all, rt.Name+" "+rt.Pattern.String())
	}
	return all
}
