package bench

import (
	"bytes"
	"html/template"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/templates"
	"github.com/mastaba-go/mastaba/views/web"
)

const (
	listPage   = `{{template "layout.html" .}}{{define "content"}}<ul>{{range .}}<li>{{.Title}}: {{.Text}}</li>{{end}}</ul>{{end}}`
	listLayout = `<!doctype html><title>{{block "title" .}}Site{{end}}</title><main>{{block "content" .}}{{end}}</main>`
)

type listItem struct{ Title, Text string }

// pageContenders render one page into w: our renderer, and html/template with a buffer by itself.
func pageContenders(t testing.TB) map[string]func(w http.ResponseWriter) error {
	config := framework.New(framework.Options{})
	templates.Add(config, fstest.MapFS{"page.html": {Data: []byte(listPage)}, "layout.html": {Data: []byte(listLayout)}}, templates.Options{})
	app, err := config.App()
	require.NoError(t, err)
	renderer, err := views.NewRenderer(app.Registry(), "page.html")
	require.NoError(t, err)
	list := make([]listItem, 50)
	for i := range list {
		list[i] = listItem{"A & B", "text"}
	}
	r := web.Begin(&web.Application{Registry: app.Registry()}, httptest.NewRequest(http.MethodGet, "/", nil))
	set := template.Must(template.New("layout.html").Parse(listLayout))
	template.Must(set.New("page.html").Parse(listPage))
	var buffer bytes.Buffer
	resp := new(web.Response)
	return map[string]func(w http.ResponseWriter) error{
		"mastaba": func(w http.ResponseWriter) error {
			if err := renderer.Render(r, resp, list); err != nil {
				return err
			}
			_, err := resp.Send(w, r)
			return err
		},
		"html/template": func(w http.ResponseWriter) error {
			buffer.Reset()
			if err := set.ExecuteTemplate(&buffer, "page.html", list); err != nil {
				return err
			}
			_, err := w.Write(buffer.Bytes())
			return err
		},
	}
}

func TestSamePages(t *testing.T) {
	var bodies []string
	for _, render := range pageContenders(t) {
		w := httptest.NewRecorder()
		require.NoError(t, render(w))
		bodies = append(bodies, w.Body.String())
	}
	assert.Equal(t, bodies[0], bodies[1])
	assert.Contains(t, bodies[0], "<li>A &amp; B: text</li>")
}

// BenchmarkPages compares a page of a list with its layout. The aim is 1.05 of html/template, and
// one more allocation.
func BenchmarkPages(b *testing.B) {
	for name, render := range pageContenders(b) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			w := &nowhere{header: http.Header{}}
			for b.Loop() {
				clear(w.header) // each response of a server has headers of its own
				if err := render(w); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// nowhere is a response that nobody reads.
type nowhere struct{ header http.Header }

func (n *nowhere) Header() http.Header         { return n.header }
func (n *nowhere) Write(b []byte) (int, error) { return io.Discard.Write(b) }
func (n *nowhere) WriteHeader(int)             {}

// BenchmarkPagesRatio renders in turns, since the machine's speed changes: it reports the median of
// the ratios.
func BenchmarkPagesRatio(b *testing.B) {
	contenders := pageContenders(b)
	w := &nowhere{header: http.Header{}}
	took := func(name string) time.Duration {
		began := time.Now()
		for range 100 {
			clear(w.header)
			if err := contenders[name](w); err != nil {
				b.Fatal(err)
			}
		}
		return time.Since(began)
	}
	var ratios []float64
	for b.Loop() {
		before := took("html/template")
		ours := took("mastaba")
		after := took("html/template")
		ratios = append(ratios, 2*float64(ours)/float64(before+after))
	}
	slices.Sort(ratios)
	b.ReportMetric(ratios[len(ratios)/2], "ratio")
}
