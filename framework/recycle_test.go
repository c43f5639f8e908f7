package framework_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// keepers are what keeps a request past its end, and how it is read there. The function runs in the
// view. The function that it returns runs after the end, and returns the request's parameter.
var keepers = map[string]func(r *framework.Request) (after func() string){
	"Keep":    func(r *framework.Request) func() string { r.Keep(); return func() string { return r.Param("id") } },
	"Context": keepContext,
	"context of a copy": func(r *framework.Request) func() string {
		return keepContext(r.WithContext(context.WithValue(r.Context(), keptKey{}, 1)))
	},
	"derived context": func(r *framework.Request) func() string {
		ctx, cancel := context.WithTimeout(r.Context(), time.Hour)
		return func() string { defer cancel(); return fromContext(ctx) }
	},
	"WithContext": func(r *framework.Request) func() string { return keepCopy(r.WithContext(context.Background())) },
	"Clone":       func(r *framework.Request) func() string { return keepCopy(r.Clone(context.Background())) },
	"With":        func(r *framework.Request) func() string { return keepCopy(r.With(r.Request)) },
	"WithNode":    func(r *framework.Request) func() string { return keepCopy(r.WithNode(traversal.NewNode(1), "")) },
	"HTTP": func(r *framework.Request) func() string {
		hr := r.HTTP()
		return func() string { return fromContext(hr.Context()) }
	},
	"Match": func(r *framework.Request) func() string { m := r.Match(); return func() string { return m.Text("id") } },
	"scope": func(r *framework.Request) func() string { async.Go(r.Context(), waitForEnd); return keepContext(r) },
	"Detached": func(r *framework.Request) func() string {
		return keepCopy(web.Drive(r).Detach(context.Background()).Request())
	},
	"Node": func(r *framework.Request) func() string {
		n := r.Node()
		return func() string { return n.Resource().(*owned).id }
	},
	"Result": func(r *framework.Request) func() string {
		result := r.Result()
		return func() string { return result.Resource().(*owned).id }
	},
	"VirtualRoot": func(r *framework.Request) func() string {
		n := r.VirtualRoot()
		return func() string { return n.Resource().(*owned).id }
	},
}

type keptKey struct{}

// owned is the root of one request.
type owned struct{ id string }

func keepContext(r *framework.Request) func() string {
	ctx := r.Context()
	return func() string { return fromContext(ctx) }
}

func keepCopy(c *framework.Request) func() string { return func() string { return c.Param("id") } }

func fromContext(ctx context.Context) string {
	r, _ := web.FromContext(ctx)
	return r.Param("id")
}

