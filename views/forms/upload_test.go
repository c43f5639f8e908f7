package forms_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/forms"
	"github.com/mastaba-go/mastaba/views/web"
)

// album is an input with files.
type album struct {
	Title string         `form:"title"`
	Cover forms.Upload   `form:"cover" upload:"max=1KB types=image/*,text/plain required"`
	Files []forms.Upload `form:"files" upload:"count=2"`
}

const png = "\x89PNG\x0D\x0A\x1A\x0A"

func uploads(tb testing.TB) http.Handler {
	tb.Helper()
	config := framework.New(framework.Options{Root: func(*web.Request) (traversal.Resource, error) { return &Article{}, nil }, MaxBody: 3 << 20})
	forms.Add(config, func(r *web.Request, _ any) ([]forms.Problem, error) { return forms.Show(r, album{}).Problems(), nil },
		func(r *web.Request, _ any, in album) (*web.Response, error) {
			var sink strings.Builder
			n, err := in.Cover.WriteTo(&sink)
			if n != in.Cover.Size() {
				err = fmt.Errorf("copied %d of %d bytes: %w", n, in.Cover.Size(), err)
			}
			return r.Text(in.Title + " " + in.Cover.Name() + " " + in.Cover.Type() + " " + sink.String() + strings.Repeat("+", len(in.Files))), err
		}, views.Name("edit"))
	app, err := config.App()
	require.NoError(tb, err)
	return app
}

// part is a part of a multipart form: a file, or without a file name a text.
type part struct{ field, file, content string }

func sendParts(tb testing.TB, app http.Handler, accept string, parts ...part) *httptest.ResponseRecorder {
	tb.Helper()
	var body bytes.Buffer
	to := multipart.NewWriter(&body)
	for _, p := range parts {
		if p.file == "" {
			require.NoError(tb, to.WriteField(p.field, p.content))
			continue
		}
		w, err := to.CreateFormFile(p.field, p.file)
		require.NoError(tb, err)
		_, err = w.Write([]byte(p.content))
		require.NoError(tb, err)
	}
	require.NoError(tb, to.Close())
	hr := httptest.NewRequest(http.MethodPost, "/edit?title=query", &body)
	hr.Header.Set("Content-Type", to.FormDataContentType())
	hr.Header.Set("Accept", accept)
	w := httptest.NewRecorder()
	app.ServeHTTP(w, hr)
	return w
}

func TestUploads(t *testing.T) {
	t.Parallel()
	cover := part{"cover", "../../a.png", png}
	app := uploads(t)
	for name, tt := range map[string]struct {
		parts  []part
		accept string
		status int
		want   string
	}{
		"sniffed":         {[]part{{"title", "", "T"}, {"cover", "../../a.png", png}}, "text/html", 200, "T a.png image/png " + png},
		"several":         {[]part{cover, {"files", "b", "x"}, {"files", "c", "y"}}, "text/html", 200, "query a.png image/png " + png + "++"},
		"too many":        {[]part{cover, {"files", "b", "x"}, {"files", "c", "y"}, {"files", "d", "z"}}, "text/html", 422, `"Path":"files","Code":"too-many"`},
		"missing":         {[]part{{"title", "", "T"}}, "text/html", 422, `"Path":"cover","Code":"required"`},
		"too large":       {[]part{{"cover", "a.txt", strings.Repeat("a", 1025)}}, "text/html", 413, `"Path":"cover","Code":"too-large"`},
		"too large, JSON": {[]part{{"cover", "a.txt", strings.Repeat("a", 1025)}}, "application/json", 413, `"errors":[{"field":"cover"`},
		"a script as png": {[]part{{"cover", "a.png", "<html><script>x</script>"}}, "text/html", 422, `"Code":"media-type"`},
		"long name":       {[]part{cover, {"files", strings.Repeat("n", 256), "x"}}, "text/html", 422, `"Path":"files.0","Code":"file-name"`},
		"large body":      {[]part{cover, {"files", "b", strings.Repeat("a", 4<<20)}}, "text/html", 413, ""},
		"on disk":         {[]part{cover, {"files", "b", strings.Repeat("a", 2<<20)}}, "text/html", 200, "+"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := sendParts(t, app, tt.accept, tt.parts...)
			assert.Equal(t, tt.status, w.Code, "%.300s", w.Body)
			assert.Contains(t, w.Body.String(), tt.want)
		})
	}
	w := post(app, `{"title":"x","cover":{}}`, "Content-Type", "application/json", "Accept", "application/json")
	assert.Equal(t, 422, w.Code)
	assert.Contains(t, w.Body.String(), `"field":"cover"`)
}

