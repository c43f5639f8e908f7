package web_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

type contextKey struct{}

func TestContextCarriesTheRequest(t *testing.T) {
	t.Parallel()
	outer := context.WithValue(t.Context(), contextKey{}, "outer")
	r := web.Begin(nil, httptest.NewRequestWithContext(outer, http.MethodGet, "/", nil))

	found, ok := web.FromContext(r.Context())
	require.True(t, ok)
	assert.Same(t, r, found)
	assert.Equal(t, "outer", r.Context().Value(contextKey{}))

	derived, cancel := context.WithTimeout(context.WithValue(r.Context(), contextKey{}, "inner"), time.Hour)
	defer cancel()
	found, ok = web.FromContext(derived)
	require.True(t, ok)
	assert.Same(t, r, found)

	_, ok = web.FromContext(t.Context())
	assert.False(t, ok)
	_, ok = web.FromContext(nil) //nolint:staticcheck // what it does then is part of the contract
	assert.False(t, ok)
}

func TestContextCostsNothing(t *testing.T) {
	r := get("/")
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		if _, ok := web.FromContext(r.Context()); !ok {
			t.Error("lost")
		}
	}))
}

func TestContextEndsWithTheConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gone := errors.New("client gone")
		ctx, cancel := context.WithCancelCause(t.Context())
		r := web.Begin(nil, httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil))
		child, stop := context.WithCancel(r.Context())
		defer stop()
		require.NoError(t, r.Context().Err())
		cancel(gone)
		<-child.Done()
		assert.ErrorIs(t, r.Context().Err(), context.Canceled)
		assert.ErrorIs(t, context.Cause(child), gone)
		assert.ErrorIs(t, context.Cause(r.Context()), gone)
	})
}

func TestCopiesShareState(t *testing.T) {
	t.Parallel()
	note := web.NewKey[string]("note", nil)
	copies := map[string]func(r *web.Request) *web.Request{
		"WithContext": func(r *web.Request) *web.Request {
			return r.WithContext(context.WithValue(r.Context(), contextKey{}, 1))
		},
		"Clone": func(r *web.Request) *web.Request { return r.Clone(r.Context()) },
		"With":  func(r *web.Request) *web.Request { return r.With(r.HTTP()) },
		"twice": func(r *web.Request) *web.Request { return r.WithContext(r.Context()).With(r.HTTP()) },
		"nil":   func(r *web.Request) *web.Request { return r.With(nil) },
	}
	for name, copied := range copies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := get("/a/b")
			c := copied(r)
			require.NotSame(t, r, c)

			found, _ := web.FromContext(c.Context())
			assert.Same(t, c, found, "the context of a copy yields the copy")
			found, _ = web.FromContext(r.Context())
			assert.Same(t, r, found)

			web.Drive(c).SetMatch(web.NewMatch(web.Routed{Route: "page"}, web.Param{Name: "id", Value: "7"}))
			require.NoError(t, r.Application().Traverser.Walk(c.Context(), traversal.Map{"a": traversal.Map{}}, traversal.Path{Escaped: "/a/b"}, c.Result()))
			note.Set(c, "here")
			c.Response().SetHeader("X-Set", "by the copy")
			web.Drive(c).SetError(nil)

			assert.Equal(t, "page", r.Match().Route)
			assert.Equal(t, "b", r.ViewName())
			assert.Equal(t, []string{"a"}, r.Traversed())
			assert.Equal(t, c.ID(), r.ID())
			value, err := note.Get(r)
			require.NoError(t, err)
			assert.Equal(t, "here", value)
			assert.Same(t, c.Response(), r.Response())
			mine := r.Response()
			assert.Same(t, mine, c.Text("x"), "an answer takes over what was set on Response")
			assert.NotSame(t, mine, r.Text("y"), "a second answer never overwrites the first")
		})
	}
}

func TestWithKeepsTheOtherRequest(t *testing.T) {
	t.Parallel()
	r := get("/prefix/a")
	hr := r.HTTP()
	hr.URL.Path = "/a"
	c := r.With(hr.WithContext(context.WithValue(hr.Context(), contextKey{}, "middleware")))
	assert.Equal(t, "/a", c.URL.Path)
	assert.Equal(t, "middleware", c.Context().Value(contextKey{}))
	assert.Nil(t, r.Context().Value(contextKey{}))
}

func TestCloneIsDeep(t *testing.T) {
	t.Parallel()
	r := begin(http.MethodGet, "/", "", "X-A", "1")
	c := r.Clone(t.Context())
	c.Header.Set("X-A", "2")
	assert.Equal(t, "1", r.Header.Get("X-A"))
}

