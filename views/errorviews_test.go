package views_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// The errors of a storage.
type (
	diskError  struct{}
	quotaError struct{ user string }
	temporary  interface {
		error
		Temporary() bool
	}
	retryable interface {
		temporary
		Again() bool
	}
)

func (*diskError) Error() string    { return "disk" }
func (*diskError) Temporary() bool  { return true }
func (*diskError) Again() bool      { return true }
func (e *quotaError) Error() string { return "quota of " + e.user }
func (*quotaError) Temporary() bool { return false }
func (*quotaError) Status() int     { return 413 }
func wrap(err error) error          { return fmt.Errorf("wrapped: %w", err) }
func caught(name string) views.View { return errorView(name, func(err error) error { return nil }) }

func errorView(name string, then func(error) error) views.View {
	return views.Error(func(r *web.Request, err error) (*web.Response, error) {
		if err := then(err); err != nil {
			return nil, err
		}
		return r.Text(name), nil
	})
}

// errorOutcome returns what CallError makes of err: the body or status of the response, "not
// handled", or the error of the error view.
func errorOutcome(t testing.TB, reg *registry.Registry, rq req, err error) string {
	t.Helper()
	r := rq.of(reg)
	resp, handled, failure := views.TableOf(reg).CallError(r, err)
	switch {
	case failure != nil:
		assert.False(t, handled)
		assert.NoError(t, r.Err())
		return "fails: " + failure.Error()
	case !handled:
		assert.NoError(t, r.Err())
		return "not handled"
	}
	assert.Equal(t, err, r.Err(), "kept for outer tweens")
	if resp.Header("X-Content-Type-Options") == "" { // which default responses have
		b, _ := resp.Body()
		return string(b)
	}
	return fmt.Sprint(resp.Status())
}

func TestErrorViewsByType(t *testing.T) {
	t.Parallel()
	all := func(c *registry.Config) {
		views.AddError(c, caught("any"))
		views.AddError(c, caught("temporary"), views.For[temporary]())
		views.AddError(c, caught("retryable"), views.For[retryable]())
		views.AddError(c, views.Error(func(r *web.Request, err *quotaError) (*web.Response, error) { return r.Text("quota " + err.user), nil }))
	}
	status := func(c *registry.Config) {
		named := func(name string) func(*web.Request, error) (*web.Response, error) {
			return func(r *web.Request, err error) (*web.Response, error) { return r.Text(name), nil }
		}
		views.AddError(c, views.ErrorStatus(400, 599, named("4xx 5xx")))
		views.AddError(c, views.ErrorStatus(400, 499, named("4xx")))
		views.AddError(c, views.ErrorStatus(409, 409, named("409")))
		views.AddError(c, caught("any"))
	}
	none := func(*registry.Config) {}
	tests := map[string]struct {
		declare func(*registry.Config)
		err     error
		want    string
	}{
		"exact":                         {all, &quotaError{"ann"}, "quota ann"},
		"exact, wrapped":                {all, wrap(wrap(&quotaError{"ann"})), "quota ann"},
		"narrower interface":            {all, wrap(&diskError{}), "retryable"},
		"any":                           {all, errors.New("x"), "any"},
		"joined: outermost, then first": {all, errors.Join(errors.New("x"), &diskError{}, &quotaError{"ann"}), "retryable"},
		"default response of HTTP errors before any": {all, web.Conflict("x"), "409"},
		"exact before status":                        {func(c *registry.Config) { all(c); status2(c) }, &quotaError{"ann"}, "quota ann"},
		"narrow range":                               {status, wrap(web.Conflict("x")), "409"},
		"wider range":                                {status, web.NotFound("x"), "4xx"},
		"widest range":                               {status, web.Status(503, ""), "4xx 5xx"},
		"status of another error":                    {status, &quotaError{"ann"}, "4xx"},
		"redirect":                                   {status, web.SeeOther("/x"), "303"},
		"no status":                                  {status, errors.New("x"), "any"},
		"none":                                       {none, errors.New("x"), "not handled"},
		"none, HTTP":                                 {none, wrap(web.Conflict("x")), "409"},
		"none, status":                               {none, wrap(&quotaError{"ann"}), "413"},
		"no error":                                   {none, nil, "not handled"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reg := build(t, tt.declare)
			for range 2 {
				assert.Equal(t, tt.want, errorOutcome(t, reg, req{}, tt.err))
			}
		})
	}
}

func status2(c *registry.Config) {
	views.AddError(c, views.ErrorStatus(413, 413, func(r *web.Request, err error) (*web.Response, error) { return r.Text("status"), nil }))
}