func TestUploadOfTooManyParts(t *testing.T) {
	t.Parallel()
	parts := make([]part, 1200)
	for i := range parts {
		parts[i] = part{"files", "f", ""}
	}
	w := sendParts(t, uploads(t), "text/html", parts...)
	assert.Contains(t, []int{400, 413, 422}, w.Code, "%s", w.Body)
}

func TestInvalidUploadTags(t *testing.T) {
	t.Parallel()
	type bad struct {
		F forms.Upload `upload:"max=much"`
	}
	type single struct {
		F forms.Upload `upload:"count=2"`
	}
	type text struct {
		F string `upload:"max=1KB"`
	}
	config := framework.New(framework.Options{Root: func(*web.Request) (traversal.Resource, error) { return &Article{}, nil }})
	show := func(*web.Request, any) (string, error) { return "", nil }
	forms.Add(config, show, func(*web.Request, any, bad) (*web.Response, error) { return nil, nil })
	forms.Add(config, show, func(*web.Request, any, single) (*web.Response, error) { return nil, nil })
	forms.Add(config, show, func(*web.Request, any, text) (*web.Response, error) { return nil, nil })
	_, err := config.App()
	require.ErrorContains(t, err, `field F: invalid "max=much" in its tag`)
	require.ErrorContains(t, err, `field F: invalid "count=2" in its tag`)
	require.ErrorContains(t, err, "is neither an upload nor a slice of uploads")
}

// FuzzMultipart never panics, and answers with a status that blames the client.
func FuzzMultipart(f *testing.F) {
	f.Add("--x\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nT\r\n--x\r\nContent-Disposition: form-data; name=\"cover\"; filename=\"a\"\r\n\r\nhi\r\n--x--\r\n")
	f.Add("--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"\"\r\n\r\n\r\n--x")
	f.Add("--x--")
	app := uploads(f)
	f.Fuzz(func(t *testing.T, body string) {
		w := post(app, body, "Content-Type", "multipart/form-data; boundary=x")
		assert.Less(t, w.Code, 500, "%s", w.Body)
	})
}

// TestProblemsOfElements: an input in the page sends all files, so the problem of one is that of
// the input.
func TestProblemsOfElements(t *testing.T) {
	t.Parallel()
	type photos struct {
		Files []forms.Upload `form:"files" upload:"types=image/png"`
	}
	config := framework.New(framework.Options{Root: func(*web.Request) (traversal.Resource, error) { return &Article{}, nil }})
	forms.Add(config, func(r *web.Request, _ any) ([]string, error) {
		form := forms.Show(r, nil)
		of := form.Problems("files")
		return []string{form.Problem("files"), form.Problem("files.0"), form.Problem("files.1"), of[0].Path, of[0].Field(), fmt.Sprint(of[0].Params["file"])}, nil
	}, func(r *web.Request, _ any, _ photos) (*web.Response, error) { return r.Text("saved"), nil }, views.Name("edit"))
	app, err := config.App()
	require.NoError(t, err)
	w := sendParts(t, app, "text/html", part{"files", "a.png", png}, part{"files", "b.png", "<html>"})
	const wrong = `"the file is text/html: expected image/png"`
	assert.JSONEq(t, `[`+wrong+`, "", `+wrong+`, "files.1", "files", "b.png"]`, w.Body.String())
	assert.Equal(t, "lines.0.qty", forms.Problem{Path: "lines.0.qty"}.Field())
	assert.Equal(t, "files", forms.Problem{Path: "files"}.Field())
}
