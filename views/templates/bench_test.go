package templates_test

import (
	"bytes"
	"html/template"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/templates"
	"github.com/mastaba-go/mastaba/views/web"
)

const listPage = `{{template "layout.html" .}}{{define "content"}}<ul>{{range .}}<li>{{.Title}}: {{.Text}}</li>{{end}}</ul>{{end}}`

const listLayout = `<!doctype html><title>{{block "title" .}}Site{{end}}</title><main>{{block "content" .}}{{end}}</main>`

// contenders return what renders the same page: our renderer, and html/template by itself.
func contenders(t testing.TB) (ours, bare func() error) {
	config := framework.New(framework.Options{})
	templates.Add(config, pages("page.html", listPage, "layout.html", listLayout), templates.Options{})
	app, err := config.App()
	require.NoError(t, err)
	list := make([]Page, 50)
	for i := range list {
		list[i] = Page{"A & B", "text"}
	}
	r := web.Begin(&web.Application{Registry: app.Registry()}, httptest.NewRequest(http.MethodGet, "/", nil))
	ours = func() error {
		resp, err := views.RenderResponse(r, "page.html", list)
		if err != nil {
			return err
		}
		_, err = resp.Send(discard{}, r)
		return err
	}
	set := template.Must(template.New("layout.html").Parse(listLayout))
	template.Must(set.New("page.html").Parse(listPage))
	var buffer bytes.Buffer
	bare = func() error {
		buffer.Reset()
		if err := set.ExecuteTemplate(&buffer, "page.html", list); err != nil {
			return err
		}
		_, err := io.Discard.Write(buffer.Bytes())
		return err
	}
	return ours, bare
}

// discard is a response that nobody reads.
type discard struct{}

var header = http.Header{}

func (discard) Header() http.Header         { return header }
func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) WriteHeader(int)             {}

// TestAllocations: a page costs no allocation for its functions or its buffer. What there is besides
// html/template's is the response of RenderResponse, and the making of its renderer.
func TestAllocations(t *testing.T) {
	config := framework.New(framework.Options{})
	templates.Add(config, pages("page.html", listPage, "layout.html", listLayout), templates.Options{})
	app, err := config.App()
	require.NoError(t, err)
	made, err := views.NewRenderer(app.Registry(), "page.html")
	require.NoError(t, err)
	list := make([]Page, 50)
	r := web.Begin(&web.Application{Registry: app.Registry()}, httptest.NewRequest(http.MethodGet, "/", nil))
	resp := new(web.Response)
	ours := testing.AllocsPerRun(200, func() {
		if err := made.Render(r, resp, list); err != nil {
			t.Error(err)
		}
		if _, err := resp.Send(discard{}, r); err != nil {
			t.Error(err)
		}
	})
	_, bare := contenders(t)
	alone := testing.AllocsPerRun(200, func() {
		if err := bare(); err != nil {
			t.Error(err)
		}
	})
	assert.LessOrEqual(t, ours, alone+1, "html/template alone: %v", alone)
}
