package tweens_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views/web"
)

// recordingObserver is an observer that records its calls.
type recordingObserver struct {
	name string
	log  *[]string
}

type observerKey struct{}

func (w recordingObserver) Begin(r *web.Request) context.Context {
	*w.log = append(*w.log, w.name+" begins")
	return context.WithValue(r.Context(), observerKey{}, w.name)
}

func (w recordingObserver) End(ctx context.Context, o *tweens.Observation) {
	line := fmt.Sprintf("%s ends: %s %q %v %q %d, %d bytes in %v", ctx.Value(observerKey{}), o.Route, o.Pattern, o.Resource, o.View, o.Status, o.Bytes, o.Duration)
	if o.Err != nil {
		line += ", " + o.Err.Error()
	}
	*w.log = append(*w.log, line)
}

// declareViews declares what package views declares of views with these names.
func declareViews(names ...string) func(c *registry.Config) {
	return func(c *registry.Config) {
		for _, name := range names {
			c.Declare(registry.Declaration{Category: "views", ID: name, Fields: []registry.Field{{Name: "name", Value: name}}})
		}
	}
}

func TestObserve(t *testing.T) {
	t.Parallel()
	find := func(r *web.Request, view string) {
		web.Drive(r).SetMatch(web.NewMatch(web.Routed{Route: "page", Pattern: "/a/{b}"}))
		require.NoError(t, (*traversal.Traverser)(nil).Walk(r.Context(), &page{}, traversal.Path{Escaped: "/" + view}, r.Result()))
	}
	for _, test := range []struct {
		name string
		main web.Handler
		sent bool
		want string
	}{
		{"sent", func(r *web.Request) (*web.Response, error) { find(r, "edit"); return r.Text("hello"), nil }, true,
			`a ends: page "/a/{b}" *tweens_test.page "edit" 200, 5 bytes in 1s`},
		{"unsent", func(r *web.Request) (*web.Response, error) { find(r, ""); return r.Empty(304), nil }, false,
			`a ends: page "/a/{b}" *tweens_test.page "" 304, 0 bytes in 1s`},
		{"invented view name", func(r *web.Request) (*web.Response, error) { find(r, "xyz"); return nil, web.NotFound("") }, false,
			`a ends: page "/a/{b}" *tweens_test.page "" 404, 0 bytes in 1s, 404 Not Found`},
		{"nothing found", failing(errors.New("boom")), false, `a ends:  "" <nil> "" 500, 0 bytes in 1s, boom`},
		{"panic", func(*web.Request) (*web.Response, error) { panic("bang") }, false, `a ends:  "" <nil> "" 500, 0 bytes in 1s`},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log []string
				h, err := tweens.Observe(recordingObserver{name: "a", log: &log}).Build(func(r *web.Request) (*web.Response, error) {
					assert.Equal(t, "a", r.Context().Value(observerKey{}), "inner handlers have the context")
					time.Sleep(time.Second)
					return test.main(r)
				}, mustBuild(t, declareViews("edit", "")))
				require.NoError(t, err)
				r := request("GET", "/")
				resp, _ := web.Guard(h)(r)
				if test.sent {
					_, err := resp.Send(httptest.NewRecorder(), r)
					require.NoError(t, err)
				}
				assert.Equal(t, []string{"a begins"}, log)
				require.NoError(t, web.Drive(r).RunFinishedCallbacks())
				assert.Equal(t, []string{"a begins", test.want}, log)
			})
		})
	}
}

func TestObserveBySeveral(t *testing.T) {
	t.Parallel()
	var log []string
	h := around(t, tweens.Observe(recordingObserver{name: "a", log: &log}, recordingObserver{name: "b", log: &log}), text("x"))
	_, err := get(h)
	require.NoError(t, err)
	require.Len(t, log, 4)
	assert.Equal(t, []string{"a begins", "b begins"}, log[:2])
	assert.Contains(t, log[2], "a ends")
	assert.Contains(t, log[3], "b ends")
}

// An observer outside Timeout sees the match of a view that missed its deadline.
func TestObserveOutsideTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log []string
		h := around(t, tweens.Observe(recordingObserver{name: "a", log: &log}), around(t, tweens.Timeout(time.Second, tweens.TimeoutOptions{}),
			func(r *web.Request) (*web.Response, error) {
				web.Drive(r).SetMatch(web.NewMatch(web.Routed{Route: "slow", Pattern: "/slow"}))
				web.Drive(r).Publish()
				<-r.Context().Done()
				return nil, r.Context().Err()
			}))
		_, err := get(h)
		require.NoError(t, err)
		assert.Contains(t, log[1], `a ends: slow "/slow" <nil> "" 504`)
		synctest.Wait()
	})
}

// Without observers there is no tween.
func TestObserveWithoutObservers(t *testing.T) {
	resp := web.Respond(200)
	h := around(t, tweens.Observe(), func(*web.Request) (*web.Response, error) { return resp, nil })
	r := request("GET", "/")
	assert.Zero(t, testing.AllocsPerRun(100, func() { _, _ = h(r) }))
}

// idle is an observer that does nothing.
type idle struct{}

func (idle) Begin(r *web.Request) context.Context         { return r.Context() }
func (idle) End(_ context.Context, _ *tweens.Observation) {}

func BenchmarkObserve(b *testing.B) {
	for _, bm := range []struct {
		name string
		h    web.Handler
	}{
		{"none", around(b, tweens.Observe(), text("hello"))},
		{"idle", around(b, tweens.Observe(idle{}), text("hello"))},
	} {
		b.Run(bm.name, func(b *testing.B) {
			hr := request("GET", "/").Request
			w := &discardWriter{header: http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				clear(w.header)
				if err := respond(bm.h, web.Begin(nil, hr), w); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