// recycling is an application that recycles its requests. Each view responds with the id in the
// path, and leaves something behind in its request.
func recycling(t testing.TB, late func(id string, after func() string)) *framework.App {
	config := quiet(framework.Options{
		RecycleRequests: true,
		Root:            func(r *framework.Request) (traversal.Resource, error) { return &owned{r.Param("id")}, nil },
	})
	n := 0
	add := func(name string, v views.View, options ...views.Option) {
		config.AddRoute(name, fmt.Sprintf("/%d/{id}", n))
		config.AddView(v, append(options, views.Route(name))...)
		n++
	}
	text := func(r *framework.Request) (*framework.Response, error) { return r.Text(r.Param("id")), nil }
	add("text", views.Func(text))
	add("json", views.Func(func(r *framework.Request) (string, error) { return r.Param("id"), nil }))
	add("headers", views.Func(func(r *framework.Request) (*framework.Response, error) {
		r.Response().SetHeader("X-Leak", r.Param("id"))
		r.Response().SetStatus(202)
		return text(r)
	}))
	add("open response", views.Func(func(r *framework.Request) (*framework.Response, error) {
		r.Response().SetHeader("X-Leak", r.Param("id")) // and another one is returned
		resp := web.Respond(200)
		resp.SetText(r.Param("id"))
		return resp, nil
	}))
	add("error", views.Func(func(r *framework.Request) (*framework.Response, error) { return nil, web.Conflict(r.Param("id")) }))
	add("internal error", views.Func(func(r *framework.Request) (*framework.Response, error) { return nil, errors.New("no") }))
	add("panic", views.Func(func(*framework.Request) (*framework.Response, error) { panic("oh") }))
	add("abort", views.Func(func(*framework.Request) (*framework.Response, error) { panic(http.ErrAbortHandler) }))
	add("goexit", views.Func(func(*framework.Request) (*framework.Response, error) { runtime.Goexit(); return nil, nil }))
	add("stream", views.Func(func(r *framework.Request) (*framework.Response, error) {
		resp := r.Response()
		resp.SetStream(func(w web.StreamWriter) error { _, err := io.WriteString(w, r.Param("id")); return err })
		return resp, nil
	}))
	add("failing stream", views.Func(func(r *framework.Request) (*framework.Response, error) {
		resp := r.Response()
		resp.SetStream(func(web.StreamWriter) error { return web.Conflict(r.Param("id")) })
		return resp, nil
	}))
	add("handler", views.HTTP(http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		_, _ = io.WriteString(w, fromContext(hr.Context()))
	})))
	add("callbacks", views.Func(func(r *framework.Request) (*framework.Response, error) {
		id := r.Param("id")
		r.AddResponseCallback(func(r *framework.Request, resp *framework.Response) error { resp.SetText(r.Param("id")); return nil })
		r.AddFinishedCallback(func(r *framework.Request) error {
			r.Keep()
			late(id, func() string { return r.Param("id") })
			return nil
		})
		return r.Text(""), nil
	}))
	add("failing callback", views.Func(func(r *framework.Request) (*framework.Response, error) {
		r.AddResponseCallback(func(r *framework.Request, _ *framework.Response) error { return web.Conflict(r.Param("id")) })
		return r.Text(""), nil
	}))
	add("callback that ends", views.Func(func(r *framework.Request) (*framework.Response, error) {
		r.AddFinishedCallback(func(*framework.Request) error { runtime.Goexit(); return nil })
		return text(r)
	}))
	key := web.NewKey("id", func(r *framework.Request) (string, error) { return r.Param("id"), nil })
	add("attribute", views.Func(func(r *framework.Request) (*framework.Response, error) {
		id, err := key.Get(r)
		return r.Text(id), err
	}))
	add("subrequest", views.Func(func(r *framework.Request) (*framework.Response, error) {
		sub, _ := http.NewRequest(http.MethodGet, "/0/"+r.Param("id"), nil)
		return r.SubrequestWithTweens(sub)
	}))
	middleware := tweens.FromMiddleware(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) { next.ServeHTTP(w, hr) })
	})
	add("middleware", views.Func(text), views.Around(middleware))
	add("net/http timeout", views.Func(func(r *framework.Request) (*framework.Response, error) {
		if strings.HasSuffix(r.Param("id"), "3") {
			<-r.Context().Done()
		}
		return text(r)
	}), views.Around(tweens.FromMiddleware(func(next http.Handler) http.Handler {
		return http.TimeoutHandler(next, 2*time.Millisecond, "late")
	})))
	add("timeout", views.Func(func(r *framework.Request) (*framework.Response, error) {
		if strings.HasSuffix(r.Param("id"), "3") {
			<-r.Context().Done()
			for range 10 {
				runtime.Gosched()
			}
			r.Response().SetHeader("X-Leak", r.Param("id")) // of a response that nobody sends
		}
		return text(r)
	}), views.Around(tweens.Timeout(2*time.Millisecond, tweens.TimeoutOptions{GracePeriod: time.Nanosecond})))
	for name, keep := range keepers {
		add(name, views.Func(func(r *framework.Request) (*framework.Response, error) {
			late(r.Param("id"), keep(r))
			return text(r)
		}))
	}
	config.AddErrorView(views.Error(func(r *framework.Request, _ *web.PanicError) (*framework.Response, error) { return text(r) }))
	config.AddErrorView(views.ErrorStatus(409, 409, func(r *framework.Request, _ error) (*framework.Response, error) { return text(r) }))
	config.AddErrorView(views.ErrorStatus(503, 504, func(r *framework.Request, _ error) (*framework.Response, error) { return text(r) }))
	return build(t, config)
}

// Requests of all kinds run at once, and what keeps one reads it after its end. Each sees itself
// alone, in the response, in the headers and afterwards.
func TestARecycledRequestIsNeverSeenByAnother(t *testing.T) {
	noLeaks(t)
	var lates sync.WaitGroup
	var wrong complaints
	app := recycling(t, func(id string, after func() string) {
		lates.Go(func() {
			for range 20 {
				runtime.Gosched() // the request ends, others begin
			}
			for range 3 {
				if got := after(); got != id {
					wrong.add("kept %s, found %q", id, got)
				}
				runtime.Gosched()
			}
		})
	})
	count := len(routes.TableOf(app.Registry()).Routes())
	require.Greater(t, count, 30)
	var clients sync.WaitGroup
	for client := range 8 {
		clients.Go(func() {
			for i := range 40 * count {
				id := fmt.Sprintf("c%d-%d", client, i)
				w := send(app, fmt.Sprintf("/%d/%s", i%count, id))
				body := strings.Trim(w.Body.String(), "\"")
				switch {
				case w.Header().Get("X-Leak") != "" && w.Header().Get("X-Leak") != id:
					wrong.add("%d %s: header of %s", i%count, id, w.Header().Get("X-Leak"))
				case w.Code == 409 && !strings.Contains(body, id):
					wrong.add("%d %s: got %d %q", i%count, id, w.Code, body)
				case w.Code == 200 && body != id && body != "":
					wrong.add("%d %s: got %q", i%count, id, body)
				}
			}
		})
	}
	clients.Wait()
	lates.Wait()
	assert.Empty(t, wrong.list())
}

