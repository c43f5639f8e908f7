package web_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web"
)

func TestAnswers(t *testing.T) {
	t.Parallel()
	asJSON := func(v any) func(*web.Request) *web.Response {
		return func(r *web.Request) *web.Response {
			resp, err := r.JSON(v)
			require.NoError(t, err)
			return resp
		}
	}
	for _, tc := range []struct {
		name   string
		answer func(*web.Request) *web.Response
		status int
		kind   string
		body   string
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
			resp := tc.answer(r)
			body, ok := resp.Body()
			assert.True(t, ok)
			assert.Equal(t, tc.body, string(body))
			assert.Equal(t, tc.kind, resp.ContentType())
			assert.Equal(t, tc.status, resp.Status())

			again := tc.answer(r)
			assert.NotSame(t, resp, again, "a second answer never overwrites the first")
			assert.Equal(t, tc.status, again.Status())

			r = get("/")
			r.Response().SetHeader("X-A", "1")
			r.Response().SetContentType("own/type")
			resp = tc.answer(r)
			assert.Equal(t, "1", resp.Header("X-A"), "what was set on Response joins the answer")
			if tc.name != "bytes" {
				assert.Equal(t, "own/type", resp.ContentType())
			}
		})
	}
}

func TestJSONThatCannotBe(t *testing.T) {
	t.Parallel()
	r := get("/")
	_, err := r.JSON(func() {})
	assert.ErrorContains(t, err, "func()")
	r.Response().SetHeader("X-A", "1")
	assert.Equal(t, "1", r.Text("").Header("X-A"), "nothing was taken")
}

func TestResponseAfterAnAnswer(t *testing.T) {
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

// A view that goes on after its deadline answers beside the one in its place.
func TestAnswersFromSeveralGoroutinesAreSeparate(t *testing.T) {
	t.Parallel()
	r := get("/")
	var wg sync.WaitGroup
	answers := make([]*web.Response, 8)
	for i := range answers {
		wg.Go(func() {
			answers[i] = r.Text("x")
			answers[i].SetHeader("X-A", "1")
		})
	}
	wg.Wait()
	seen := map[*web.Response]bool{}
	for _, resp := range answers {
		assert.False(t, seen[resp])
		seen[resp] = true
	}
}