func TestWithNodeIsADetour(t *testing.T) {
	t.Parallel()
	r := get("/a")
	root := traversal.Map{"a": traversal.Map{"b": "leaf"}}
	require.NoError(t, (*traversal.Traverser)(nil).Walk(r.Context(), root, traversal.Path{Escaped: "/a"}, r.Result()))
	web.Drive(r).SetMatch(web.NewMatch(web.Routed{Route: "page"}))
	r.Response().SetHeader("X-Page", "1")

	d := r.WithNode(r.Node().At("b", "leaf"), "teaser")
	assert.Equal(t, "leaf", d.Resource())
	assert.Equal(t, "teaser", d.ViewName())
	assert.Equal(t, "/a/b", d.Node().Path())
	assert.Equal(t, "page", d.Match().Route)
	assert.Equal(t, "", d.Response().Header("X-Page"), "a detour has a response of its own")
	assert.Equal(t, d.ID(), r.ID())

	deeper := d.WithContext(t.Context())
	assert.Equal(t, "leaf", deeper.Resource(), "a copy of a detour is on it too")
	assert.Same(t, d.Response(), deeper.Response())

	assert.Equal(t, "", r.ViewName())
	assert.Equal(t, "/a", r.Node().Path())
}

func TestHTTPSetsPathValues(t *testing.T) {
	t.Parallel()
	r := get("/u/7")
	web.Drive(r).SetMatch(web.NewMatch(web.Routed{Pattern: "/u/{id}/*rest"}, web.Param{Name: "id", Value: "7"}, web.Param{Name: "rest", Values: []string{"a", "b"}}))
	hr := r.HTTP()
	assert.Equal(t, "/u/{id}/*rest", hr.Pattern)
	assert.Equal(t, "7", hr.PathValue("id"))
	assert.Equal(t, "a/b", hr.PathValue("rest"))
	found, _ := web.FromContext(hr.Context())
	assert.Same(t, r, found)
	assert.Equal(t, "7", r.PathValue("id"))
	assert.Equal(t, "a/b", r.Param("rest"))
	assert.Equal(t, "", r.Param("other"))
}

func TestPathValueOfAnOuterMux(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("/t/{tenant}/", func(_ http.ResponseWriter, hr *http.Request) {
		r := web.Begin(nil, hr)
		assert.Equal(t, "acme", r.PathValue("tenant"))
		assert.Equal(t, "acme", r.HTTP().PathValue("tenant"))
		web.Drive(r).SetMatch(web.NewMatch(web.Routed{}, web.Param{Name: "tenant", Value: "own"}))
		assert.Equal(t, "own", r.PathValue("tenant"))
	})
	mux.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/t/acme/x", nil))
}

func TestRequestWithoutAnything(t *testing.T) {
	t.Parallel()
	r := get("/")
	assert.Nil(t, r.Match())
	assert.Nil(t, r.Resource())
	assert.Nil(t, r.Root())
	assert.Nil(t, r.Err())
	assert.Nil(t, r.Registry())
	assert.True(t, r.Node().IsZero())
	assert.True(t, r.VirtualRoot().IsZero())
	assert.Empty(t, r.Subpath())
	assert.Empty(t, r.VirtualRootPath())
	assert.NotNil(t, r.Log())
	assert.NotNil(t, r.Application())
	_, err := r.Subrequest(r.Request)
	assert.ErrorContains(t, err, "Runtime is nil")
}

type fakeRuntime func(r *web.Request, sub *http.Request, tweens bool) (*web.Response, error)

func (f fakeRuntime) Invoke(r *web.Request, sub *http.Request, tweens bool) (*web.Response, error) {
	return f(r, sub, tweens)
}

func (fakeRuntime) Draining() <-chan struct{} { return nil }

func (fakeRuntime) TrackStraggler(string, <-chan struct{}) {}

func TestSubrequest(t *testing.T) {
	t.Parallel()
	app := &web.Application{Runtime: fakeRuntime(func(_ *web.Request, sub *http.Request, tweens bool) (*web.Response, error) {
		resp := web.Respond(200)
		resp.SetText(sub.URL.Path)
		if tweens {
			resp.SetStatus(201)
		}
		return resp, nil
	})}
	r := beginIn(app, http.MethodGet, "/", "")
	resp, err := r.Subrequest(httptest.NewRequest(http.MethodGet, "/inner", nil))
	require.NoError(t, err)
	assert.Equal(t, 200, resp.Status())
	resp, err = r.Subrequest(httptest.NewRequest(http.MethodGet, "/inner", nil), web.WithTweens())
	require.NoError(t, err)
	assert.Equal(t, 201, resp.Status())
	_, err = r.Subrequest(nil)
	assert.Error(t, err)
}
