package web_test

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web"
)

const formType = "application/x-www-form-urlencoded"

func TestParameters(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, method, query, form, kind string
		want                            string // of "a", "-" if absent
		all                             []string
	}{
		{"none", "GET", "", "", "", "-", nil},
		{"query", "GET", "a=1", "", "", "1", []string{"1"}},
		{"the last value counts", "GET", "a=1&a=2&b=3", "", "", "2", []string{"1", "2"}},
		{"form", "POST", "", "a=1&a=2", formType, "2", []string{"1", "2"}},
		{"put", "PUT", "", "a=1", formType, "1", []string{"1"}},
		{"patch", "PATCH", "", "a=1", formType + "; charset=utf-8", "1", []string{"1"}},
		{"query wins", "POST", "a=q", "a=f", formType, "q", []string{"q", "f"}},
		{"a GET has no form", "GET", "", "a=1", formType, "-", nil},
		{"another type is no form", "POST", "", "a=1", "text/plain", "-", nil},
		{"no type is no form", "POST", "", "a=1", "", "-", nil},
		{"odd type parameters", "POST", "", "a=1", formType + "; charset", "1", []string{"1"}},
		{"no value", "GET", "a", "", "", "", []string{""}},
		{"escapes", "GET", "%61=%C3%A4+%2B&b", "", "", "ä +", []string{"ä +"}},
		{"a lone percent sign", "GET", "a=100%&b=%zz", "", "", "100%", []string{"100%"}},
		{"semicolons are ordinary", "GET", "a=1;b=2", "", "", "1;b=2", []string{"1;b=2"}},
		{"equal signs in the value", "GET", "a=b=c", "", "", "b=c", []string{"b=c"}},
		{"empty parts", "GET", "&&a=1&", "", "", "1", []string{"1"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := begin(tc.method, "/", tc.form, "Content-Type", tc.kind)
			r.URL.RawQuery = tc.query
			for range 2 {
				p, err := r.Parameters()
				require.NoError(t, err)
				got, ok := p.Get("a")
				if !ok {
					got = "-"
				}
				assert.Equal(t, tc.want, got)
				assert.Equal(t, ok, p.Has("a"))
				assert.Equal(t, tc.all, p.All("a"))
			}
			body, err := io.ReadAll(r.Body)
			require.NoError(t, err)
			assert.Equal(t, tc.form, string(body), "the body stays readable")
		})
	}
}

func TestParameterNames(t *testing.T) {
	t.Parallel()
	r := post("b=1&c=2")
	r.URL.RawQuery = "a=1&b=2&a=3"
	p, err := r.Parameters()
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "b", "c"}, p.Names())
	assert.Equal(t, 5, p.Len())
}

func TestParametersErrors(t *testing.T) {
	t.Parallel()
	app := &web.Application{MaxForm: 10}
	form := func(body string) *web.Request { return beginIn(app, "POST", "/", body, "Content-Type", formType) }
	broken := form("a=1")
	broken.Body = io.NopCloser(io.MultiReader(strings.NewReader("a=1"), brokenReader{}))
	unknown := form("a=12345678901")
	unknown.ContentLength = -1
	limited := form("a=1234567")
	limited.Body = http.MaxBytesReader(nil, limited.Body, 5)
	for name, tc := range map[string]struct {
		r      *web.Request
		status int
	}{
		"query is not UTF-8": {get("/?a=%ff"), 400},
		"form is not UTF-8":  {form("a=%ff"), 400},
		"too large":          {form("a=12345678901"), 413},
		"too large, unsaid":  {unknown, 413},
		"limited by others":  {limited, 413},
		"broken":             {broken, 400},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := tc.r.Parameters()
			status, ok := web.StatusOf(err)
			assert.True(t, ok)
			assert.Equal(t, tc.status, status)
			_, again := tc.r.Parameters()
			assert.Equal(t, err, again)
		})
	}
	_, _ = unknown.Parameters()
	body, err := io.ReadAll(unknown.Body)
	require.NoError(t, err)
	assert.Equal(t, "a=12345678901", string(body), "also what was too large")
	_, _ = broken.Parameters()
	_, err = io.ReadAll(broken.Body)
	assert.True(t, errors.Is(err, errBroken))
}

func TestParametersOfCopies(t *testing.T) {
	t.Parallel()
	r := post("a=1")
	r.URL.RawQuery = "q=outer"
	hr := r.HTTP()
	hr.URL = &url.URL{Path: "/", RawQuery: "q=inner"}
	inner := r.With(hr)
	p, err := inner.Parameters()
	require.NoError(t, err)
	q, _ := p.Get("q")
	assert.Equal(t, "inner", q)
	p, err = r.Parameters()
	require.NoError(t, err)
	q, _ = p.Get("q")
	assert.Equal(t, "outer", q)
	a, _ := p.Get("a")
	assert.Equal(t, "1", a)
	for _, body := range []io.Reader{r.Body} {
		b, _ := io.ReadAll(body)
		assert.Equal(t, "a=1", string(b), "the original's body is readable too")
	}
}

func TestParametersAfterParseForm(t *testing.T) {
	t.Parallel()
	r := post("b=2&a=1&a=3")
	require.NoError(t, r.ParseForm())
	p, err := r.Parameters()
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "b"}, p.Names())
	assert.Equal(t, []string{"1", "3"}, p.All("a"))
}

func FuzzParameters(f *testing.F) {
	f.Add("a=1&b=%C3%A4+x")
	f.Add("%")
	f.Fuzz(func(t *testing.T, text string) {
		r := post(text)
		p, err := r.Parameters()
		if err != nil {
			if status, _ := web.StatusOf(err); status != 400 {
				t.Fatal(err)
			}
			return
		}
		want, err := url.ParseQuery(text)
		if err != nil {
			return // net/url is stricter
		}
		for name, values := range want {
			if got := p.All(name); len(got) != len(values) {
				t.Fatalf("%q: %q, net/url has %q", name, got, values)
			}
		}
	})
}
