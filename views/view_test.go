package views_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

func (p *page) Show(*web.Request) (string, error) { return "method of page " + p.Title, nil }

type titled interface{ title() string }

func (p *page) title() string   { return p.Title }
func (f *folder) title() string { return f.Title }

// editing is what the views of one form share.
type editing struct {
	page *page
	user string
}

func newEditing(r *web.Request, p *page) (*editing, error) {
	user := r.Request.Header.Get("X-User")
	if user == "" {
		return nil, web.Forbidden("who are you?")
	}
	return &editing{p, user}, nil
}

func (e *editing) Save() (string, error) { return e.user + " saves " + e.page.Title, nil }

func TestShapesOfViews(t *testing.T) {
	t.Parallel()
	front := &page{Title: "Front"}
	tests := map[string]struct {
		view     views.View
		resource reflect.Type
		want     string
		funcName string
	}{
		"On":           {views.On(showPage), reflect.TypeFor[*page](), `"page Front"`, "views_test.showPage"},
		"Of":           {views.Of((*page).Show), reflect.TypeFor[*page](), `"method of page Front"`, "views_test.(*page).Show"},
		"On interface": {views.On(showTitle), reflect.TypeFor[titled](), `"Front"`, "views_test.showTitle"},
		"On any":       {views.On(showAny), nil, `"*views_test.page"`, "views_test.showAny"},
		"Func":         {views.Func(hello), nil, "hello", "views_test.hello"},
		"Struct":       {views.Struct(newEditing, (*editing).Save), reflect.TypeFor[*page](), `"ann saves Front"`, "views_test.(*editing).Save"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.funcName, tt.view.FuncName())
			assert.Regexp(t, `_test\.go:\d+$`, tt.view.Source().String())
			reg := build(t, func(c *registry.Config) { views.Add(c, tt.view) })
			assert.Equal(t, tt.resource, views.TableOf(reg).Views()[0].Resource)
			hr := httptest.NewRequest(http.MethodGet, "/", nil)
			hr.Header.Set("X-User", "ann")
			resp, err := views.TableOf(reg).Call(request(reg, nil, front, "", hr))
			require.NoError(t, err)
			assert.Equal(t, tt.want, text(t, resp))
		})
	}
}

func showTitle(_ *web.Request, of titled) (string, error) { return of.title(), nil }

func showAny(_ *web.Request, of any) (string, error) { return fmt.Sprintf("%T", of), nil }

func hello(r *web.Request) (*web.Response, error) { return r.Text("hello"), nil }

func TestStructReturnsTheErrorOfItsConstructor(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) { views.Add(c, views.Struct(newEditing, (*editing).Save)) })
	_, err := call(reg, &page{}, "")
	var refusal *web.HTTPError
	require.ErrorAs(t, err, &refusal)
	assert.Equal(t, http.StatusForbidden, refusal.Status())
}

func TestHTTPViewWritesTheResponse(t *testing.T) {
	t.Parallel()
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusTeapot)
		_, _ = fmt.Fprint(w, "tea at ", r.URL.Path)
	})
	reg := build(t, func(c *registry.Config) { views.Add(c, views.HTTP(handler), views.For[*page]()) })
	r := request(reg, nil, &page{}, "", httptest.NewRequest(http.MethodGet, "/tea", nil))
	resp, err := views.TableOf(reg).Call(r)
	require.NoError(t, err)
	w := httptest.NewRecorder()
	_, err = resp.Send(w, r)
	require.NoError(t, err)
	assert.Equal(t, http.StatusTeapot, w.Code)
	assert.Equal(t, "tea at /tea", w.Body.String())

	_, err = call(reg, &folder{}, "")
	assert.Error(t, err, "For narrows the type")
}

func TestInvalidViews(t *testing.T) {
	t.Parallel()
	var noHandler http.HandlerFunc
	tests := map[string]struct {
		view views.View
		want string
	}{
		"zero":        {views.View{}, "the zero View cannot be registered; a view is one of"},
		"nil On":      {views.On[*page, any](nil), "views.On(nil); a view is one of"},
		"nil Of":      {views.Of[*page, any](nil), "views.Of(nil)"},
		"nil Func":    {views.Func[any](nil), "views.Func(nil)"},
		"nil HTTP":    {views.HTTP(nil), "views.HTTP(nil)"},
		"nil handler": {views.HTTP(noHandler), "views.HTTP(nil)"},
		"nil Struct":  {views.Struct[*page](nil, (*editing).Save), "views.Struct(nil)"},
		"nil Error":   {views.Error[error, any](nil), "views.Error(nil)"},
		"bad range":   {views.ErrorStatus(500, 400, showError), "views.ErrorStatus(500, 400): invalid range"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := refused(t, func(c *registry.Config) { views.Add(c, tt.view) })
			assert.Contains(t, text, tt.want)
			assert.Contains(t, text, "view_test.go:")
		})
	}
}

func showError(r *web.Request, err error) (*web.Response, error) {
	return r.Text("error view: " + err.Error()), nil
}

func TestTypedResultsDoNotAllocate(t *testing.T) {
	view := views.On(func(r *web.Request, _ *page) (*web.Response, error) { return r.Response(), nil })
	r, p := request(nil, nil, &page{}, "", nil), any(&page{})
	got := testing.AllocsPerRun(100, func() {
		if _, err := view.Callable()(r, p); err != nil {
			t.Fatal(err)
		}
	})
	assert.Zero(t, got)
}

func TestViewCalledWithAnotherResource(t *testing.T) {
	t.Parallel()
	_, err := views.On(showPage).Callable()(request(nil, nil, nil, "", nil), &folder{})
	require.EqualError(t, err, "view views_test.showPage takes *views_test.page, but was called with *views_test.folder")
}

var errBroken = errors.New("broken")
