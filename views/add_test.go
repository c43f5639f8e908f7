package views_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// missingPage is an error with a status.
type missingPage struct{ name string }

func (e *missingPage) Error() string { return "no page " + e.name }
func (e *missingPage) Status() int   { return http.StatusNotFound }

func showMissing(r *web.Request, e *missingPage) (*web.Response, error) {
	return r.Text("missing: " + e.name), nil
}

func TestTheSameViewTwiceConflicts(t *testing.T) {
	t.Parallel()
	tests := map[string]func(c *registry.Config){
		`view "edit" for *views_test.page [method="GET","HEAD"]`: func(c *registry.Config) {
			views.Add(c, views.On(showPage), views.Name("edit"), views.Method("GET"))
			views.Add(c, views.On(showPage), views.Name("edit"), views.Method("HEAD", "GET"))
		},
		`default view for *views_test.page [header="X-A" param="p"]`: func(c *registry.Config) {
			views.Add(c, views.On(showPage), views.Header("X-A"), views.Param("p"))
			views.Add(c, views.On(showPage), views.Param("p"), views.Header("X-A"), views.Permission("other"))
		},
		`default view for any resource on route "login"`: func(c *registry.Config) {
			views.Add(c, say("one"), views.Route("login"))
			views.Add(c, say("two"), views.Route("login"))
		},
		// An error view and a view for the same error type share the identity.
		`error view for *views_test.missingPage`: func(c *registry.Config) {
			views.AddError(c, views.Error(showMissing))
			views.Add(c, views.Error(showMissing))
		},
		`error view for status 404`: func(c *registry.Config) {
			views.AddNotFound(c, say("one"))
			views.AddError(c, views.ErrorStatus(404, 404, showError))
		},
	}
	for subject, declare := range tests {
		t.Run(subject, func(t *testing.T) {
			t.Parallel()
			text := refused(t, declare)
			assert.Contains(t, text, subject+" registered twice:")
			assert.Contains(t, text, "add a predicate")
		})
	}
}

func TestDifferentViewsLiveTogether(t *testing.T) {
	t.Parallel()
	build(t, func(c *registry.Config) {
		views.Add(c, views.On(showPage))
		views.Add(c, views.On(showPage), views.Name("edit"))
		views.Add(c, views.On(showPage), views.Route("r"))
		views.Add(c, views.On(showPage), views.Method("POST"))
		views.Add(c, views.On(showTitle))
		views.Add(c, views.On(showAny))
		views.AddNotFound(c, say("404"))
		views.AddForbidden(c, say("403"))
		views.AddError(c, views.ErrorStatus(400, 499, showError))
		views.AddError(c, views.Func(hello))
	})
}

func TestAViewOfALaterRoundReplacesAnEarlierOne(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, say("first"))
		c.Commit()
		views.Add(c, say("second"))
	})
	assert.Equal(t, "second", body(t, reg, &page{}))
}

func TestAllErrorsAreReportedTogether(t *testing.T) {
	t.Parallel()
	text := refused(t, func(c *registry.Config) {
		views.Add(c, views.On(showPage), views.Renderer("jsno"))
		views.Add(c, views.On(showPage), views.Name("b"), views.Renderer("page.html"))
	})
	assert.Contains(t, text, `no renderer "jsno" (have: json, null, string): did you mean "json"?`)
	assert.Contains(t, text, `no renderer "page.html" (have: json, null, string)`)
	assert.Regexp(t, `view views_test\.showPage \((views/)?helpers_test\.go:\d+\): no renderer`, text)
}

