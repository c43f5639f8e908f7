package web_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestContextsOfARequestCarryItsScope(t *testing.T) {
	t.Parallel()
	r := get("/")
	assert.Nil(t, web.Drive(r).Scope(), "nobody has asked")
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

// A request that is made inside of another one has its own scope, inside of the other's.
func TestScopeOfARequestInsideAnother(t *testing.T) {
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

func TestRequestsWithAScopeTellTheirLength(t *testing.T) {
	t.Parallel()
	r := get("/")
	w, _ := send(t, r, r.Text("short"))
	assert.Empty(t, w.Header().Get("Content-Length"), "the server finds it out")
	r = get("/")
	async.Go(r.Context(), func(context.Context) (int, error) { return 1, nil })
	w, _ = send(t, r, r.Text("short"))
	assert.Equal(t, "5", w.Header().Get("Content-Length"))
	require.NoError(t, web.Drive(r).EndScope(-1))
}

// busy is an error with a status that tells when to come again.
type busy struct{ status int }

func (busy) Error() string             { return "busy" }
func (b busy) Status() int             { return b.status }
func (busy) RetryAfter() time.Duration { return 1500 * time.Millisecond }

func TestAnswersOfErrorsThatWaited(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		err    error
		status int
		retry  string
	}{
		{"saturated", fmt.Errorf("paint: %w", &async.SaturatedError{Name: "pictures", After: 3 * time.Second}), 503, "3"},
		{"ErrSaturated", async.ErrSaturated, 503, "1"},
		{"any error that says so", busy{429}, 429, "2"},
		{"deadline", context.DeadlineExceeded, 504, ""},
		{"deadline within", fmt.Errorf("ask: %w", errors.Join(errors.New("a"), context.DeadlineExceeded)), 504, ""},
		{"deadline in an HTTP error", web.BadGateway("").With(context.DeadlineExceeded), 502, ""},
		{"cancelled", context.Canceled, 0, ""},
		{"a panic that says deadline", &web.PanicError{Value: context.DeadlineExceeded}, 0, ""},
		{"a panic of work that says deadline", &async.PanicError{Value: context.DeadlineExceeded}, 0, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := get("/")
			resp, ok := web.Drive(r).ErrorResponse(test.err)
			status, known := web.StatusOf(test.err)
			assert.Equal(t, test.status, status)
			assert.Equal(t, known, ok)
			if test.status == 0 {
				require.False(t, ok)
				return
			}
			assert.Equal(t, test.status, resp.Status())
			assert.Equal(t, test.retry, resp.Header("Retry-After"))
			web.Drive(r).SetError(test.err)
			assert.Equal(t, test.retry, r.Response().Header("Retry-After"), "in an error view")
		})
	}
}

func TestClientGone(t *testing.T) {
	t.Parallel()
	here := get("/")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	gone := here.WithContext(ctx)
	late, cancelLate := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancelLate()
	tests := []struct {
		name string
		r    *web.Request
		err  error
		want bool
	}{
		{"cancelled", gone, fmt.Errorf("load: %w", context.Canceled), true},
		{"a wait that was refused", gone, web.Status(web.StatusClientClosedRequest, ""), true},
		{"another error", gone, errors.New("no"), false},
		{"an error with a status", gone, web.NotFound("").With(context.Canceled), false},
		{"a panic", gone, &web.PanicError{Value: context.Canceled}, false},
		{"the client is there", here, context.Canceled, false},
		{"a deadline", here.WithContext(late), context.Canceled, false},
	}
	for _, test := range tests {
		resp, got := web.Drive(test.r).ClientGone(test.err)
		assert.Equal(t, test.want, got, test.name)
		if got {
			assert.Equal(t, 499, resp.Status())
			b, _ := resp.Body()
			assert.Empty(t, b)
		}
	}
}
