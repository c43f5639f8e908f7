package views_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

type audit struct {
	By string `json:"by"`
}

// edit is an input with all kinds of fields.
type edit struct {
	audit
	Audit2  *audit `json:"deep"`
	Title   string `json:"title"`
	Minor   bool   `form:"is_minor" json:"minor"`
	Size    int8
	Count   uint
	Weight  float64
	Tags    []string  `json:"tags"`
	Ratings []int     `json:"ratings"`
	Due     time.Time `json:"due"`
	Limit   *int      `json:"limit"`
	Hidden  string    `form:"-"`
	secret  string
}

func (e *edit) Validate() error {
	switch e.Title {
	case "refused":
		return errors.New("title: say something else")
	case "taken":
		return web.Status(http.StatusConflict, "title: taken")
	}
	return nil
}

func saveEdit(_ *web.Request, p *page, in edit) (edit, error) {
	in.secret = p.Title
	return in, nil
}

func TestOnInput(t *testing.T) {
	t.Parallel()
	const (
		jsonType = "application/json"
		formType = "application/x-www-form-urlencoded"
	)
	tests := map[string]struct {
		contentType, query, body string
		status                   int
		want                     string
	}{
		"json": {jsonType, "", `{"title":"New","minor":true,"tags":["a"],"deep":{"by":"x"}}`, 200,
			`{"by":"","deep":{"by":"x"},"title":"New","minor":true,"Size":0,"Count":0,"Weight":0,"tags":["a"],"ratings":null,"due":"0001-01-01T00:00:00Z","limit":null,"Hidden":""}`},
		"form": {formType, "", "title=New&is_minor=on&size=-3&count=4&weight=1.5&tags=a&tags=b&ratings=1&ratings=2&due=2026-01-02T00:00:00Z&limit=9&hidden=x&-=y&by=ann", 200,
			`{"by":"ann","deep":null,"title":"New","minor":true,"Size":-3,"Count":4,"Weight":1.5,"tags":["a","b"],"ratings":[1,2],"due":"2026-01-02T00:00:00Z","limit":9,"Hidden":""}`},
		"the body wins":      {formType, "title=query", "title=form", 200, `"title":"form"`},
		"nothing":            {"", "", "", 200, `"title":""`},
		"query alone":        {"", "title=a&title=b", "", 200, `"title":"b"`},
		"other json":         {"application/vnd.x+json; charset=utf-8", "", `{"title":"T"}`, 200, `"title":"T"`},
		"broken json":        {jsonType, "", `{"title"`, 400, "invalid JSON body"},
		"two values":         {jsonType, "", `{} {}`, 400, "invalid JSON body"},
		"no json":            {jsonType, "", ``, 400, "invalid JSON body"},
		"json of wrong type": {jsonType, "", `{"title":1}`, 422, "title: expected a string, got a number"},
		"form of wrong type": {formType, "", "size=300&count=-1&weight=x&is_minor=maybe&due=x&ratings=1&ratings=z", 422, `size: "300" is not an integer from -128 to 127; count: "-1" is not a non-negative integer`},
		"no number":          {formType, "", "weight=NaN", 422, `weight: "NaN" is not a number`},
		"empty fields": {formType, "limit=", "title=&is_minor=&size=&count=&weight=&tags=&tags=a&ratings=&ratings=2&due=", 200,
			`{"by":"","deep":null,"title":"","minor":false,"Size":0,"Count":0,"Weight":0,"tags":["","a"],"ratings":[2],"due":"0001-01-01T00:00:00Z","limit":null,"Hidden":""}`},
		"null":              {jsonType, "", " null\n", 400, "the body is null, expected a JSON value"},
		"other type":        {"text/csv", "", "a,b", 415, "send application/json, application/x-www-form-urlencoded or multipart/form-data"},
		"no type":           {"", "", "title=x", 415, "send application/json, application/x-www-form-urlencoded or multipart/form-data"},
		"invalid parameter": {"application/json; charset", "", `{"title":"T"}`, 200, `"title":"T"`},
		"multipart": {"multipart/form-data; boundary=b", "tags=x", "--b\r\nContent-Disposition: form-data; name=title\r\n\r\nNew\r\n--b\r\nContent-Disposition: form-data; name=file; filename=f\r\n\r\n\xff\r\n--b--\r\n", 200,
			`"title":"New"`},
		"a file for a field": {"multipart/form-data; boundary=b", "", "--b\r\nContent-Disposition: form-data; name=title; filename=f\r\n\r\nNew\r\n--b--\r\n", 422,
			"title: expected text, got a file"},
		"wrong multipart":      {"multipart/form-data; boundary=b", "", "--b\r\nContent-Disposition: form-data; name=size\r\n\r\nx\r\n--b--\r\n", 422, `size: "x" is not an integer`},
		"malformed multipart":  {"multipart/form-data", "", "x", 400, ""},
		"several wrong values": {jsonType, "", `{"title":1,"size":300,"due":"x"}`, 422, `title: expected a string, got a number; size: "300" is not an integer from -128 to 127; due: "x" is not a time`},
		"refused":              {formType, "", "title=refused", 422, "title: say something else"},
		"refused by status":    {formType, "", "title=taken", 409, "title: taken"},
		"too large":            {jsonType, "", `{"title":"` + strings.Repeat("x", 2000) + `"}`, 413, "the request body exceeds the limit of 1000 bytes"},
	}
	reg := build(t, func(c *registry.Config) { views.Add(c, views.OnInput(saveEdit)) })
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hr := httptest.NewRequest(http.MethodPost, "/?"+tt.query, strings.NewReader(tt.body))
			if tt.contentType != "" {
				hr.Header.Set("Content-Type", tt.contentType)
			}
			r := web.Begin(&web.Application{Registry: reg}, hr).WithNode(traversal.NewNode(&page{}), "")
			web.Drive(r).LimitBody(1000)
			predicted := views.TableOf(reg).Predict(r)
			resp, err := views.TableOf(reg).Call(r)
			if tt.status == http.StatusOK {
				require.NoError(t, err)
				require.NoError(t, predicted.Err)
				assert.Contains(t, text(t, resp), tt.want)
				return
			}
			status, ok := web.StatusOf(err)
			require.True(t, ok, "%v", err)
			assert.Equal(t, tt.status, status)
			assert.ErrorContains(t, err, tt.want)
			assert.EqualError(t, predicted.Err, err.Error())
		})
	}
}

