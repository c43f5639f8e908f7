package web_test

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
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

// multipartBody returns a form with the fields a=1 and b=2, and a file f of size bytes.
func multipartBody(t *testing.T, size int) (contentType, text string) {
	t.Helper()
	var body strings.Builder
	w := multipart.NewWriter(&body)
	require.NoError(t, w.WriteField("a", "1"))
	file, err := w.CreateFormFile("f", "f.txt")
	require.NoError(t, err)
	_, err = io.WriteString(file, strings.Repeat("x", size))
	require.NoError(t, err)
	require.NoError(t, w.WriteField("b", "2"))
	require.NoError(t, w.Close())
	return w.FormDataContentType(), body.String()
}

func TestParametersOfMultipart(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		maxForm int64
		size    int
	}{
		"in memory": {0, 10},
		"on disk":   {300, 100_000},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := &web.Application{MaxForm: tc.maxForm}
			contentType, text := multipartBody(t, tc.size)
			upload := func() *web.Request {
				r := beginIn(app, "POST", "/?a=q&q=3", text, "Content-Type", contentType)
				p, err := r.Parameters()
				require.NoError(t, err)
				assert.Equal(t, []string{"a", "q", "b"}, p.Names())
				assert.Equal(t, []string{"q", "1"}, p.All("a"))
				assert.False(t, p.Has("f"), "a file is not a parameter")
				assert.True(t, p.HasFile("f"))
				assert.False(t, p.HasFile("a"))
				t.Cleanup(func() { assert.NoError(t, web.Drive(r).RunFinishedCallbacks()) })
				return r
			}
			t.Run("then ParseMultipartForm", func(t *testing.T) {
				r := upload()
				require.NoError(t, r.ParseMultipartForm(1<<20))
				assert.Equal(t, map[string][]string{"a": {"1"}, "b": {"2"}}, r.MultipartForm.Value)
				assert.EqualValues(t, tc.size, r.MultipartForm.File["f"][0].Size)
			})
			t.Run("then FormFile", func(t *testing.T) {
				file, header, err := upload().FormFile("f")
				require.NoError(t, err)
				assert.EqualValues(t, tc.size, header.Size)
				require.NoError(t, file.Close())
			})
			t.Run("then MultipartReader", func(t *testing.T) {
				parts, err := upload().MultipartReader()
				require.NoError(t, err)
				for _, want := range []string{"a", "f", "b"} {
					part, err := parts.NextPart()
					require.NoError(t, err)
					assert.Equal(t, want, part.FormName())
				}
			})
			t.Run("then another handler", func(t *testing.T) {
				read, err := io.ReadAll(upload().HTTP().Body)
				require.NoError(t, err)
				assert.Equal(t, text, string(read))
			})
			t.Run("after ParseMultipartForm", func(t *testing.T) {
				r := beginIn(app, "POST", "/", text, "Content-Type", contentType)
				require.NoError(t, r.ParseMultipartForm(1<<20))
				p, err := r.Parameters()
				require.NoError(t, err)
				assert.Equal(t, []string{"a", "b"}, p.Names())
				assert.True(t, p.HasFile("f"))
			})
		})
	}
}

func TestParametersOfMultipartErrors(t *testing.T) {
	t.Parallel()
	contentType, text := multipartBody(t, 10)
	upload := func(text string) *web.Request {
		return beginIn(&web.Application{MaxForm: 300}, "POST", "/", text, "Content-Type", contentType)
	}
	large, limited, broken := upload(strings.Replace(text, "\r\n1\r\n", "\r\n"+strings.Repeat("1", 300)+"\r\n", 1)), upload(text), upload(text)
	web.Drive(limited).LimitBody(50)
	broken.Body = io.NopCloser(io.MultiReader(strings.NewReader(text[:100]), brokenReader{}))
	taken := upload(text)
	_, err := taken.MultipartReader()
	require.NoError(t, err)
	for name, tc := range map[string]struct {
		r      *web.Request
		status int
	}{
		"malformed":           {upload("not a form"), 400},
		"incomplete":          {upload(text[:len(text)/2]), 400},
		"not UTF-8":           {upload(strings.Replace(text, "\r\n1\r\n", "\r\n\xff\r\n", 1)), 400},
		"too large":           {large, 413},
		"body over its limit": {limited, 413},
		"broken":              {broken, 400},
		"already taken":       {taken, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := tc.r.Parameters()
			require.Error(t, err)
			status, _ := web.StatusOf(err)
			assert.Equal(t, tc.status, status)
		})
	}
}

// The test changes the environment, so it does not run in parallel.
func TestTheFileOfAFormIsRemoved(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("TMP", dir) // on Windows
	contentType, text := multipartBody(t, 100_000)
	files := func() int {
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		return len(entries)
	}
	var attach func()
	for name, read := range map[string]func(*web.Request) *web.Request{
		"request": func(r *web.Request) *web.Request { return r },
		"copy":    func(r *web.Request) *web.Request { return r.WithContext(t.Context()) },
		"detached": func(r *web.Request) *web.Request {
			d := web.Drive(r).Detach(t.Context())
			attach = d.Attach
			return d.Request()
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := beginIn(&web.Application{MaxForm: 1000}, "POST", "/", text, "Content-Type", contentType)
			r.AddFinishedCallback(func(*web.Request) error { return errBroken })
			attach = func() {}
			_, err := read(r).Parameters()
			require.NoError(t, err)
			attach()
			assert.Equal(t, 1, files())
			require.ErrorIs(t, web.Drive(r).RunFinishedCallbacks(), errBroken)
			assert.Zero(t, files())
		})
	}
	t.Setenv("TMPDIR", dir+"/missing")
	t.Setenv("TMP", dir+"/missing")
	r := beginIn(&web.Application{MaxForm: 1000}, "POST", "/", text, "Content-Type", contentType)
	_, err := r.Parameters()
	require.Error(t, err)
	_, known := web.StatusOf(err)
	assert.False(t, known, "a disk without room is not the client's fault")
}
