package views_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// later returns a future of the value, from a goroutine of the request.
func later[T any](r *web.Request, value T) *async.Future[T] {
	return async.Go(r.Context(), func(context.Context) (T, error) { return value, nil })
}

func (p *page) showNow(*web.Request) (string, error) { return "Of " + p.Title, nil }

func (p *page) showLater(r *web.Request) (*async.Future[string], error) {
	return later(r, "Of "+p.Title), nil
}

type pageView struct {
	r *web.Request
	p *page
}

func newPageView(r *web.Request, p *page) (*pageView, error) { return &pageView{r, p}, nil }
func (v *pageView) now() (string, error)                     { return "Struct " + v.p.Title, nil }
func (v *pageView) later() (*async.Future[string], error) {
	return later(v.r, "Struct "+v.p.Title), nil
}

type query struct {
	Q string `query:"q"`
}

// How a view is called: directly, by an executor, or awaited.
const (
	plain    = "plain"
	executor = "executor"
	awaited  = "awaited"
)

func TestEveryShapeUnderEveryMapper(t *testing.T) {
	t.Parallel()
	const (
		noFuture   = "not an *async.Future: for a view that is not a coroutine use views.WithMapper(views.DefaultMapper), or views.ExecutorMapper"
		aCoroutine = "so it is a coroutine: use views.WithMapper(views.CoroutineMapper), or config.Include(framework.Async)"
		aHandler   = "has a handler, which runs outside the executor, when the response is sent: use views.WithMapper(views.DefaultMapper)"
	)
	failure := errors.New("it broke")
	tests := []struct {
		name                            string
		view                            views.View
		isError                         bool
		byDefault, byCoroutine, by, any string // Default, Coroutine, Executor, CoroutineOrExecutor
		want                            string
	}{
		{"On", views.On(showPage), false, plain, noFuture, executor, executor, "page Go"},
		{"Of", views.Of((*page).showNow), false, plain, noFuture, executor, executor, "Of Go"},
		{"Func", views.Func(func(*web.Request) (string, error) { return "Func", nil }), false, plain, noFuture, executor, executor, "Func"},
		{"Func, any", views.Func(func(*web.Request) (any, error) { return "any", nil }), false, plain, noFuture, executor, executor, "any"},
		{"OnInput", views.OnInput(func(_ *web.Request, _ *page, q query) (string, error) { return "q " + q.Q, nil }), false, plain, noFuture, executor, executor, "q x"},
		{"Struct", views.Struct(newPageView, (*pageView).now), false, plain, noFuture, executor, executor, "Struct Go"},
		{"HTTP", views.HTTP(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "HTTP") })), false, plain, noFuture, aHandler, plain, "HTTP"},
		{"Error", views.Error(func(_ *web.Request, err error) (string, error) { return "Error " + err.Error(), nil }), true, plain, noFuture, plain, plain, "Error it broke"},
		{"response", views.Func(func(r *web.Request) (*web.Response, error) { return r.Text("response"), nil }), false, plain, noFuture, executor, executor, "response"},

		{"coroutine On", views.On(func(r *web.Request, p *page) (*async.Future[string], error) { return later(r, "on "+p.Title), nil }), false, aCoroutine, awaited, aCoroutine, awaited, "on Go"},
		{"coroutine Of", views.Of((*page).showLater), false, aCoroutine, awaited, aCoroutine, awaited, "Of Go"},
		{"coroutine Func", views.Func(func(r *web.Request) (*async.Future[string], error) { return later(r, "func"), nil }), false, aCoroutine, awaited, aCoroutine, awaited, "func"},
		{"coroutine Func, Awaitable", views.Func(func(r *web.Request) (async.Awaitable, error) { return later(r, "awaitable"), nil }), false, aCoroutine, awaited, aCoroutine, awaited, "awaitable"},
		{"coroutine OnInput", views.OnInput(func(r *web.Request, _ *page, q query) (*async.Future[string], error) { return later(r, "q "+q.Q), nil }), false, aCoroutine, awaited, aCoroutine, awaited, "q x"},
		{"coroutine Struct", views.Struct(newPageView, (*pageView).later), false, aCoroutine, awaited, aCoroutine, awaited, "Struct Go"},
		{"coroutine Error", views.Error(func(r *web.Request, err error) (*async.Future[string], error) {
			return later(r, "Error "+err.Error()), nil
		}), true, aCoroutine, awaited, aCoroutine, awaited, "Error it broke"},
		{"coroutine response", views.Func(func(r *web.Request) (*async.Future[*web.Response], error) { return later(r, r.Text("response")), nil }), false, aCoroutine, awaited, aCoroutine, awaited, "response"},
		{"a future of a future", views.Func(func(r *web.Request) (*async.Future[any], error) {
			return async.Settled[any](later(r, "twice"), nil), nil
		}), false, aCoroutine, awaited, aCoroutine, awaited, "twice"},
	}
	for _, test := range tests {
		for _, m := range []struct {
			name   string
			mapper views.Mapper
			want   string
		}{
			{"DefaultMapper", views.DefaultMapper, test.byDefault},
			{"CoroutineMapper", views.CoroutineMapper, test.byCoroutine},
			{"ExecutorMapper", views.ExecutorMapper, test.by},
			{"CoroutineOrExecutorMapper", views.CoroutineOrExecutorMapper, test.any},
		} {
			for _, where := range []string{"view", "application"} {
				t.Run(test.name+"/"+m.name+"/"+where, func(t *testing.T) {
					t.Parallel()
					declare := func(c *registry.Config) {
						views.SetExecutor(c, async.ExecutorOptions{Workers: 2})
						options := []views.Option{views.Renderer("string")}
						if where == "view" {
							options = append(options, views.WithMapper(m.mapper))
						} else {
							views.SetMapper(c, m.mapper)
						}
						if test.isError {
							views.AddError(c, test.view, options...)
						} else {
							views.Add(c, test.view, options...)
						}
					}
					if m.want != plain && m.want != executor && m.want != awaited {
						message := refused(t, declare)
						assert.Contains(t, message, m.want)
						assert.Contains(t, message, "mapper views."+m.name+": views.")
						assert.NotContains(t, message, "a view is one of")
						return
					}
					reg := build(t, declare)
					r := request(reg, nil, &page{"Go"}, "", httptest.NewRequest(http.MethodGet, "/?q=x", nil))
					var resp *web.Response
					var err error
					if test.isError {
						resp, _, err = views.TableOf(reg).CallError(r, failure)
					} else {
						resp, err = views.TableOf(reg).Call(r)
					}
					require.NoError(t, err)
					w := httptest.NewRecorder()
					_, err = resp.Send(w, r)
					require.NoError(t, err)
					assert.Equal(t, test.want, w.Body.String())
					ex, ok := registry.Lookup[*async.Executor](reg)
					require.True(t, ok)
					assert.NoError(t, ex.Close(t.Context()))
					assert.Equal(t, m.want == executor, ex.Stats().Done == 1, "by the executor")
					assert.NoError(t, web.Drive(r).EndScope(time.Minute))
				})
			}
		}
	}
}