func TestOnInputPointersAndJSONOnlyTypes(t *testing.T) {
	t.Parallel()
	reg := build(t, func(c *registry.Config) {
		views.Add(c, views.OnInput(func(_ *web.Request, _ *page, in *edit) (string, error) { return in.Title, nil }))
		views.Add(c, views.OnInput(func(_ *web.Request, _ *page, in []int) (int, error) { return len(in), nil }), views.Name("list"))
	})
	post := func(name, contentType, body string) (*web.Response, error) {
		hr := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		hr.Header.Set("Content-Type", contentType)
		return views.TableOf(reg).Call(request(reg, nil, &page{}, name, hr))
	}
	resp, err := post("", "application/x-www-form-urlencoded", "title=pointer")
	require.NoError(t, err)
	assert.Equal(t, `"pointer"`, text(t, resp))
	resp, err = post("list", "application/json", "[1,2,3]")
	require.NoError(t, err)
	assert.Equal(t, `3`, text(t, resp))
	_, err = post("list", "application/x-www-form-urlencoded", "a=1")
	status, _ := web.StatusOf(err)
	assert.Equal(t, http.StatusUnsupportedMediaType, status)
	chunked := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("[1]"))
	chunked.ContentLength = -1
	_, err = views.TableOf(reg).Call(request(reg, nil, &page{}, "list", chunked))
	assert.EqualError(t, err, "415 Unsupported Media Type: send application/json", "without a type, in chunks")
	_, err = post("", "application/json", "null")
	status, _ = web.StatusOf(err)
	assert.Equal(t, http.StatusBadRequest, status, "null is 400, as for a value")
}

func TestOnInputInvalidDeclarations(t *testing.T) {
	t.Parallel()
	type twice struct {
		A string `form:"x"`
		B string `form:"x"`
	}
	message := refused(t, func(c *registry.Config) {
		views.Add(c, views.OnInput(func(*web.Request, any, twice) (any, error) { return nil, nil }))
	})
	assert.Contains(t, message, `input views_test.twice: fields A and B have the same name "x": rename one with a tag such as `+"`form:\"title\"`")
	assert.Contains(t, refused(t, func(c *registry.Config) { views.Add(c, views.OnInput[any, twice, any](nil)) }), "views.OnInput(nil)")

	type bare struct{ Extra map[int]string }
	type tagged struct {
		Extra map[int]string `form:"extra" json:"extra"`
	}
	assert.Contains(t, refused(t, func(c *registry.Config) {
		views.Add(c, views.OnInput(func(*web.Request, any, bare) (any, error) { return nil, nil }))
	}), "input views_test.bare: no form can fill field Extra of type map[int]string: tag it `form:\"-\"` or `json:\"extra\"` if only JSON fills it")
	assert.Contains(t, refused(t, func(c *registry.Config) {
		views.Add(c, views.OnInput(func(*web.Request, any, *tagged) (any, error) { return nil, nil }))
	}), "no form can fill field Extra")
}

// Every input either reaches the view or is an error with a status that blames the client, as a
// prediction says before.
func FuzzOnInput(f *testing.F) {
	f.Add("application/json", "title=a", `{"title":"b"}`)
	f.Add("application/x-www-form-urlencoded", "ratings=1&ratings=x", "due=2026-01-02T00:00:00Z&limit=9")
	f.Add("application/x-www-form-urlencoded", "weight=Inf", "weight=NaN")
	f.Add("text/plain; charset", "%zz", "\x00")
	f.Add("multipart/form-data; boundary=b", "", "--b\r\nContent-Disposition: form-data; name=size\r\n\r\n5\r\n--b--\r\n")
	f.Add("application/json", "", `{"size":"x","deep":{"by":[]},"ratings":[1,"x"]}`)
	reg := build(f, func(c *registry.Config) { views.Add(c, views.OnInput(saveEdit)) })
	f.Fuzz(func(t *testing.T, contentType, query, body string) {
		hr := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		hr.URL.RawQuery = query
		hr.Header.Set("Content-Type", contentType)
		r := request(reg, nil, &page{}, "", hr)
		predicted := views.TableOf(reg).Predict(r).Err
		_, err := views.TableOf(reg).Call(r)
		if fmt.Sprint(predicted) != fmt.Sprint(err) {
			t.Errorf("%q %q %q: predicted %v, got %v", contentType, query, body, predicted, err)
		}
		if status, ok := web.StatusOf(err); err != nil && (!ok || status >= 500) {
			t.Errorf("%q %q %q: %v", contentType, query, body, err)
		}
	})
}
