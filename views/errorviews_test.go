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

// A storage fails with these.
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

// handled is what CallError gives: the answer, "unanswered", or the error that
// leaves instead.
func handled(t testing.TB, reg *registry.Registry, ask req, err error) string {
	t.Helper()
	r := ask.of(reg)
	resp, answered, failure := views.TableOf(reg).CallError(r, err)
	switch {
	case failure != nil:
		assert.False(t, answered)
		assert.NoError(t, r.Err())
		return "leaves: " + failure.Error()
	case !answered:
		assert.NoError(t, r.Err())
		return "unanswered"
	}
	assert.Equal(t, err, r.Err(), "kept for the tweens outside")
	if resp.Header("X-Content-Type-Options") == "" { // which plain answers have
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
		answer := func(name string) func(*web.Request, error) (*web.Response, error) {
			return func(r *web.Request, err error) (*web.Response, error) { return r.Text(name), nil }
		}
		views.AddError(c, views.ErrorStatus(400, 599, answer("4xx 5xx")))
		views.AddError(c, views.ErrorStatus(400, 499, answer("4xx")))
		views.AddError(c, views.ErrorStatus(409, 409, answer("409")))
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
		"HTTP errors answer by themselves before any": {all, web.Conflict("x"), "409"},
		"exact before status":                         {func(c *registry.Config) { all(c); status2(c) }, &quotaError{"ann"}, "quota ann"},
		"narrow range":                                {status, wrap(web.Conflict("x")), "409"},
		"wider range":                                 {status, web.NotFound("x"), "4xx"},
		"widest range":                                {status, web.Status(503, ""), "4xx 5xx"},
		"status of another error":                     {status, &quotaError{"ann"}, "4xx"},
		"redirect":                                    {status, web.SeeOther("/x"), "303"},
		"no status":                                   {status, errors.New("x"), "any"},
		"none":                                        {none, errors.New("x"), "unanswered"},
		"none, HTTP":                                  {none, wrap(web.Conflict("x")), "409"},
		"none, status":                                {none, wrap(&quotaError{"ann"}), "413"},
		"no error":                                    {none, nil, "unanswered"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reg := build(t, tt.declare)
			for range 2 {
				assert.Equal(t, tt.want, handled(t, reg, req{}, tt.err))
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
	assert.Equal(t, "temporary of r", handled(t, reg, on("r"), &diskError{}), "the route's come first")
	assert.Equal(t, "any of s", handled(t, reg, on("s"), &diskError{}), "whatever they answer")
	assert.Equal(t, "any of s", handled(t, reg, on("s"), web.NotFound("")))
	assert.Equal(t, "not found", handled(t, reg, on("r"), web.NotFound("")), "then global ones, without being req for")
	assert.Equal(t, "disk", handled(t, reg, req{}, &diskError{}))
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
	assert.Equal(t, "post", handled(t, reg, req{line: "POST /"}, &diskError{}))
	assert.Equal(t, "put", handled(t, reg, req{line: "PUT /"}, &diskError{}), "groups fall through")
	assert.Equal(t, "unanswered", handled(t, reg, req{}, &diskError{}))
	assert.Equal(t, "nf", handled(t, reg, req{line: "POST /"}, web.NotFound("")))
	assert.Equal(t, "404", handled(t, reg, req{}, web.NotFound("")), "the plain answer")
	assert.Equal(t, "json", handled(t, reg, req{header: []string{"Accept: application/json"}}, &quotaError{}))
}

func TestFailingErrorViews(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		raised error
		want   string
	}{
		"its own error leaves":      {errors.New("own"), "leaves: own"},
		"an HTTP error too":         {web.Conflict("own"), "leaves: 409 Conflict: own"},
		"not found gives way":       {web.NotFound("own"), "unanswered"},
		"a mismatch goes on":        {views.ErrMismatch, "general"},
		"a wrapped mismatch, too":   {wrap(views.ErrMismatch), "general"},
		"the first error is itself": {&diskError{}, "leaves: disk"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reg := build(t, func(c *registry.Config) {
				views.AddError(c, errorView("x", func(error) error { return tt.raised }), views.For[*diskError]())
				views.AddError(c, caught("general"))
			})
			assert.Equal(t, tt.want, handled(t, reg, req{}, &diskError{}))
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
	_, answered, err := views.TableOf(reg).CallError(r, first)
	assert.False(t, answered)
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
	_, answered, err := views.TableOf(reg).CallError(req{}.of(reg), &diskError{})
	assert.False(t, answered)
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
	assert.Equal(t, "both", req{res: &diskError{}}.answer(t, reg))
	assert.Equal(t, "both", handled(t, reg, req{}, &diskError{}))
	assert.Equal(t, "[404]", req{res: &quotaError{}}.answer(t, reg))
	assert.Equal(t, "only", handled(t, reg, req{}, &quotaError{}))
}
