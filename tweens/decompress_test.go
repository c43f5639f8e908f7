package tweens_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// decompressing is a body that middleware puts in place of a compressed one.
type decompressing struct {
	io.ReadCloser
	open   func(io.Reader) (io.Reader, error)
	reader io.Reader
}

func (d *decompressing) Read(p []byte) (n int, err error) {
	if d.reader == nil {
		if d.reader, err = d.open(d.ReadCloser); err != nil {
			return 0, err
		}
	}
	return d.reader.Read(p)
}

func decompress(open func(io.Reader) (io.Reader, error)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
			hr = hr.Clone(hr.Context())
			hr.Body, hr.ContentLength = &decompressing{ReadCloser: hr.Body, open: open}, -1
			next.ServeHTTP(w, hr)
		})
	}
}

// A body that middleware cannot decompress is the client's mistake, and one that becomes too large is
// too large, wherever the middleware is and however a view reads it.
func TestBodiesThatMiddlewareDecompresses(t *testing.T) {
	t.Parallel()
	zipped := func(text string) string {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, _ = w.Write([]byte(text))
		require.NoError(t, w.Close())
		return b.String()
	}
	zstded := func(text string) string {
		w, err := zstd.NewWriter(nil)
		require.NoError(t, err)
		return string(w.EncodeAll([]byte(text), nil))
	}
	ungzip := func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }
	unzstd := func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r, zstd.WithDecoderConcurrency(1)) }
	teapot := func(io.Reader) (io.Reader, error) { return nil, web.Status(http.StatusTeapot, "") }
	noKeys := func(io.Reader) (io.Reader, error) { _, err := os.Open("/no/such/file"); return nil, err }
	const good = `{"text": "hello"}`
	long := `{"text": "` + strings.Repeat("a", 5000) + `"}`
	damaged := func(body string) string { // after the header
		b := []byte(body)
		b[len(b)-5] ^= 0xff
		return string(b)
	}
	for name, tt := range map[string]struct {
		open   func(io.Reader) (io.Reader, error)
		body   string
		status int
	}{
		"gzip":               {ungzip, zipped(good), 200},
		"zstd":               {unzstd, zstded(good), 200},
		"not gzip":           {ungzip, "certainly not compressed", 400},
		"gzip, damaged":      {ungzip, damaged(zipped(good)), 400},
		"gzip, cut":          {ungzip, zipped(good)[:20], 400},
		"gzip, empty":        {ungzip, zipped(""), 400}, // no JSON
		"not zstd":           {unzstd, "certainly not compressed", 400},
		"zstd, damaged":      {unzstd, damaged(zstded(good)), 400},
		"zstd, cut":          {unzstd, zstded(good)[:12], 400},
		"a bomb":             {ungzip, zipped(long), 413},
		"a status":           {teapot, "x", 418},
		"the server's fault": {noKeys, "x", 500},
	} {
		for place, outside := range map[string]bool{"around the application": true, "as a tween": false} {
			config := framework.New(framework.Options{MaxBody: 4000, Logger: new(frameworktest.Log).Logger()})
			if !outside {
				config.AddTween("decompress", tweens.FromMiddleware(decompress(tt.open)))
			}
			type input struct{ Text string }
			config.AddView(views.OnInput(func(_ *framework.Request, _ any, in input) (any, error) { return in, nil }), views.Name("input"))
			config.AddView(views.OnInput(func(_ *framework.Request, _ any, in input) (any, error) { return in, nil }),
				views.Name("large"), views.BodyLimit(10_000))
			config.AddView(views.Func(func(r *framework.Request) (any, error) {
				var in input
				return in, json.NewDecoder(r.Body).Decode(&in)
			}), views.Name("raw"))
			app, err := config.App()
			require.NoError(t, err)
			h := http.Handler(app)
			if outside {
				h = decompress(tt.open)(app)
			}
			for _, view := range []string{"input", "raw", "large"} {
				want := tt.status
				if want == 413 && view == "large" {
					want = 200
				}
				if view == "raw" && (name == "gzip, empty" || name == "gzip, damaged") {
					continue // a decoder of JSON finds no value, or does not read up to the damage
				}
				hr := httptest.NewRequest("POST", "/"+view, strings.NewReader(tt.body))
				hr.Header.Set("Content-Type", "application/json")
				w := httptest.NewRecorder()
				h.ServeHTTP(w, hr)
				assert.Equal(t, want, w.Code, "%s, %s, %s: %s", name, place, view, w.Body)
			}
		}
	}
}
