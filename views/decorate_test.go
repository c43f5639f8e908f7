package views_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestDecorators(t *testing.T) {
	t.Parallel()
	quoted := func(next web.Handler) web.Handler {
		return func(r *web.Request) (*web.Response, error) {
			resp, err := next(r.WithContext(r.Context()))
			if err != nil {
				return nil, err
			}
			b, _ := resp.Body()
			resp.SetText("'" + string(b) + "'")
			return resp, nil
		}
	}
	reg := build(t, func(c *registry.Config) {
		views.SetDefaultRenderer(c, "string")
		views.Add(c, views.On(showPage), views.Decorate(loud, quoted))
		views.AddError(c, views.Error(showMissing), views.Decorate(loud))
	})
	assert.Equal(t, "'page A'!", body(t, reg, &page{"A"}), "the first one is outermost")

	resp, handled, err := views.TableOf(reg).CallError(request(reg, nil, &page{}, "", nil), &missingPage{"x"})
	require.NoError(t, err)
	require.True(t, handled)
	assert.Equal(t, "missing: x!", text(t, resp), "an error view receives its error")

	var group sync.WaitGroup
	r := request(reg, nil, &page{}, "", nil)
	for _, title := range []string{"A", "B", "C", "D"} {
		group.Go(func() {
			resp, err := views.RenderView(r, traversal.NewNode(&page{title}), "")
			assert.NoError(t, err)
			assert.Equal(t, "'page "+title+"'!", text(t, resp), "views called at once do not mix up")
		})
	}
	group.Wait()
}

func TestDecorateFailures(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, views.On(showPage), views.Decorate(func(web.Handler) web.Handler {
			return func(*web.Request) (*web.Response, error) { return nil, nil }
		}))
		views.Add(c, views.On(showPage), views.Name("other"), views.Decorate(func(next web.Handler) web.Handler {
			return func(*web.Request) (*web.Response, error) { return next(request(nil, nil, &page{}, "", nil)) }
		}))
	})
	_, err := call(reg, &page{}, "")
	require.ErrorContains(t, err, "its decorators returned neither a response nor an error")
	_, err = call(reg, &page{}, "other")
	require.ErrorContains(t, err, "a decorator passed on a request that is not derived from its own")

	message := refused(t, func(c *registry.Config) {
		views.Add(c, views.On(showPage), views.Decorate(func(web.Handler) web.Handler { return nil }))
	})
	assert.Contains(t, message, "returned a nil handler: return next to leave the view unchanged")
}
