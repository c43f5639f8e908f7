package views_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

type money struct{ cents int }

func (m money) Price() string { return fmt.Sprintf("%d.%02d", m.cents/100, m.cents%100) }

func (m money) Name() string { return "money" }

type (
	pricer         interface{ Price() string }
	pricedAndNamed interface {
		pricer
		Name() string
	}
)

func TestResponseAdapters(t *testing.T) {
	t.Parallel()
	byPrice := func(r *web.Request, p pricer) (*web.Response, error) { return r.Text("price " + p.Price()), nil }
	byName := func(r *web.Request, n pricedAndNamed) (*web.Response, error) { return r.Text("named " + n.Name()), nil }
	exact := func(r *web.Request, m money) (*web.Response, error) { return r.Text("exactly " + m.Price()), nil }
	value := money{1234}

	reg := build(t, func(c *registry.Config) {
		views.AddResponseAdapter(c, byPrice)
		views.AddResponseAdapter(c, byName)
		views.Add(c, returning(value))
		views.Add(c, returning("text"), views.Name("text"))
	})
	assert.Equal(t, "named money", body(t, reg, &page{}), "the narrower interface first")
	resp, err := call(reg, &page{}, "text")
	require.NoError(t, err)
	assert.Equal(t, `"text"`, text(t, resp), "what no adapter takes is rendered")

	reg = build(t, func(c *registry.Config) {
		views.AddResponseAdapter(c, byPrice)
		views.AddResponseAdapter(c, exact)
		views.Add(c, returning(value))
	})
	assert.Equal(t, "exactly 12.34", body(t, reg, &page{}))

	reg = build(t, func(c *registry.Config) {
		views.AddResponseAdapter(c, func(*web.Request, money) (*web.Response, error) { return nil, nil })
		views.Add(c, returning(value))
	})
	_, err = call(reg, &page{}, "")
	require.ErrorContains(t, err, "the response adapter for views_test.money returned neither a response nor an error")
}

func TestInvalidResponseAdapters(t *testing.T) {
	t.Parallel()
	assert.Contains(t, refused(t, func(c *registry.Config) { views.AddResponseAdapter[money](c, nil) }),
		"response adapter for views_test.money is nil: want a func(*web.Request, views_test.money) (*web.Response, error)")
	same := func(_ *web.Request, resp *web.Response) (*web.Response, error) { return resp, nil }
	assert.Contains(t, refused(t, func(c *registry.Config) { views.AddResponseAdapter(c, same) }), "the value is the response already")
	adapt := func(r *web.Request, m money) (*web.Response, error) { return r.Text(m.Price()), nil }
	assert.Contains(t, refused(t, func(c *registry.Config) {
		views.AddResponseAdapter(c, adapt)
		views.AddResponseAdapter(c, adapt)
	}), "response adapter for views_test.money registered twice:")
}
