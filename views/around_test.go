package views_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// tween is a tween of these tests.
type tween struct {
	name  string
	build func(next web.Handler, reg *registry.Registry) (web.Handler, error)
}

func (t tween) String() string { return t.name }

func (t tween) Build(next web.Handler, reg *registry.Registry) (web.Handler, error) {
	return t.build(next, reg)
}

func TestAround(t *testing.T) {
	t.Parallel()
	var order []string
	note := func(name string) views.Tween {
		return tween{name, func(next web.Handler, reg *registry.Registry) (web.Handler, error) {
			if reg == nil {
				return nil, errors.New("no registry")
			}
			return func(r *web.Request) (*web.Response, error) {
				order = append(order, name)
				return next(r)
			}, nil
		}}
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

	none := tween{"none", func(web.Handler, *registry.Registry) (web.Handler, error) { return nil, nil }}
	fails := tween{"fails", func(web.Handler, *registry.Registry) (web.Handler, error) { return nil, errors.New("no limit given") }}
	message := refused(t, func(c *registry.Config) {
		views.Add(c, views.On(showPage), views.Around(none))
		views.Add(c, views.On(showPage), views.Name("a"), views.Around(fails))
	})
	assert.Contains(t, message, "none returned a nil handler")
	assert.Contains(t, message, "views.Around: fails: no limit given")
	assert.Contains(t, refused(t, func(c *registry.Config) { views.Add(c, views.On(showPage), views.Around(nil...), views.Around(nil)) }), "tween 1 is nil")
	assert.Contains(t, refused(t, func(c *registry.Config) {
		views.Add(c, views.On(showPage), views.Around(tweens.Limit(1, tweens.LimitOptions{}), (*tweens.Factory)(nil)))
	}), "tween 2 is nil")

	lost := tween{"lost", func(next web.Handler, _ *registry.Registry) (web.Handler, error) {
		return func(*web.Request) (*web.Response, error) { return next(request(nil, nil, &page{}, "", nil)) }, nil
	}}
	silent := tween{"silent", func(web.Handler, *registry.Registry) (web.Handler, error) {
		return func(*web.Request) (*web.Response, error) { return nil, nil }, nil
	}}
	reg = build(t, func(c *registry.Config) {
		views.Add(c, views.On(showPage), views.Name("lost"), views.Around(lost))
		views.Add(c, views.On(showPage), views.Name("silent"), views.Around(silent))
	})
	_, err = call(reg, &page{}, "lost")
	assert.ErrorContains(t, err, "a tween around it passed on a request that is not derived from its own")
	_, err = call(reg, &page{}, "silent")
	assert.ErrorContains(t, err, "the tweens around it returned neither a response nor an error")
	limit := tweens.Limit(8, tweens.LimitOptions{Queue: 16})
	assert.Equal(t, "around=tweens.Timeout(2s),tweens.Limit(8, Queue: 16)", views.Around(tweens.Timeout(2*time.Second, tweens.TimeoutOptions{}), limit).String())
}