func TestErrorViewsOfARoute(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.AddError(c, caught("disk"), views.For[*diskError]())
		views.AddError(c, caught("temporary of r"), views.For[temporary](), views.Route("r"))
		views.AddError(c, caught("any of s"), views.Route("s"))
		views.AddNotFound(c, caught("not found"))
	})
	on := func(route string) req { return req{match: &web.Match{Routed: &web.Routed{Route: route}}} }
	assert.Equal(t, "temporary of r", errorOutcome(t, reg, on("r"), &diskError{}), "the route's come first")
	assert.Equal(t, "any of s", errorOutcome(t, reg, on("s"), &diskError{}), "whatever they return")
	assert.Equal(t, "any of s", errorOutcome(t, reg, on("s"), web.NotFound("")))
	assert.Equal(t, "not found", errorOutcome(t, reg, on("r"), web.NotFound("")), "then those without a route")
	assert.Equal(t, "disk", errorOutcome(t, reg, req{}, &diskError{}))
}

func TestErrorViewsWithPredicates(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.AddError(c, caught("post"), views.For[*diskError](), views.Method("POST"))
		views.AddError(c, caught("put"), views.For[retryable](), views.Method("PUT"))
		views.AddNotFound(c, caught("nf"), views.Method("POST"))
		views.AddError(c, caught("json"), views.For[*quotaError](), views.Accept("application/json"))
		views.AddError(c, caught("html"), views.For[*quotaError](), views.Accept("text/html"))
	})
	assert.Equal(t, "post", errorOutcome(t, reg, req{line: "POST /"}, &diskError{}))
	assert.Equal(t, "put", errorOutcome(t, reg, req{line: "PUT /"}, &diskError{}), "the next group")
	assert.Equal(t, "not handled", errorOutcome(t, reg, req{}, &diskError{}))
	assert.Equal(t, "nf", errorOutcome(t, reg, req{line: "POST /"}, web.NotFound("")))
	assert.Equal(t, "404", errorOutcome(t, reg, req{}, web.NotFound("")), "the default response")
	assert.Equal(t, "json", errorOutcome(t, reg, req{header: []string{"Accept: application/json"}}, &quotaError{}))
}

func TestFailingErrorViews(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		raised error
		want   string
	}{
		"its own error":      {errors.New("own"), "fails: own"},
		"its own HTTP error": {web.Conflict("own"), "fails: 409 Conflict: own"},
		"its own 404":        {web.NotFound("own"), "not handled"},
		"a mismatch":         {views.ErrMismatch, "general"},
		"a wrapped mismatch": {wrap(views.ErrMismatch), "general"},
		"the same error":     {&diskError{}, "fails: disk"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reg := build(t, func(c *registry.Config) {
				views.AddError(c, errorView("x", func(error) error { return tt.raised }), views.For[*diskError]())
				views.AddError(c, caught("general"))
			})
			assert.Equal(t, tt.want, errorOutcome(t, reg, req{}, &diskError{}))
		})
	}
}

func TestErrIsSetDuringTheErrorView(t *testing.T) {
	t.Parallel()
	first := &diskError{}
	reg := build(t, func(c *registry.Config) {
		views.AddError(c, views.Func(func(r *web.Request) (*web.Response, error) {
			assert.Same(t, first, r.Err())
			assert.Empty(t, r.Response().Header("X-Failed"), "what the failed view set is gone")
			return nil, errors.New("own")
		}))
	})
	r := req{res: &page{}}.of(reg)
	r.Response().SetHeader("X-Failed", "1")
	web.Drive(r).SetError(errors.New("earlier"))
	_, handled, err := views.TableOf(reg).CallError(r, first)
	assert.False(t, handled)
	require.EqualError(t, err, "own")
	assert.EqualError(t, r.Err(), "earlier")
}

func TestTiedErrorViews(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.AddError(c, caught("a"), views.For[interface {
			error
			Again() bool
		}]())
		views.AddError(c, caught("t"), views.For[temporary]())
	})
	_, handled, err := views.TableOf(reg).CallError(req{}.of(reg), &diskError{})
	assert.False(t, handled)
	require.ErrorContains(t, err, "neither")
	assert.ErrorContains(t, err, "views.Order[*views_test.diskError]")
	_, first := errors.AsType[*diskError](err)
	assert.True(t, first, "the first error is still there")
}

func TestViewForAnErrorTypeServesBoth(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, caught("both"), views.For[*diskError]())
		views.AddError(c, caught("only"), views.For[*quotaError]())
	})
	assert.Equal(t, "both", req{res: &diskError{}}.result(t, reg))
	assert.Equal(t, "both", errorOutcome(t, reg, req{}, &diskError{}))
	assert.Equal(t, "[404]", req{res: &quotaError{}}.result(t, reg))
	assert.Equal(t, "only", errorOutcome(t, reg, req{}, &quotaError{}))
}
