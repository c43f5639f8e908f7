package renderers_test

import (
	"encoding/csv"
	"errors"
	"iter"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/renderers"
	"github.com/mastaba-go/mastaba/views/web"
)

// show builds an application with one view, which returns value, and sends it a request.
func show(t testing.TB, factory views.RendererFactory, value any, query string, more ...func(*framework.Configurator)) *httptest.ResponseRecorder {
	t.Helper()
	config := framework.New(framework.Options{})
	config.AddRenderer("own", factory)
	config.AddView(views.Func(func(*framework.Request) (any, error) { return value, nil }), views.Renderer("own"))
	for _, fn := range more {
		fn(config)
	}
	app, err := config.App()
	require.NoError(t, err)
	w := httptest.NewRecorder()
	app.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/?"+query, nil))
	return w
}

func TestJSONP(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"":                               `{"a":"\u003c"}`,
		"callback=show":                  `/**/show({"a":"\u003c"});`,
		"callback=$.cb[3]":               `/**/$.cb[3]({"a":"\u003c"});`,
		"callback=first&callback=second": `/**/second({"a":"\u003c"});`,
		"other=alert":                    `{"a":"\u003c"}`,
	} {
		w := show(t, renderers.JSONP(renderers.JSONPOptions{}), map[string]any{"a": "<"}, query)
		assert.Equal(t, http.StatusOK, w.Code, query)
		assert.Equal(t, want, w.Body.String(), query)
		if want[0] == '/' {
			assert.Equal(t, "application/javascript", w.Header().Get("Content-Type"))
			assert.Equal(t, "nosniff", w.Header().Get("X-Content-Type-Options"))
		} else {
			assert.Equal(t, "application/json", w.Header().Get("Content-Type"))
		}
	}
	for _, name := range []string{"", "a", "ab", "a.b.", "alert(1)", "a;b", "a b", "a/b", "0ab", "abc\n", "abc)", "ab'", "é12"} {
		w := show(t, renderers.JSONP(renderers.JSONPOptions{Param: "cb"}), 1, "cb="+url.QueryEscape(name))
		assert.Equal(t, http.StatusBadRequest, w.Code, "%q", name)
	}
}

// FuzzJSONPCallback: whatever the name, the response is a 400, or a call of a plain name.
func FuzzJSONPCallback(f *testing.F) {
	for _, name := range []string{"show", "a.b[1]", "$", "alert(1)//", "a\u2028b", "x\n", "a.b."} {
		f.Add(name)
	}
	call := regexp.MustCompile(`^/\*\*/[$A-Za-z_][$0-9A-Za-z_.\[\]]+\(1\);$`)
	config := framework.New(framework.Options{})
	config.AddRenderer("jsonp", renderers.JSONP(renderers.JSONPOptions{}))
	config.AddView(views.Func(func(*framework.Request) (int, error) { return 1, nil }), views.Renderer("jsonp"))
	app, err := config.App()
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, name string) {
		w := httptest.NewRecorder()
		app.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/?callback="+url.QueryEscape(name), nil))
		if w.Code == http.StatusBadRequest {
			return
		}
		require.Equal(t, http.StatusOK, w.Code)
		require.Regexp(t, call, w.Body.String())
	})
}

type line struct {
	Name  string `csv:"name" json:"name"`
	Count int
	When  *time.Time `csv:"when" json:"-"`
	Skip  bool       `csv:"-" json:"-"`
	note  string
}

func TestCSV(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	lines := []line{{Name: `a "b", c`, Count: -1, When: &at, note: "x"}, {Name: "=1+2"}}
	const want = "name,Count,when\r\n\"a \"\"b\"\", c\",-1,2026-01-02T03:04:05Z\r\n'=1+2,0,\r\n"
	w := show(t, renderers.CSV(renderers.CSVOptions{Filename: "a b.csv"}), lines, "")
	assert.Equal(t, want, w.Body.String())
	assert.Equal(t, "text/csv; charset=utf-8", w.Header().Get("Content-Type"))
	assert.Equal(t, `attachment; filename="a b.csv"`, w.Header().Get("Content-Disposition"))

	pointers := func(yield func(*line, error) bool) { _ = yield(&lines[0], nil) && yield(&lines[1], nil) }
	assert.Equal(t, want, show(t, renderers.CSV(renderers.CSVOptions{}), iter.Seq2[*line, error](pointers), "").Body.String())
	rows := [][]any{{"a", 1.5, nil}, {true, "@x", "-"}}
	assert.Equal(t, "a;1.5;\r\ntrue;@x;-\r\n", show(t, renderers.CSV(renderers.CSVOptions{Comma: ';', KeepFormulas: true}), rows, "").Body.String())
	assert.Equal(t, http.StatusInternalServerError, show(t, renderers.CSV(renderers.CSVOptions{}), 7, "").Code)

	risky := [][]string{{"a;=b", "a\t=b", "\n=b"}, {""}}
	assert.Equal(t, "\"a;=b\",\"a\t=b\",\"'\n=b\"\r\n\"\"\r\n",
		show(t, renderers.CSV(renderers.CSVOptions{}), risky, "").Body.String(), "whatever the separator of the spreadsheet is")
}

// FuzzCSV: a reader of CSV finds the cells that were written, and an apostrophe before what a
// spreadsheet would evaluate.
func FuzzCSV(f *testing.F) {
	f.Add("a", "b;=c", ",")
	f.Add("", "", ";")
	f.Add(" a\tb ", "\"\r\n", "\t")
	f.Fuzz(func(t *testing.T, a, b, comma string) {
		if comma != "," && comma != ";" && comma != "\t" || strings.Contains(a+b, "\r") { // csv.Reader drops some of them
			t.Skip()
		}
		for _, row := range [][]string{{a, b}, {b}, {"-" + a, "x"}} {
			o := renderers.CSVOptions{Comma: rune(comma[0]), KeepFormulas: true}
			read := csv.NewReader(show(t, renderers.CSV(o), [][]string{row}, "").Body)
			read.Comma = o.Comma
			got, err := read.ReadAll()
			require.NoError(t, err)
			require.Equal(t, [][]string{row}, got)
		}
	})
}

func TestNDJSON(t *testing.T) {
	t.Parallel()
	adapt := func(c *framework.Configurator) {
		views.AddJSONAdapter(c, func(_ *web.Request, l line) (any, error) { return l.Name, nil })
	}
	list := []line{{Name: "a"}, {Name: "b"}}
	w := show(t, renderers.NDJSON(), list, "")
	assert.Equal(t, "{\"name\":\"a\",\"Count\":0}\n{\"name\":\"b\",\"Count\":0}\n", w.Body.String())
	assert.Equal(t, "application/x-ndjson", w.Header().Get("Content-Type"))
	seq := iter.Seq[line](func(yield func(line) bool) { _ = yield(list[0]) && yield(list[1]) })
	assert.Equal(t, "\"a\"\n\"b\"\n", show(t, renderers.NDJSON(), seq, "", adapt).Body.String())

	early := iter.Seq2[int, error](func(yield func(int, error) bool) { yield(0, web.NotFound("gone")) })
	assert.Equal(t, http.StatusNotFound, show(t, renderers.NDJSON(), early, "").Code, "an error before the first line")
	late := iter.Seq2[int, error](func(yield func(int, error) bool) { _ = yield(1, nil) && yield(0, errors.New("broken")) })
	assert.PanicsWithError(t, http.ErrAbortHandler.Error(), func() { show(t, renderers.NDJSON(), late, "") })
	assert.Equal(t, http.StatusInternalServerError, show(t, renderers.NDJSON(), make(chan int), "").Code)
}