// send sends a request on a goroutine of its own, which the view may end.
func send(h http.Handler, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	var done sync.WaitGroup
	done.Go(func() {
		defer func() { _ = recover() }() // http.ErrAbortHandler
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
	})
	done.Wait()
	return w
}

// Walks through Maps use the room of earlier requests again.
func TestARecycledWalkIsNeverSeenByAnother(t *testing.T) {
	root := traversal.Map{}
	var paths []string
	for i := range 20 { // of all lengths, and past the room that is kept
		at, path := root, ""
		for level := range 1 + i%12 {
			name := fmt.Sprintf("%d-%d", i, level)
			next := traversal.Map{"path": path + "/" + name}
			at[name] = next
			at, path = next, path+"/"+name
		}
		paths = append(paths, path)
	}
	config := quiet(framework.Options{
		RecycleRequests: true,
		Root:            func(*framework.Request) (traversal.Resource, error) { return root, nil },
	})
	for _, name := range []string{"", "view"} {
		config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			return r.Text(r.Resource().(traversal.Map)["path"].(string) + "?" + r.ViewName()), nil
		}), views.Name(name))
	}
	app := build(t, config)
	var clients sync.WaitGroup
	var wrong complaints
	for client := range 4 {
		clients.Go(func() {
			for i := range 1000 {
				path := paths[(i*7+client)%len(paths)]
				for suffix, name := range map[string]string{"": "", "/view": "view", "/@@view": "view", "/../" + path[strings.LastIndexByte(path, '/')+1:]: ""} {
					if w := send(app, path+suffix); w.Body.String() != path+"?"+name {
						wrong.add("%s: %d %s", path+suffix, w.Code, w.Body)
					}
				}
				if w := send(app, path+"/none"); w.Code != 404 {
					wrong.add("%s/none: %d", path, w.Code)
				}
			}
		})
	}
	clients.Wait()
	assert.Empty(t, wrong.list())
}

// What is kept is not used again; what is not kept is.
func TestRecycling(t *testing.T) {
	var last *framework.Request
	var latest string
	config := quiet(framework.Options{RecycleRequests: true})
	config.AddRoute("plain", "/{id}")
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		last, latest = r, fmt.Sprintf("%p", r) // wrong in such an application
		if keep := keepers[strings.ReplaceAll(r.Param("id"), "_", " ")]; keep != nil && r.Resource() != nil {
			_ = keep(r)
		}
		return r.Text("ok"), nil
	}), views.Route("plain"))
	app := build(t, config)
	again := func(id string) bool {
		send(app, "/"+id)
		before := latest
		send(app, "/other")
		return latest == before
	}
	assert.Eventually(t, func() bool { return again("other") }, 10*time.Second, time.Nanosecond, "the memory is used again, if the pool keeps it")
	_ = last
	for name := range keepers {
		for range 20 {
			send(app, "/"+strings.ReplaceAll(name, " ", "_"))
			kept, was := last, latest
			for range 3 {
				send(app, "/other")
				require.NotEqual(t, was, latest, "%s keeps the request", name)
			}
			runtime.KeepAlive(kept)
		}
	}
}

func TestAPoisonedRequestNamesItsView(t *testing.T) {
	var kept *framework.Request
	var response *framework.Response
	config := quiet(framework.Options{RecycleRequests: true})
	config.AddRoute("page", "/page/{id}")
	config.AddView(views.Func(keepsItsRequest(&kept, &response)), views.Route("page"))
	app := frameworktest.New(t, config)
	app.Get("/page/7").Status(200)

	const want = `request used after its end: GET /page/7, route "page", handled by view `
	for name, use := range map[string]func(){
		"Param":    func() { kept.Param("id") },
		"Match":    func() { kept.Match() },
		"Node":     func() { kept.Node() },
		"Resource": func() { kept.Resource() },
		"Context":  func() { kept.Context() },
		"ID":       func() { kept.ID() },
		"Log":      func() { kept.Log() },
		"Keep":     func() { kept.Keep() },
		"Text":     func() { kept.Text("") },
		"JSON":     func() { _, _ = kept.JSON(1) },
		"RouteURL": func() { _, _ = kept.RouteURL("page", web.Params{"id": 1}) },
		"callback": func() { kept.AddFinishedCallback(func(*framework.Request) error { return nil }) },
		"copy":     func() { kept.WithContext(context.Background()) },
		"Sent":     func() { kept.Sent() },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				ended, ok := recover().(*web.EndedError)
				require.True(t, ok, "it panics with an EndedError")
				assert.Contains(t, ended.Error(), want)
				assert.Contains(t, ended.View, "recycle_test.go:", "where the view is")
				assert.Equal(t, "page", ended.Route)
			}()
			use()
		})
	}
	assert.Contains(t, kept.Method, want, "the fields hold the text")
	assert.Contains(t, kept.URL.Path, want)
	_, err := io.ReadAll(kept.Body)
	assert.ErrorContains(t, err, want)
	_, err = response.Send(httptest.NewRecorder(), web.Begin(nil, httptest.NewRequest(http.MethodGet, "/", nil)))
	assert.ErrorContains(t, err, want)

	app.Get("/page/8").Status(200)
	assert.NotContains(t, kept.Method, "GET /page/7", "each request is poisoned")
}

