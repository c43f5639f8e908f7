package views_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
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
	assert.EqualError(t, &views.InputError{}, "422 Unprocessable Entity: invalid input")

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

// An InputError without fields is a 422 like any other. A nil one, returned as an error that is not
// nil, is a mistake of the program: a 500 that says so to the log.
func TestInputErrorsWithoutFields(t *testing.T) {
	t.Parallel()
	const remedy = "a nil *views.InputError: return nil itself if nothing is wrong"
	for name, tt := range map[string]struct {
		err    error
		status int
		text   string
	}{
		"none":        {&views.InputError{}, 422, "422 Unprocessable Entity: invalid input"},
		"empty list":  {&views.InputError{Fields: []views.FieldError{}}, 422, "422 Unprocessable Entity: invalid input"},
		"nil":         {(*views.InputError)(nil), 0, remedy},
		"nil, of web": {(*web.HTTPError)(nil), 0, "its error is a nil *web.HTTPError: return nil itself if nothing is wrong"},
		"wrapped nil": {fmt.Errorf("save: %w", (*views.InputError)(nil)), 500, remedy},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reg := build(t, func(c *registry.Config) {
				views.Add(c, views.Func(func(*web.Request) (string, error) { return "", tt.err }))
			})
			hr := httptest.NewRequest("GET", "/", nil)
			hr.Header.Set("Accept", "application/json")
			r := request(reg, nil, &page{}, "", hr)
			_, err := views.TableOf(reg).Call(r)
			require.ErrorContains(t, err, tt.text)
			status, _ := web.StatusOf(err)
			assert.Equal(t, tt.status, status)
			if resp, ok := web.Drive(r).ErrorResponse(err); ok {
				assert.NotContains(t, text(t, resp), `"errors"`)
				assert.NotContains(t, text(t, resp), "nil")
			}
		})
	}
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

func TestOnInputOfAnEncodedBody(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, views.OnInput(func(_ *web.Request, _ *page, in labelled) (string, error) { return in.Name, nil }))
	})
	for coding, want := range map[string]int{"gzip": 415, "Identity": 200} {
		for _, body := range []string{`{"name":"x"}`, ""} {
			hr := httptest.NewRequest("PUT", "/", strings.NewReader(body))
			hr.Header.Set("Content-Encoding", coding)
			if body != "" {
				hr.Header.Set("Content-Type", "application/json")
			} else {
				want = 200 // there is nothing to decode
			}
			_, err := views.TableOf(reg).Call(request(reg, nil, &page{}, "", hr))
			if want == 200 {
				assert.NoError(t, err)
				continue
			}
			refused, ok := errors.AsType[*web.HTTPError](err)
			require.True(t, ok)
			assert.Equal(t, want, refused.Status())
			assert.Equal(t, "identity", refused.Header("Accept-Encoding"))
		}
	}
}

// An input without content comes from the query, and no content is ignored.
func TestOnInputSources(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, views.OnInput(func(_ *web.Request, _ *page, in labelled) (string, error) { return in.Name, nil }))
	})
	const urlencoded, json = "application/x-www-form-urlencoded", "application/json"
	for name, tt := range map[string]struct {
		method, contentType, body string
		want                      string // the name, or else the error
	}{
		"GET names a type":      {"GET", json, "", `"Ann"`},
		"HEAD names a type":     {"HEAD", "text/csv", "", `"Ann"`},
		"DELETE":                {"DELETE", "", "", `"Ann"`},
		"DELETE names a type":   {"DELETE", urlencoded, "", `"Ann"`},
		"DELETE with a form":    {"DELETE", urlencoded, "name=Eve", "415 Unsupported Media Type: send application/json, or parameters in the query: only POST, PUT and PATCH have forms"},
		"DELETE with JSON":      {"DELETE", json, `{"name":"Eve"}`, `"Eve"`},
		"GET with JSON":         {"GET", json, `{"name":"Eve"}`, `"Eve"`},
		"PUT with a form":       {"PUT", urlencoded, "name=Eve", `"Eve"`},
		"POST without its JSON": {"POST", json, "", "400 Bad Request: invalid JSON body: line 1, column 1: expected a value, got the end"},
		"POST without a type":   {"POST", "", "name=Eve", "415 Unsupported Media Type: send application/json, application/x-www-form-urlencoded or multipart/form-data"},
		"malformed type":        {"POST", "a/b/c", "name=Eve", "415 Unsupported Media Type"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, length := range []int64{int64(len(tt.body)), -1} { // -1: in chunks
				hr := httptest.NewRequest(tt.method, "/?name=Ann", strings.NewReader(tt.body))
				if hr.ContentLength = length; tt.contentType != "" {
					hr.Header.Set("Content-Type", tt.contentType)
				}
				if length < 0 && tt.body == "" && tt.contentType != "" {
					continue // nothing says that it is empty
				}
				r := request(reg, nil, &page{}, "", hr)
				predicted := views.TableOf(reg).Predict(r).Err
				resp, err := views.TableOf(reg).Call(r)
				if err != nil {
					assert.ErrorContains(t, err, tt.want)
					assert.EqualError(t, predicted, err.Error())
					continue
				}
				assert.NoError(t, predicted)
				assert.Equal(t, tt.want, text(t, resp))
			}
		})
	}
}
