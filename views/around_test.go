package views_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestAround(t *testing.T) {
	t.Parallel()
	var order []string
	note := func(name string) func(web.Handler, *registry.Registry) (web.Handler, error) {
		return func(next web.Handler, reg *registry.Registry) (web.Handler, error) {
			if reg == nil {
				return nil, errors.New("no registry")
			}
			return func(r *web.Request) (*web.Response, error) {
				order = append(order, name)
				return next(r)
			}, nil
		}
	}
	reg := build(t, func(c *registry.Config) {
		views.Add(c, views.On(showPage), views.Renderer("string"), views.Permission("view"),
			views.Around(note("outer"), note("inner")),
			views.Decorate(func(next web.Handler) web.Handler {
				return func(r *web.Request) (*web.Response, error) {
					order = append(order, "decorator")
					return next(r)
				}
			}))
	})
	resp, err := views.TableOf(reg).Call(request(reg, policy{"view"}, &page{"Go"}, "", nil))
	require.NoError(t, err)
	assert.Equal(t, "page Go", text(t, resp))
	assert.Equal(t, []string{"outer", "inner", "decorator"}, order)

	order = nil
	_, err = views.TableOf(reg).Call(request(reg, policy{}, &page{"Go"}, "", nil))
	require.ErrorContains(t, err, "403")
	assert.Equal(t, []string{"outer", "inner"}, order, "outside of the permission")

	none := func(web.Handler, *registry.Registry) (web.Handler, error) { return nil, nil }
	fails := func(web.Handler, *registry.Registry) (web.Handler, error) { return nil, errors.New("no limit given") }
	message := refused(t, func(c *registry.Config) {
		views.Add(c, views.On(showPage), views.Around(none))
		views.Add(c, views.On(showPage), views.Name("a"), views.Around(fails))
	})
	assert.Contains(t, message, "gave no handler")
	assert.Contains(t, message, "views.Around: no limit given")
	assert.Contains(t, refused(t, func(c *registry.Config) { views.Add(c, views.On(showPage), views.Around(nil...), views.Around(nil)) }), "factory 1 is nil")

	lost := func(next web.Handler, _ *registry.Registry) (web.Handler, error) {
		return func(*web.Request) (*web.Response, error) { return next(request(nil, nil, &page{}, "", nil)) }, nil
	}
	silent := func(web.Handler, *registry.Registry) (web.Handler, error) {
		return func(*web.Request) (*web.Response, error) { return nil, nil }, nil
	}
	reg = build(t, func(c *registry.Config) {
		views.Add(c, views.On(showPage), views.Name("lost"), views.Around(lost))
		views.Add(c, views.On(showPage), views.Name("silent"), views.Around(silent))
	})
	_, err = call(reg, &page{}, "lost")
	assert.ErrorContains(t, err, "a tween around it passed on a request that it did not make from its own")
	_, err = call(reg, &page{}, "silent")
	assert.ErrorContains(t, err, "the tweens around it returned neither a response nor an error")
	assert.True(t, strings.HasPrefix(views.Around(none).String(), "around=views_test.TestAround"))
}
