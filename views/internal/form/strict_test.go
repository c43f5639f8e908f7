package form_test

import (
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web"
)

// refusing makes an input strict.
type refusing struct{}

func (refusing) RefuseUnknownFields() {}

type strictInput struct {
	refusing
	Title string `form:"title"`
	Tags  []string
	Lines []*struct {
		Qty  int
		More map[string]int
	}
	Only string `json:"only" form:"-"`
	Any  any    `json:"any"`
}

func TestStrict(t *testing.T) {
	t.Parallel()
	plan := formOf[strictInput](t)
	for body, want := range map[string][]string{
		"title=a&tags=b&lines.0.qty=1&lines.0.more.x=1": nil,
		"titel=a&other=b&titel=c":                       {`titel: no such field: did you mean "title"?`, "other: no such field", "offset: no such field"},
		"tags.0=a&only=x&.=1&=1":                        {"tags.0: no such field: did you mean \"tags\"?", "only: no such field", ".: no such field", ": no such field", "offset: no such field"},
		"lines=1&lines.0=2&lines.0.qyt=1&lines.0.qty.x=1&lines.0.more=1&lines.0.more.a.b=1": {
			"offset: no such field", "lines: expected parts of the field, such as lines.0, not the field itself", "lines.0: expected parts of the field, such as lines.0.qty, not the field itself",
			`lines.0.qyt: no such field: did you mean "qty"?`, "lines.0.qty.x: no such field", "lines.0.more: expected parts of the field, such as lines.0.more.key, not the field itself",
			"lines.0.more.a.b: no such field",
		},
	} {
		target := "/"
		if want != nil {
			target = "/?offset=2"
		}
		hr := httptest.NewRequest("POST", target, strings.NewReader(body))
		hr.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		var in strictInput
		mistakes, err := plan.Read(web.Begin(&web.Application{}, hr), reflect.ValueOf(&in).Elem(), false)
		require.NoError(t, err)
		assert.Equal(t, want, texts(mistakes), body)
		for _, m := range mistakes {
			assert.Equal(t, "unknown", m.Code)
		}
	}
	_, mistakes, err := fillJSON[strictInput](t, `{"TITLE":"x","titel":1,"lines":[{"qty":1,"x":{"y":1}}],"any":{"whatever":1},"only":"x","lines":[{"more":{"free":1}}]}`)
	require.NoError(t, err)
	assert.Equal(t, []string{`titel: no such field: did you mean "title"?`, "lines.0.x: no such field"}, texts(mistakes))
	_, mistakes, err = fillJSON[strictInput](t, "{"+strings.Repeat(`"`+strings.Repeat("x", 500)+`":1,`, 300)+`"title":"a"}`)
	require.NoError(t, err)
	assert.Len(t, mistakes, 101)
}

// A file that no field takes is unknown too.
func TestStrictFiles(t *testing.T) {
	t.Parallel()
	hr := httptest.NewRequest("POST", "/", strings.NewReader("--b\r\nContent-Disposition: form-data; name=photo; filename=f\r\n\r\nNew\r\n--b--\r\n"))
	hr.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	var in strictInput
	mistakes, err := formOf[strictInput](t).Read(web.Begin(&web.Application{}, hr), reflect.ValueOf(&in).Elem(), false)
	require.NoError(t, err)
	assert.Equal(t, []string{"photo: no such field"}, texts(mistakes))
}

func TestKnows(t *testing.T) {
	t.Parallel()
	f := formOf[strictInput](t)
	for name, want := range map[string]bool{
		"title": true, "tags": true, "lines": true, "lines.0": true, "lines.12.qty": true, "lines.0.more": true, "lines.0.more.x": true,
		"": false, "titel": false, "tags.0": false, "lines.x": false, "lines.0.qyt": false, "lines.0.qty.x": false, "lines.0.more.x.y": false, "only": false,
	} {
		assert.Equal(t, want, f.Knows(name), name)
	}
	assert.Equal(t, "title", f.Suggest("titel"))
	assert.Empty(t, f.Suggest("something"))
}