func TestErrorViews(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		declare func(c *registry.Config)
		err     error
		want    string // "": no view handles it
	}{
		"by type":              {func(c *registry.Config) { views.AddError(c, views.Error(showMissing)) }, &missingPage{"x"}, "missing: x"},
		"by type, Add":         {func(c *registry.Config) { views.Add(c, views.Error(showMissing)) }, &missingPage{"x"}, "missing: x"},
		"wrapped":              {func(c *registry.Config) { views.AddError(c, views.Error(showMissing)) }, fmt.Errorf("load: %w", &missingPage{"x"}), "missing: x"},
		"by status":            {func(c *registry.Config) { views.AddError(c, views.ErrorStatus(400, 499, showError)) }, &missingPage{"x"}, "error view: no page x"},
		"not found":            {func(c *registry.Config) { views.AddNotFound(c, say("nothing here")) }, &missingPage{"x"}, "nothing here"},
		"takes error":          {func(c *registry.Config) { views.AddNotFound(c, views.On(showError)) }, &missingPage{"x"}, "error view: no page x"},
		"forbidden":            {func(c *registry.Config) { views.AddForbidden(c, say("no")) }, web.Forbidden(""), "no"},
		"any error":            {func(c *registry.Config) { views.AddError(c, say("sorry")) }, errBroken, "sorry"},
		"narrowed Func":        {func(c *registry.Config) { views.AddError(c, say("gone"), views.For[*missingPage]()) }, &missingPage{"x"}, "gone"},
		"narrowed Func, other": {func(c *registry.Config) { views.AddError(c, say("gone"), views.For[*missingPage]()) }, errBroken, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reg := build(t, tt.declare)
			r := request(reg, nil, &page{}, "", nil)
			resp, handled, failure := views.TableOf(reg).CallError(r, tt.err)
			require.NoError(t, failure)
			if tt.want == "" {
				assert.False(t, handled)
				return
			}
			require.True(t, handled)
			assert.Equal(t, tt.want, text(t, resp))
		})
	}
}

func TestAddOfAnErrorTypeServesResourcesToo(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) { views.Add(c, views.Error(showMissing)) })
	assert.Equal(t, "missing: x", body(t, reg, &missingPage{"x"}))

	reg = build(t, func(c *registry.Config) { views.AddError(c, views.Error(showMissing)) })
	_, err := call(reg, &missingPage{"x"}, "")
	require.Error(t, err, "an error view handles errors only")
}

func TestWhatIsNoErrorView(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		declare func(c *registry.Config)
		want    string
	}{
		"resource": {func(c *registry.Config) { views.AddError(c, views.On(showPage)) },
			"AddErrorView: *views_test.page is not an error type: use views.Error or views.Func"},
		"narrowed to a resource": {func(c *registry.Config) { views.AddError(c, say("x"), views.For[*page]()) },
			"AddErrorView: *views_test.page is not an error type: remove views.For, or use AddView"},
		"error narrowed to a resource": {func(c *registry.Config) { views.AddError(c, views.Error(showError), views.For[*page]()) },
			"views.Error views_test.showError takes error, and *views_test.page is not assignable to it: remove views.For, or change the view"},
		"name": {func(c *registry.Config) { views.AddNotFound(c, say("x"), views.Name("n")) },
			`AddNotFoundView: an error view has no name: remove views.Name("n")`},
		"typed not found": {func(c *registry.Config) { views.AddNotFound(c, views.Error(showMissing)) },
			"AddNotFoundView: the view takes *views_test.missingPage only, but has to handle every error with status 404: take an error, or use AddErrorView"},
		"other status": {func(c *registry.Config) { views.AddForbidden(c, views.ErrorStatus(400, 499, showError)) },
			"AddForbiddenView: the view takes status 400 to 499"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := refused(t, tt.declare)
			assert.Contains(t, text, tt.want)
			assert.NotRegexp(t, `(?s)add_test\.go:.*add_test\.go:`, text, "one error")
		})
	}
}

func TestViewsAreIntrospectable(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, views.On(showPage), views.Name("edit"), views.Permission("edit"), views.Method("POST"))
	})
	all := reg.Introspect().Category("views")
	require.Len(t, all, 1)
	assert.Equal(t, `view "edit" for *views_test.page [method="POST"]`, all[0].Title)
	assert.Regexp(t, `add_test\.go:\d+$`, all[0].Source.String())
	function, _ := all[0].Field("function")
	assert.Equal(t, "views_test.showPage", function)
	related := reg.Introspect().Related("views", all[0].ID)
	require.Len(t, related, 1)
	assert.Equal(t, "edit", related[0].Title)
}

func TestViewsAreDerivedAnewForEachBuild(t *testing.T) {
	t.Parallel()
	c := registry.New(registry.Options{})
	views.Add(c, views.On(showPage))
	one, err := c.Build()
	require.NoError(t, err)
	views.SetDefaultRenderer(c, "string")
	two, err := c.Build()
	require.NoError(t, err)
	assert.Equal(t, `"page A"`, body(t, one, &page{"A"}))
	assert.Equal(t, `page A`, body(t, two, &page{"A"}))
}

func TestErrorsOfViewsTravel(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, views.Func(func(*web.Request) (any, error) { return nil, errBroken }))
	})
	_, err := call(reg, &page{}, "")
	require.True(t, errors.Is(err, errBroken))
}
