package views_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

var errTaken = errors.New("the name is taken")

// labelled is an input with each kind of error.
type labelled struct{ Name string }

func (n labelled) Validate() error {
	switch n.Name {
	case "taken":
		return errTaken
	case "fields":
		return &views.InputError{Fields: []views.FieldError{{Name: "name", Text: "too short"}, {Name: "name", Text: "too dull"}, {Text: "try again"}}}
	case "mismatch":
		return views.ErrMismatch
	}
	return nil
}

func TestInputError(t *testing.T) {
	t.Parallel()
	var none *views.InputError
	assert.Empty(t, none.Field("name"))
	assert.EqualError(t, &views.InputError{}, "422 Unprocessable Entity")

	reg := build(t, func(c *registry.Config) {
		views.Add(c, views.OnInput(func(_ *web.Request, _ *page, in labelled) (string, error) { return in.Name, nil }))
	})
	call := func(query string) error {
		_, err := views.TableOf(reg).Call(request(reg, nil, &page{}, "", httptest.NewRequest("GET", "/?"+query, nil)))
		return err
	}
	err := call("name=fields")
	e, ok := errors.AsType[*views.InputError](err)
	require.True(t, ok)
	assert.EqualError(t, err, "422 Unprocessable Entity: name: too short; name: too dull; try again")
	assert.Equal(t, "too short; too dull", e.Field("name"))
	assert.Equal(t, "try again", e.Field(""))
	assert.Empty(t, e.Field("other"))

	err = call("name=taken")
	require.ErrorIs(t, err, errTaken)
	assert.EqualError(t, err, "422 Unprocessable Entity: the name is taken")
	standard, ok := errors.AsType[*web.HTTPError](err)
	require.True(t, ok, "error views for HTTP errors handle it")
	assert.Equal(t, http.StatusUnprocessableEntity, standard.Status())
	assert.Equal(t, "the name is taken", standard.Detail())

	err = call("name=mismatch")
	status, _ := web.StatusOf(err)
	assert.Equal(t, http.StatusNotFound, status, "the view does not handle the request")
}

func TestErrorViewsForInputs(t *testing.T) {
	t.Parallel()
	for want, add := range map[string]func(c *registry.Config){
		"input": func(c *registry.Config) {
			views.AddError(c, caught("input"), views.For[*views.InputError]())
			views.AddError(c, caught("http"), views.For[*web.HTTPError]())
		},
		"http": func(c *registry.Config) { views.AddError(c, caught("http"), views.For[*web.HTTPError]()) },
		"status": func(c *registry.Config) {
			views.AddError(c, views.ErrorStatus(422, 422, func(*web.Request, error) (string, error) { return "status", nil }))
		},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			reg := build(t, func(c *registry.Config) {
				views.Add(c, views.OnInput(func(_ *web.Request, _ *page, in edit) (string, error) { return in.Title, nil }))
				add(c)
			})
			r := request(reg, nil, &page{}, "", httptest.NewRequest("GET", "/?size=x", nil))
			_, err := views.TableOf(reg).Call(r)
			require.Error(t, err)
			resp, handled, failure := views.TableOf(reg).CallError(r, err)
			require.NoError(t, failure)
			require.True(t, handled)
			assert.Equal(t, 422, resp.Status())
			assert.Contains(t, text(t, resp), want)
		})
	}
}

// Clients name a content type for requests without content, too.
func TestOnInputWithoutContent(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, views.OnInput(func(_ *web.Request, _ *page, in labelled) (string, error) { return in.Name, nil }))
	})
	for method, want := range map[string]int{"GET": 200, "HEAD": 200, "POST": 400} {
		hr := httptest.NewRequest(method, "/?name=Ann", nil)
		hr.Header.Set("Content-Type", "application/json")
		resp, err := views.TableOf(reg).Call(request(reg, nil, &page{}, "", hr))
		if want == 200 {
			require.NoError(t, err, method)
			assert.Equal(t, `"Ann"`, text(t, resp))
			continue
		}
		status, _ := web.StatusOf(err)
		assert.Equal(t, want, status, method)
	}
}
