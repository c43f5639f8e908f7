package web_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views/web"
)

func method(name string) web.Predicate {
	return web.NewPredicate("method", `"`+name+`"`, func(r *web.Request) (bool, error) { return r.Method == name, nil }).WithData(name)
}

func TestPredicate(t *testing.T) {
	t.Parallel()
	p := method("GET")
	for want, p := range map[bool]web.Predicate{true: p, false: web.Not(p)} {
		ok, err := p.Holds(get("/"))
		require.NoError(t, err)
		assert.Equal(t, want, ok)
	}
	assert.Equal(t, `method="GET"`, p.String())
	assert.Equal(t, `!method="GET"`, web.Not(p).String())
	assert.Equal(t, `method="GET"`, web.Not(web.Not(p)).String())
	assert.Equal(t, "method", web.Not(p).Kind())
	assert.Equal(t, `"GET"`, web.Not(p).Text())
	assert.Equal(t, "GET", web.Not(p).Data())
	assert.True(t, web.Not(p).Negated())
	assert.Equal(t, "xhr", web.NewPredicate("xhr", "", func(*web.Request) (bool, error) { return true, nil }).String())
}

func TestPredicateErrors(t *testing.T) {
	t.Parallel()
	failing := web.NewPredicate("db", "", func(*web.Request) (bool, error) { return false, errBroken })
	for _, p := range []web.Predicate{failing, web.Not(failing), method("GET").WithErr(errBroken), web.Not(method("GET").WithErr(errBroken))} {
		ok, err := p.Holds(get("/"))
		assert.False(t, ok)
		assert.ErrorIs(t, err, errBroken)
	}
	assert.ErrorIs(t, method("GET").WithErr(errBroken).Err(), errBroken)
	assert.ErrorContains(t, web.NewPredicate("x", "", nil).Err(), `"x"`)
	assert.Error(t, web.NewPredicate("", "", failing.Holds).Err())
	ok, err := web.Predicate{}.Holds(get("/"))
	assert.False(t, ok)
	assert.NoError(t, err)
}

func TestPredicateVary(t *testing.T) {
	t.Parallel()
	p := method("GET").WithVary("X-A", "X-B").WithVary("X-C")
	for _, p := range []web.Predicate{p, web.Not(p)} {
		r := get("/")
		assert.Empty(t, vary(r))
		_, err := p.Holds(r.WithContext(t.Context()))
		require.NoError(t, err)
		_, err = p.Holds(r)
		require.NoError(t, err)
		assert.Equal(t, "X-A, X-B, X-C", vary(r))
	}
	r := get("/")
	holds := web.Where[*web.NewRequest](p).Holds
	ok, err := holds(&web.NewRequest{Request: r})
	require.NoError(t, err)
	assert.True(t, ok)
	assert.Empty(t, vary(r), "subscribers choose neither view nor route")
	assert.ErrorContains(t, method("GET").WithVary("X A").Err(), `method: invalid header name "X A"`)
}

func TestWhereFiltersEvents(t *testing.T) {
	t.Parallel()
	r := get("/")
	var notified []string
	c := registry.New(registry.Options{})
	registry.Subscribe(c, func(*web.NewRequest) error { notified = append(notified, "get"); return nil }, web.Where[*web.NewRequest](method("GET")))
	registry.Subscribe(c, func(*web.NewRequest) error { notified = append(notified, "post"); return nil }, web.Where[*web.NewRequest](method("POST")))
	registry.Subscribe(c, func(*web.NewRequest) error { notified = append(notified, "both"); return nil }, web.Where[*web.NewRequest](method("GET"), web.Not(method("POST"))))
	reg, err := c.Build()
	require.NoError(t, err)
	require.NoError(t, registry.Notify(reg, &web.NewRequest{Request: r}))
	assert.Equal(t, []string{"get", "both"}, notified)
	assert.Equal(t, `method="GET" !method="POST"`, web.Where[*web.NewResponse](method("GET"), web.Not(method("POST"))).Text)

	for _, e := range []web.RequestEvent{&web.NewRequest{Request: r}, &web.BeforeTraversal{Request: r}, &web.ResourceFound{Request: r}, &web.BeforeRender{Request: r}, &web.NewResponse{Request: r}} {
		assert.Same(t, r, e.EventRequest())
	}
}

func TestWhereWithAnInvalidPredicate(t *testing.T) {
	t.Parallel()
	c := registry.New(registry.Options{})
	registry.Subscribe(c, func(*web.NewRequest) error { return nil }, web.Where[*web.NewRequest](method("GET").WithErr(errBroken)))
	_, err := c.Build()
	assert.ErrorContains(t, err, "broken")
}

func TestZeroPredicateIsAMistake(t *testing.T) {
	t.Parallel()
	assert.ErrorContains(t, web.Predicate{}.Err(), "zero web.Predicate")
}