// mapped returns an application whose only view has a mapper.
func mapped(t *testing.T, m views.Mapper, v views.View) *registry.Registry {
	t.Helper()
	return build(t, func(c *registry.Config) {
		views.Add(c, v, views.WithMapper(m), views.Renderer("string"))
	})
}

func TestUnawaitedFutures(t *testing.T) {
	t.Parallel()
	hidden := views.Func(func(r *web.Request) (any, error) { return later(r, "hidden"), nil })
	_, err := call(mapped(t, views.DefaultMapper, hidden), &page{}, "")
	assert.ErrorContains(t, err, "it returned a future: let its signature say so")
	assert.Equal(t, "hidden", body(t, mapped(t, views.ExecutorMapper, hidden), &page{}))

	for name, future := range map[string]*async.Future[string]{"nil": nil, "zero": {}} {
		_, err := call(mapped(t, views.CoroutineMapper, views.Func(func(*web.Request) (*async.Future[string], error) { return future, nil })), &page{}, "")
		assert.ErrorContains(t, err, "returned a future that will never settle", name)
	}
}

func TestMappedErrorsAndPanics(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	ways := map[string]func(fn func() (string, error)) (views.Mapper, views.View){
		"coroutine": func(fn func() (string, error)) (views.Mapper, views.View) {
			return views.CoroutineMapper, views.Func(func(r *web.Request) (*async.Future[string], error) {
				return async.Go(r.Context(), func(context.Context) (string, error) { return fn() }), nil
			})
		},
		"executor": func(fn func() (string, error)) (views.Mapper, views.View) {
			return views.ExecutorMapper, views.Func(func(*web.Request) (string, error) { return fn() })
		},
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, v := way(func() (string, error) { return "", broken })
			_, err := call(mapped(t, m, v), &page{}, "")
			assert.Equal(t, broken, err, "as it is")

			m, v = way(func() (string, error) { panic(broken) })
			_, err = call(mapped(t, m, v), &page{}, "")
			panicked, ok := errors.AsType[*web.PanicError](err)
			require.True(t, ok, "%v", err)
			assert.Equal(t, broken, panicked.Value)
			assert.Contains(t, string(panicked.Stack), "mapper_test.go")

			m, v = way(func() (string, error) { panic(http.ErrAbortHandler) })
			reg := mapped(t, m, v)
			assert.PanicsWithValue(t, http.ErrAbortHandler, func() { _, _ = call(reg, &page{}, "") })
		})
	}
}

func TestMappers(t *testing.T) {
	t.Parallel()
	prefixed := func(prefix string) views.Mapper {
		return func(v views.View, _ *views.Info) (views.Callable, error) {
			return func(r *web.Request, res any) (any, error) {
				value, err := v.Callable()(r, res)
				text, _ := value.(string)
				return prefix + text, err
			}, nil
		}
	}
	reg := build(t, func(c *registry.Config) {
		views.SetDefaultRenderer(c, "string")
		views.SetMapper(c, prefixed("application: "))
		views.Add(c, views.On(showPage))
		views.Add(c, views.On(showPage), views.Name("own"), views.WithMapper(prefixed("own: ")))
	})
	assert.Equal(t, "application: page A", body(t, reg, &page{"A"}))
	resp, err := call(reg, &page{"A"}, "own")
	require.NoError(t, err)
	assert.Equal(t, "own: page A", text(t, resp))

	refusing := func(v views.View, _ *views.Info) (views.Callable, error) {
		return nil, errBroken
	}
	message := refused(t, func(c *registry.Config) { views.Add(c, views.On(showPage), views.WithMapper(refusing)) })
	assert.Regexp(t, `view views_test\.showPage \(.*helpers_test\.go:\d+\): mapper func at views/mapper_test\.go:\d+: broken; a view is one of`, message)

	nothing := func(v views.View, _ *views.Info) (views.Callable, error) { return nil, nil }
	message = refused(t, func(c *registry.Config) { views.Add(c, views.On(showPage), views.WithMapper(nothing)) })
	assert.Contains(t, message, "returned neither a callable nor an error")

	message = refused(t, func(c *registry.Config) { views.SetMapper(c, nil) })
	assert.Contains(t, message, "view mapper is nil")
}
