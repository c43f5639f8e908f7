package web_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views/web"
)

type titled struct {
	traversal.Map
	title string
}

func (t titled) Title() string { return t.title }

func TestBreadcrumbs(t *testing.T) {
	t.Parallel()
	root := traversal.Map{"wiki": titled{traversal.Map{"a b": traversal.Map{}}, "The Wiki"}}
	walk := func(path string) *web.Request {
		r := web.Begin(nil, httptest.NewRequest(http.MethodGet, "/", nil))
		require.NoError(t, web.Drive(r).Walk(nil, root, traversal.Path{Escaped: path}))
		return r
	}
	texts := func(r *web.Request) (all []string) {
		crumbs, err := web.Breadcrumbs(r)
		require.NoError(t, err)
		for _, c := range crumbs {
			all = append(all, fmt.Sprintf("%s %s %v", c.Title, c.Path, c.Current))
		}
		return all
	}
	assert.Equal(t, []string{"Home / false", "The Wiki /wiki/ false", "a b /wiki/a%20b/ true"}, texts(walk("/wiki/a%20b")))
	assert.Equal(t, []string{"Home / false", "The Wiki /wiki/ false"}, texts(walk("/wiki/edit")), "the page is a view of the last one")
	assert.Equal(t, []string{"Home / true"}, texts(walk("/")))
	assert.Empty(t, texts(web.Begin(nil, httptest.NewRequest(http.MethodGet, "/", nil))), "before traversal")

	behind := func(path string) *web.Request {
		r := walk(path)
		web.Drive(r).SetMatch(web.NewMatch(web.Routed{Route: "about", Pattern: "/about"}))
		return r
	}
	assert.Equal(t, []string{"Home / false"}, texts(behind("/")), "the page is that of the route")
	assert.Equal(t, []string{"Home / false", "The Wiki /wiki/ true"}, texts(behind("/wiki")), "the route leads into the tree")
}

type teapot struct{ status int }

func (e teapot) Error() string { return "short and stout" }
func (e teapot) Status() int   { return e.status }

func TestDetail(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		err  error
		want string
	}{
		"detail":                  {web.NotFound("no such page"), "no such page"},
		"wrapped":                 {fmt.Errorf("secret: %w", web.NotFound("no such page").With(errors.New("secret"))), "no such page"},
		"no detail":               {web.NotFound(""), "Not Found"},
		"detail of a 503":         {web.Status(503, "back at noon"), "back at noon"},
		"own error":               {teapot{418}, "short and stout"},
		"own error of the server": {teapot{502}, "Bad Gateway"},
		"internal":                {errors.New("secret"), "Internal Server Error"},
		"nil":                     {nil, "Internal Server Error"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, web.Detail(tt.err))
		})
	}
}

func TestSetWritten(t *testing.T) {
	t.Parallel()
	r := web.Begin(nil, httptest.NewRequest(http.MethodGet, "/", nil))
	resp := r.Text("before")
	half := errors.New("half")
	err := resp.SetWritten(func(w io.Writer) error {
		_, _ = io.WriteString(w, "half a page")
		return half
	})
	require.ErrorIs(t, err, half)
	body, _ := resp.Body()
	assert.Equal(t, "before", string(body), "no half page")

	require.NoError(t, resp.SetWritten(func(w io.Writer) error {
		_, err := io.WriteString(w, "a page")
		return err
	}))
	body, ok := resp.Body()
	assert.True(t, ok)
	assert.Equal(t, "a page", string(body))
	assert.Equal(t, "text/plain; charset=utf-8", resp.ContentType())
}

func TestCSPNonce(t *testing.T) {
	t.Parallel()
	r := web.Begin(nil, httptest.NewRequest(http.MethodGet, "/", nil))
	assert.Len(t, web.CSPNonce(r), 22)
	assert.Equal(t, web.CSPNonce(r), web.CSPNonce(r))
}