func keepsItsRequest(kept **framework.Request, response **framework.Response) func(*framework.Request) (*framework.Response, error) {
	return func(r *framework.Request) (*framework.Response, error) {
		*kept, *response = r, r.Text("ok")
		return *response, nil
	}
}

// Without RecycleRequests nothing is poisoned: a kept request stays what it was.
func TestAKeptRequestStaysWhatItWas(t *testing.T) {
	var kept *framework.Request
	var response *framework.Response
	config := quiet(framework.Options{})
	config.AddRoute("page", "/page/{id}")
	config.AddView(views.Func(keepsItsRequest(&kept, &response)), views.Route("page"))
	app := frameworktest.New(t, config)
	app.Get("/page/7").Status(200)
	first, text := kept, response
	for range 100 {
		app.Get("/page/8").Status(200)
	}
	assert.Equal(t, "7", first.Param("id"))
	body, _ := text.Body()
	assert.Equal(t, "ok", string(body))
}

// http.TimeoutHandler around the application responds while the view still runs.
func TestRecyclingBelowTimeoutHandler(t *testing.T) {
	noLeaks(t)
	var late sync.WaitGroup
	config := quiet(framework.Options{RecycleRequests: true})
	config.AddRoute("id", "/{id}")
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		id := r.Param("id")
		if strings.HasSuffix(id, "5") {
			<-r.Request.Context().Done()
			time.Sleep(time.Millisecond)
		}
		if got := r.Param("id"); got != id {
			return nil, fmt.Errorf("was %s, is %s", id, got)
		}
		return r.Text(id), nil
	}), views.Route("id"))
	app := build(t, config)
	limited := http.TimeoutHandler(http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		defer late.Done()
		app.ServeHTTP(w, hr)
	}), 5*time.Millisecond, "late")
	around := http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		late.Add(1) // here, since the time may be up before the inner handler begins
		limited.ServeHTTP(w, hr)
	})
	var clients sync.WaitGroup
	var wrong complaints
	for client := range 8 {
		clients.Go(func() {
			for i := range 50 {
				id := fmt.Sprintf("%d-%d", client, i)
				if w := send(around, "/"+id); w.Body.String() != id && w.Body.String() != "late" {
					wrong.add("%s: %d %s", id, w.Code, w.Body)
				}
			}
		})
	}
	clients.Wait()
	late.Wait()
	assert.Empty(t, wrong.list())
}

// A JSON body that something kept is never written over.
func TestKeptBodiesOfJSON(t *testing.T) {
	var mu sync.Mutex
	bodies := map[string][]byte{}
	config := quiet(framework.Options{RecycleRequests: true})
	config.AddRoute("id", "/{id}")
	config.AddView(views.Func(func(r *framework.Request) (map[string]string, error) {
		return map[string]string{"id": r.Param("id")}, nil
	}), views.Route("id"))
	config.AddTween("cache", tweens.Wrap(func(next framework.Handler) framework.Handler {
		return func(r *framework.Request) (*framework.Response, error) {
			resp, err := next(r)
			if err == nil && !strings.HasSuffix(r.Param("id"), "0") {
				body, _ := resp.Body()
				mu.Lock()
				defer mu.Unlock()
				bodies[r.Param("id")] = body
			}
			return resp, err
		}
	}))
	app := build(t, config)
	var clients sync.WaitGroup
	for client := range 4 {
		clients.Go(func() {
			for i := range 500 {
				id := fmt.Sprintf("%d-%d", client, i)
				assert.JSONEq(t, `{"id":"`+id+`"}`, send(app, "/"+id).Body.String())
			}
		})
	}
	clients.Wait()
	assert.Len(t, bodies, 4*450)
	for id, body := range bodies {
		assert.True(t, bytes.Equal(body, []byte(`{"id":"`+id+`"}`)), "%s: %s", id, body)
	}
}
