package form_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/internal/form"
	"github.com/mastaba-go/mastaba/views/web"
)

type nestedLine struct {
	Text string            `form:"text"`
	Qty  *int              `form:"qty"`
	Tags []string          `form:"tags"`
	Of   map[string]uint8  `form:"of"`
	When time.Time         `form:"when"`
	More []nestedLine      `form:"more"`
	Wait time.Duration     `form:"wait"`
	Done bool              `form:"done"`
	Kids map[string]*kidOf `form:"kids"`
}

type kidOf struct {
	Name string  `form:"name"`
	Size float64 `form:"size"`
}

type nestedInput struct {
	Title string       `form:"title"`
	Line  nestedLine   `form:"line"`
	Lines []nestedLine `form:"lines"`
}

func fillEncoded(tb testing.TB, plan *form.Form, body string) (nestedInput, []form.Mistake, error) {
	tb.Helper()
	hr := httptest.NewRequest("POST", "/", strings.NewReader(body))
	hr.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var in nestedInput
	mistakes, err := plan.Read(web.Begin(&web.Application{}, hr), reflect.ValueOf(&in).Elem(), false)
	return in, mistakes, err
}

// FuzzFill never panics, and what it fills is what the encoding of that fills again.
func FuzzFill(f *testing.F) {
	for _, body := range []string{
		"title=a&line.text=x&line.qty=3&lines.0.tags=a&lines.0.tags=b&lines.1.of.k=7&line.when=2026-01-31",
		"lines.999999999.text=x&lines.0.more.1.more.2.text=deep&line.kids.a.name=n&line.kids.a.size=1e3&line.done=on",
		"lines=x&lines.=y&lines..text=z&.=1&lines.-1.text=1&lines.01.text=x&line.wait=1m&line.of=1", strings.Repeat("lines.0.more.", 30) + "x=1",
	} {
		f.Add(body)
	}
	plan, err := form.Of(reflect.TypeFor[nestedInput]())
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, body string) {
		in, mistakes, err := fillEncoded(t, plan, body)
		if err != nil || len(mistakes) > 0 {
			return
		}
		_, once, err := form.Encode(reflect.ValueOf(in))
		require.NoError(t, err)
		again, mistakes, err := fillEncoded(t, plan, url.Values(once).Encode())
		require.NoError(t, err)
		require.Empty(t, mistakes)
		_, twice, err := form.Encode(reflect.ValueOf(again))
		require.NoError(t, err)
		require.Equal(t, once, twice)
	})
}

func TestEncodeDecode(t *testing.T) {
	t.Parallel()
	qty := 3
	in := nestedInput{Title: "a&b", Line: nestedLine{Text: "x", Qty: &qty, Tags: []string{"a", ""}, Done: true, Wait: time.Minute}, Lines: []nestedLine{
		{When: time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC), Of: map[string]uint8{"k": 7}},
		{More: []nestedLine{{Text: "deep"}}, Kids: map[string]*kidOf{"a": {"n", 1.5}}},
	}}
	_, values, err := form.Encode(reflect.ValueOf(&in))
	require.NoError(t, err)
	plan, err := form.Of(reflect.TypeFor[nestedInput]())
	require.NoError(t, err)
	got, mistakes, err := fillEncoded(t, plan, url.Values(values).Encode())
	require.NoError(t, err)
	require.Empty(t, mistakes)
	require.Equal(t, in, got)
}

// A text in place of an element gives no nil pointer, which a view would not expect.
func TestTextsAreNoNestedElements(t *testing.T) {
	t.Parallel()
	type line struct{ Qty int }
	type input struct {
		Lines []*line
		Named map[string]*line
	}
	f, err := form.Of(reflect.TypeFor[input]())
	require.NoError(t, err)
	hr := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("lines.0=x&lines.1.qty=2&named.a=y&named.b.qty=3"))
	hr.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var in input
	mistakes, err := f.Read(web.Begin(&web.Application{}, hr), reflect.ValueOf(&in).Elem(), false)
	require.NoError(t, err)
	assert.Empty(t, mistakes)
	assert.Equal(t, []*line{{2}}, in.Lines)
	assert.Equal(t, map[string]*line{"b": {3}}, in.Named)
}
