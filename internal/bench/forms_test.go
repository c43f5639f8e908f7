package bench

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	playground "github.com/go-playground/form/v4"
	"github.com/gorilla/schema"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// flatForm and nestedForm are inputs. Each library has its own tag.
type flatForm struct {
	Title string   `form:"title" schema:"title"`
	Mail  string   `form:"mail" schema:"mail"`
	Stars int      `form:"stars" schema:"stars"`
	Score float64  `form:"score" schema:"score"`
	Done  bool     `form:"done" schema:"done"`
	Tags  []string `form:"tags" schema:"tags"`
}

type nestedForm struct {
	Title string    `form:"title" schema:"title"`
	Lines []lineRow `form:"lines" schema:"lines"`
}

type lineRow struct {
	Text string `form:"text" schema:"text"`
	Qty  int    `form:"qty" schema:"qty"`
}

const (
	flatBody   = "title=A+title&mail=a%40example.com&stars=5&score=1.5&done=true&tags=a&tags=b"
	nestedBody = "title=T&lines.0.text=a&lines.0.qty=1&lines.1.text=b&lines.1.qty=2&lines.2.text=c&lines.2.qty=3"
)

// formContenders decode one body: from the request to the struct.
func formContenders[I any](tb testing.TB, body, bracketed string) map[string]func() (I, error) {
	app, err := framework.New(framework.Options{}).App()
	require.NoError(tb, err)
	var got I
	call := views.OnInput(func(_ *web.Request, _ any, in I) (*web.Response, error) { got = in; return nil, nil }).Callable()
	ours := &web.Application{Registry: app.Registry()}
	request := func(body string) *http.Request {
		hr, _ := http.NewRequest(http.MethodPost, "/", nil)
		hr.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		hr.Body, hr.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
		return hr
	}
	gorilla := schema.NewDecoder()
	play := playground.NewDecoder()
	return map[string]func() (I, error){
		"mastaba": func() (I, error) {
			_, err := call(web.Begin(ours, request(body)), struct{}{})
			return got, err
		},
		"gorilla/schema": func() (in I, err error) {
			hr := request(body)
			if err := hr.ParseForm(); err != nil {
				return in, err
			}
			return in, gorilla.Decode(&in, hr.PostForm)
		},
		"go-playground/form": func() (in I, err error) {
			hr := request(bracketed)
			if err := hr.ParseForm(); err != nil {
				return in, err
			}
			return in, play.Decode(&in, hr.PostForm)
		},
	}
}

// decodeContenders decode parameters that were parsed before: to the struct alone.
func decodeContenders[I any](tb testing.TB, body, bracketed string) map[string]func() (I, error) {
	app, err := framework.New(framework.Options{}).App()
	require.NoError(tb, err)
	var got I
	call := views.OnInput(func(_ *web.Request, _ any, in I) (*web.Response, error) { got = in; return nil, nil }).Callable()
	hr, err := http.NewRequest(http.MethodGet, "/?"+body, nil)
	require.NoError(tb, err)
	r := web.Begin(&web.Application{Registry: app.Registry()}, hr)
	values := func(text string) url.Values {
		values, err := url.ParseQuery(text)
		require.NoError(tb, err)
		return values
	}
	plain, inBrackets := values(body), values(bracketed)
	gorilla, play := schema.NewDecoder(), playground.NewDecoder()
	return map[string]func() (I, error){
		"mastaba":            func() (I, error) { _, err := call(r, struct{}{}); return got, err },
		"gorilla/schema":     func() (in I, err error) { return in, gorilla.Decode(&in, plain) },
		"go-playground/form": func() (in I, err error) { return in, play.Decode(&in, inBrackets) },
	}
}

// bracketed is nestedBody as go-playground/form names elements.
var bracketed = strings.NewReplacer("lines.0", "lines[0]", "lines.1", "lines[1]", "lines.2", "lines[2]").Replace(nestedBody)

func TestSameInputs(t *testing.T) {
	sameInputs(t, formContenders[flatForm](t, flatBody, flatBody), formContenders[nestedForm](t, nestedBody, bracketed))
	sameInputs(t, decodeContenders[flatForm](t, flatBody, flatBody), decodeContenders[nestedForm](t, nestedBody, bracketed))
}

func sameInputs(t *testing.T, flat map[string]func() (flatForm, error), nested map[string]func() (nestedForm, error)) {
	for name := range flat {
		got, err := flat[name]()
		require.NoError(t, err, name)
		assert.Equal(t, flatForm{"A title", "a@example.com", 5, 1.5, true, []string{"a", "b"}}, got, name)
		deep, err := nested[name]()
		require.NoError(t, err, name)
		assert.Equal(t, nestedForm{"T", []lineRow{{"a", 1}, {"b", 2}, {"c", 3}}}, deep, name)
	}
}

// BenchmarkForms decodes forms by one library at a time, with its allocations.
func BenchmarkForms(b *testing.B) {
	benchmarkForms(b, "flat", formContenders[flatForm](b, flatBody, flatBody))
	benchmarkForms(b, "nested", formContenders[nestedForm](b, nestedBody, bracketed))
}

func benchmarkForms[I any](b *testing.B, shape string, contenders map[string]func() (I, error)) {
	for name, decode := range contenders {
		b.Run(shape+"/"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := decode(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkFormRatios alternates short rounds, and reports the median time of ours for one of each
// other library: from the request, and from parsed parameters. The aim is at most 1.
func BenchmarkFormRatios(b *testing.B) {
	b.Run("flat", func(b *testing.B) { formRatios(b, formContenders[flatForm](b, flatBody, flatBody)) })
	b.Run("nested", func(b *testing.B) { formRatios(b, formContenders[nestedForm](b, nestedBody, bracketed)) })
	b.Run("flat/parsed", func(b *testing.B) { formRatios(b, decodeContenders[flatForm](b, flatBody, flatBody)) })
	b.Run("nested/parsed", func(b *testing.B) { formRatios(b, decodeContenders[nestedForm](b, nestedBody, bracketed)) })
}

func formRatios[I any](b *testing.B, contenders map[string]func() (I, error)) {
	ratios := map[string][]float64{}
	round := func(decode func() (I, error)) float64 {
		start := time.Now()
		for range 300 {
			if _, err := decode(); err != nil {
				b.Fatal(err)
			}
		}
		return float64(time.Since(start))
	}
	for b.Loop() {
		ours := round(contenders["mastaba"])
		for name, decode := range contenders {
			if name != "mastaba" {
				ratios[name] = append(ratios[name], ours/round(decode))
			}
		}
	}
	for name, all := range ratios {
		slices.Sort(all)
		b.ReportMetric(all[len(all)/2], "×"+name)
	}
}
