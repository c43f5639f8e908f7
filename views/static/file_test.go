package static_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"mime"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/static"
)

// fileApp serves the file or content of fn at /.
func fileApp(t *testing.T, fn func(r *framework.Request) (*framework.Response, error)) *framework.App {
	t.Helper()
	return app(t, func(c *framework.Configurator) { c.AddView(views.Func(fn)) })
}

func TestFile(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{
		"docs/report.pdf": {Data: []byte("pdf"), ModTime: time.Unix(1_600_000_000, 0)}, "big.bin": text(strings.Repeat("x", 1<<20)),
		"odd": {Data: []byte("x"), Mode: fs.ModeNamedPipe},
	}
	h := fileApp(t, func(r *framework.Request) (*framework.Response, error) {
		return static.File(r, files, r.URL.Query().Get("name"), static.FileOptions{Attachment: r.URL.Query().Has("save")})
	})
	w := get(h, "/?name=docs/report.pdf")
	require.Equal(t, 200, w.Code)
	assert.Equal(t, "pdf", w.Body.String())
	assert.Equal(t, "application/pdf", w.Header().Get("Content-Type"))
	assert.Equal(t, "Sun, 13 Sep 2020 12:26:40 GMT", w.Header().Get("Last-Modified"))
	assert.Empty(t, w.Header().Get("Content-Disposition"))
	tag := w.Header().Get("Etag")
	require.NotEmpty(t, tag)
	assert.Equal(t, 304, get(h, "/?name=docs/report.pdf", "If-None-Match", tag).Code)
	assert.Equal(t, 412, get(h, "/?name=docs/report.pdf", "If-Match", `"x"`).Code)
	w = get(h, "/?name=docs/report.pdf", "Range", "bytes=9-")
	assert.Equal(t, 416, w.Code)
	assert.Equal(t, "bytes */3", w.Header().Get("Content-Range"))
	assert.Equal(t, `attachment; filename="report.pdf"`, get(h, "/?name=docs/report.pdf&save").Header().Get("Content-Disposition"))
	assert.Equal(t, 1<<20, get(h, "/?name=big.bin").Body.Len())
	for _, name := range []string{"gone", "docs", "../x", "", "odd", "docs/report.pdf/"} {
		assert.Equal(t, 404, get(h, "/?name="+name).Code, name)
	}
	w = do(h, "HEAD", "/?name=docs/report.pdf")
	assert.Equal(t, 200, w.Code)
	assert.Empty(t, w.Body.String())
	assert.Equal(t, "3", w.Header().Get("Content-Length"))
}

func TestUnreadableFile(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("root may read everything")
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "x"), nil, 0))
	h := app(t, func(c *framework.Configurator) { c.AddStaticView("static", os.DirFS(dir)) })
	assert.Equal(t, 403, get(h, "/static/x").Code)
}

// closing counts how often content is closed.
type closing struct {
	io.ReadSeeker
	closed *int
	fails  bool
}

func (c closing) Close() error { *c.closed++; return nil }

func (c closing) Seek(offset int64, whence int) (int64, error) {
	if c.fails {
		return 0, errors.New("no seat")
	}
	return c.ReadSeeker.Seek(offset, whence)
}

// Content is closed exactly once, whatever is sent.
func TestContentIsClosed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		method  string
		headers []string
		fails   bool
		status  int
	}{
		"all":         {"GET", nil, false, 200},
		"head":        {"HEAD", nil, false, 200},
		"unchanged":   {"GET", []string{"If-None-Match", `"v"`}, false, 304},
		"changed":     {"GET", []string{"If-Match", `"x"`}, false, 412},
		"part":        {"GET", []string{"Range", "bytes=1-2"}, false, 206},
		"parts":       {"GET", []string{"Range", "bytes=0-0,2-2"}, false, 206},
		"beyond":      {"GET", []string{"Range", "bytes=9-"}, false, 416},
		"cannot seek": {"GET", nil, true, 500},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			closed := 0
			h := fileApp(t, func(r *framework.Request) (*framework.Response, error) {
				return static.Content(r, closing{strings.NewReader("abc"), &closed, test.fails}, "a.txt", time.Time{}, static.FileOptions{ETag: `"v"`})
			})
			assert.Equal(t, test.status, do(h, test.method, "/", test.headers...).Code)
			assert.Equal(t, 1, closed)
		})
	}
}

// A name for saving is safe in a header, and clients read it back.
func TestFilenames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"a.txt":            `attachment; filename="a.txt"`,
		"a b.txt":          `attachment; filename="a b.txt"`,
		`say "hi".txt`:     `attachment; filename="say \"hi\".txt"`,
		"grün.txt":         `attachment; filename="gr_n.txt"; filename*=UTF-8''gr%C3%BCn.txt`,
		"50%.txt":          `attachment; filename="50_.txt"; filename*=UTF-8''50%25.txt`,
		"../../etc/passwd": `attachment; filename="passwd"`,
		`C:\x\a.txt`:       `attachment; filename="a.txt"`,
		"a\r\nSet-Cookie:": `attachment; filename="a__Set-Cookie:"`,
		"a\xff.txt":        `attachment; filename="a_.txt"`,
		"€":                `attachment; filename="_"; filename*=UTF-8''%E2%82%AC`,
		"folder/":          `attachment`,
	} {
		h := fileApp(t, func(r *framework.Request) (*framework.Response, error) {
			return static.Content(r, bytes.NewReader(nil), "x", time.Time{}, static.FileOptions{Attachment: true, Filename: name})
		})
		assert.Equal(t, want, get(h, "/").Header().Get("Content-Disposition"), "%q", name)
	}
	h := fileApp(t, func(r *framework.Request) (*framework.Response, error) {
		return static.Content(r, bytes.NewReader(nil), "x", time.Time{}, static.FileOptions{Filename: "a.txt"})
	})
	assert.Equal(t, `inline; filename="a.txt"`, get(h, "/").Header().Get("Content-Disposition"))
}

// FuzzFilename: whatever the name, the header has one line and is one that package mime reads, and
// the name in it is that of the last path element.
func FuzzFilename(f *testing.F) {
	for _, s := range []string{"a.txt", "\"", "\\", "ü/ö", "%", "\r\n", "\xff", "a'b", "'';filename=x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		h := fileApp(t, func(r *framework.Request) (*framework.Response, error) {
			return static.Content(r, bytes.NewReader(nil), "x", time.Time{}, static.FileOptions{Attachment: true, Filename: "n" + name})
		})
		w := get(h, "/")
		require.Equal(t, 200, w.Code)
		header := w.Header().Get("Content-Disposition")
		kind, params, err := mime.ParseMediaType(header)
		require.NoError(t, err, header)
		assert.Equal(t, "attachment", kind)
		saved := params["filename"]
		assert.NotContains(t, saved, "/")
		assert.NotContains(t, saved, "\\")
		if header == kind {
			assert.Regexp(t, `[/\\]$`, name)
		}
	})
}
