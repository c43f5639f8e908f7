package web_test

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web"
)

func TestResponses(t *testing.T) {
	t.Parallel()
	asJSON := func(v any) func(*web.Request) *web.Response {
		return func(r *web.Request) *web.Response {
			resp, err := r.JSON(v)
			require.NoError(t, err)
			return resp
		}
	}
	for _, tc := range []struct {
		name    string
		respond func(*web.Request) *web.Response
		status  int
		kind    string
		body    string
	}{
		{"text", func(r *web.Request) *web.Response { return r.Text("a") }, 200, "text/plain; charset=utf-8", "a"},
		{"html", func(r *web.Request) *web.Response { return r.HTML("<p>") }, 200, "text/html; charset=utf-8", "<p>"},
		{"bytes", func(r *web.Request) *web.Response { return r.Bytes("a/b", []byte("b")) }, 200, "a/b", "b"},
		{"bytes, no type", func(r *web.Request) *web.Response { return r.Bytes("", []byte("b")) }, 200, "", "b"},
		{"json", asJSON(map[string]int{"a": 1}), 200, "application/json", `{"a":1}`},
		{"empty", func(r *web.Request) *web.Response { return r.Empty(204) }, 204, "", ""},
		{"redirect", func(r *web.Request) *web.Response { return r.Redirect(307, "x") }, 307, "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := get("/")
			resp := tc.respond(r)
			body, ok := resp.Body()
			assert.True(t, ok)
			assert.Equal(t, tc.body, string(body))
			assert.Equal(t, tc.kind, resp.ContentType())
			assert.Equal(t, tc.status, resp.Status())

			again := tc.respond(r)
			assert.NotSame(t, resp, again, "a second response never overwrites the first")
			assert.Equal(t, tc.status, again.Status())

			r = get("/")
			r.Response().SetHeader("X-A", "1")
			r.Response().SetContentType("own/type")
			resp = tc.respond(r)
			assert.Equal(t, "1", resp.Header("X-A"), "what was set on Response becomes part of the response")
			if tc.name != "bytes" {
				assert.Equal(t, "own/type", resp.ContentType())
			}
		})
	}
}

func TestJSONOfAValueThatCannotBeMarshalled(t *testing.T) {
	t.Parallel()
	r := get("/")
	_, err := r.JSON(func() {})
	assert.ErrorContains(t, err, "func()")
	r.Response().SetHeader("X-A", "1")
	assert.Equal(t, "1", r.Text("").Header("X-A"), "nothing was taken")
}

func TestResponseAfterOneWasTaken(t *testing.T) {
	t.Parallel()
	r := get("/")
	first := r.Text("first")
	other := r.Response()
	assert.NotSame(t, first, other)
	assert.Same(t, other, r.Response(), "it stays the same until it is taken")
	assert.Same(t, other, r.Text("second"))
	assert.NotSame(t, other, r.Response())
	body, _ := first.Body()
	assert.Equal(t, "first", string(body))
}

// A view that is still running after its deadline makes a response while an error view does.
func TestResponsesOfConcurrentViewsAreSeparate(t *testing.T) {
	t.Parallel()
	r := get("/")
	var wg sync.WaitGroup
	responses := make([]*web.Response, 8)
	for i := range responses {
		wg.Go(func() {
			responses[i] = r.Text("x")
			responses[i].SetHeader("X-A", "1")
		})
	}
	wg.Wait()
	seen := map[*web.Response]bool{}
	for _, resp := range responses {
		assert.False(t, seen[resp])
		seen[resp] = true
	}
}

func TestResponseInAnErrorViewStartsWithTheError(t *testing.T) {
	t.Parallel()
	r := get("/")
	r.Response().SetHeader("X-View", "of the view that failed")
	web.Drive(r).SetError(fmt.Errorf("wrapped: %w", web.MethodNotAllowed("GET", "POST")))
	resp := r.HTML("<p>not so</p>")
	assert.Equal(t, http.StatusMethodNotAllowed, resp.Status())
	assert.Equal(t, "GET, POST", resp.Header("Allow"))
	assert.Empty(t, resp.Header("X-View"))
	assert.Equal(t, http.StatusMethodNotAllowed, r.Text("a second one").Status())

	r = get("/")
	web.Drive(r).SetError(web.NotFound(""))
	r.Response().SetStatus(http.StatusGone)
	assert.Equal(t, http.StatusGone, r.Text("gone").Status(), "what the view sets counts")

	r = get("/")
	web.Drive(r).SetError(errors.New("of no status"))
	assert.Equal(t, http.StatusInternalServerError, r.Text("sorry").Status())
	web.Drive(r).SetError(nil)
	assert.Equal(t, http.StatusOK, r.Text("no error").Status())
}
