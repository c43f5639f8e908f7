package views_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// never is a view that a prediction must not call.
func never(t *testing.T) views.View {
	t.Helper()
	return views.Func(func(*web.Request) (*web.Response, error) {
		t.Error("a view was called")
		return nil, errors.New("called")
	})
}

func TestPredict(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	reg := build(t, func(c *registry.Config) {
		views.Add(c, never(t), views.For[*page]())
		views.Add(c, never(t), views.For[*page](), views.Method("POST"))
		views.Add(c, never(t), views.Name("edit"), views.Permission("edit"))
		views.Add(c, never(t), views.Name("broken"), views.Where("broken", func(*web.Request) (bool, error) { return false, boom }))
		views.Add(c, never(t), views.Name("put"), views.Method("PUT"))
		views.Add(c, views.On(func(*web.Request, *folder) (*web.Response, error) { return nil, boom }), views.Name("as folder"))
		views.Inherit(c, func(*page) *folder { return nil })
	})
	tests := map[string]struct {
		rq     req
		view   string
		status int // of the error, or of the response
		text   string
	}{
		"fits":      {req{res: &page{}}, "default view for *views_test.page", 0, ""},
		"the other": {req{line: "POST /", res: &page{}}, `default view for *views_test.page [method="POST"]`, 0, ""},
		"permitted": {req{res: &page{}, name: "edit", policy: policy{"edit"}}, `view "edit" for any resource`, 0, ""},
		"denied":    {req{res: &page{}, name: "edit", policy: policy{}}, `view "edit" for any resource`, 403, `permission "edit" denied: not on the list`},
		"broken":    {req{res: &page{}, name: "broken"}, "", 0, `view "broken" for any resource [broken]: boom`},
		"method":    {req{res: &page{}, name: "put"}, "", 405, `method="PUT" does not hold`},
		"options":   {req{line: "OPTIONS /", res: &page{}, name: "put"}, "", 204, ""},
		"none":      {req{res: &page{}, name: "none"}, "", 404, `no view named "none" for *views_test.page`},
		"inherited": {req{res: &page{}, name: "as folder"}, `view "as folder" for *views_test.folder`, 0, "the function returned nil"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := views.TableOf(reg).Predict(tt.rq.of(reg))
			if tt.view != "" {
				require.NotNil(t, got.View)
				assert.Equal(t, tt.view, got.View.String())
			} else {
				assert.Nil(t, got.View)
			}
			if tt.text != "" {
				require.ErrorContains(t, got.Err, tt.text)
				status, _ := web.StatusOf(got.Err)
				assert.Equal(t, tt.status, status)
				return
			}
			require.NoError(t, got.Err)
			if tt.status != 0 {
				assert.Equal(t, tt.status, got.Response.Status())
			}
		})
	}
}

func TestPredictErrorAgreesWithCallError(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.AddError(c, caught("quota"), views.For[*quotaError]())
		views.AddError(c, caught("4xx"), views.Method("POST"))
		views.AddNotFound(c, views.Func(func(r *web.Request) (*web.Response, error) { return r.Text("404"), nil }), views.Method("GET"))
		views.AddForbidden(c, views.Func(func(r *web.Request) (*web.Response, error) { return r.Text("403"), nil }), views.Permission("see"))
	})
	tests := map[string]struct {
		line string
		err  error
		view string // "": none
		code int    // status of the default response
		fail string
	}{
		"by type":           {"/", &quotaError{"ann"}, "error view for *views_test.quotaError", 0, ""},
		"by status":         {"/", web.NotFound(""), `error view for status 404 [method="GET","HEAD"]`, 0, ""},
		"predicate":         {"POST /", web.NotFound(""), "", 404, ""},
		"plain":             {"POST /", web.Conflict(""), "", 409, ""},
		"any":               {"POST /", errors.New("x"), `error view for error [method="POST"]`, 0, ""},
		"nothing":           {"/", errors.New("x"), "", 0, "x"},
		"an error view too": {"/", web.Forbidden(""), "error view for status 403", 0, "not on the list"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rq := req{line: tt.line, res: &page{}, policy: policy{}}
			r := rq.of(reg)
			got := views.TableOf(reg).PredictError(r, tt.err)
			assert.NoError(t, r.Err())
			if tt.view != "" {
				require.NotNil(t, got.View)
				assert.Equal(t, tt.view, got.View.String())
			} else {
				assert.Nil(t, got.View)
			}
			if tt.code != 0 {
				assert.Equal(t, tt.code, got.Response.Status())
			}
			if tt.fail != "" {
				require.ErrorContains(t, got.Err, tt.fail)
			}
			_, handled, failure := views.TableOf(reg).CallError(rq.of(reg), tt.err)
			assert.Equal(t, handled, got.Err == nil)
			if failure != nil {
				assert.Equal(t, failure.Error(), got.Err.Error())
			}
		})
	}
}
