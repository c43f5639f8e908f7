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
	"github.com/mastaba-go/mastaba/traversal/async"
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
	//lint:ignore SA1012 nil is part of the contract
	_, ok = web.FromContext(nil)
	assert.False(t, ok)
}

func TestContextDoesNotAllocate(t *testing.T) {
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

func TestRequestWithoutAnApplication(t *testing.T) {
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

func TestContextCarriesTheScope(t *testing.T) {
	t.Parallel()
	r := get("/")
	assert.Nil(t, web.Drive(r).Scope(), "not used yet")
	own, ok := async.ScopeFrom(r.Context())
	require.True(t, ok)
	assert.Same(t, own, web.Drive(r).Scope())

	node := traversal.NewNode("x")
	detached := web.Drive(r).Detach(context.WithoutCancel(r.Context())).Request()
	for name, c := range map[string]*web.Request{
		"WithContext": r.WithContext(context.WithoutCancel(r.Context())), "a context from elsewhere": r.WithContext(t.Context()),
		"Clone": r.Clone(r.Context()), "With": r.With(r.HTTP()), "With, from elsewhere": r.With(httptest.NewRequest("GET", "/", nil)),
		"WithNode": r.WithNode(node, ""), "WithNode of WithContext": r.WithContext(r.Context()).WithNode(node, ""),
		"Detach": detached, "WithNode of Detach": detached.WithNode(node, ""),
	} {
		s, ok := async.ScopeFrom(c.Context())
		assert.True(t, ok && s == own, name)
	}

	ctx, inner := async.WithScope(r.Context(), 0)
	s, _ := async.ScopeFrom(r.WithContext(ctx).WithNode(node, "").Context())
	assert.Same(t, inner, s, "the nearest one")
	require.NoError(t, inner.End(0))
	require.NoError(t, web.Drive(r).EndScope(0))
	_, err := async.Await(t.Context(), async.Go(r.Context(), func(context.Context) (int, error) { return 1, nil }))
	assert.ErrorContains(t, err, "has ended")
}

// A nested request has its own scope, inside that of the outer one.
func TestScopeOfANestedRequest(t *testing.T) {
	t.Parallel()
	outer := get("/")
	inside := web.Begin(nil, httptest.NewRequestWithContext(outer.Context(), http.MethodGet, "/sub", nil))
	f := async.Go(outer.Context(), func(context.Context) (int, error) { return 7, nil })
	v, err := async.Await(inside.WithNode(traversal.NewNode(1), "").Context(), f)
	require.NoError(t, err)
	assert.Equal(t, 7, v)
	assert.NotSame(t, web.Drive(outer).Scope(), web.Drive(inside).Scope())
	g := async.Go(inside.Context(), func(context.Context) (int, error) { return 8, nil })
	_, err = async.Await(outer.Context(), g)
	assert.ErrorContains(t, err, "belongs to another scope")
	require.NoError(t, web.Drive(inside).EndScope(-1))
	require.NoError(t, web.Drive(outer).EndScope(-1))
}
