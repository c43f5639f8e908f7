package tweens_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/internal/rfc9110"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/web"
)

// Conditional and range requests through Compress get what the RFC says: TestModel in
// internal/rfc9110 shows that its model sees faults.
func TestCompressFollowsRFC9110(t *testing.T) {
	t.Parallel()
	modified := time.Date(2023, 11, 14, 22, 13, 20, 0, time.UTC)
	long, short := strings.Repeat("0123456789abcdef ", 20), "abc"
	files := fstest.MapFS{
		"long.txt": {Data: []byte(long), ModTime: modified}, "short.txt": {Data: []byte(short), ModTime: modified},
		"empty.txt": {ModTime: modified}, "image.png": {Data: []byte(long), ModTime: modified},
		"future.txt": {Data: []byte(long), ModTime: time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)},
	}
	served := func(name, tag, cacheControl string) views.View {
		return views.HTTP(http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
			if tag != "" {
				w.Header().Set("Etag", tag)
			}
			if cacheControl != "" {
				w.Header().Set("Cache-Control", cacheControl)
			}
			http.ServeFileFS(w, hr, files, name)
		}))
	}
	plain := func(tag string) views.View { // sets headers and nothing else
		return views.Func(func(r *web.Request) (*web.Response, error) {
			resp := r.Text(long)
			resp.SetHeader("Etag", tag)
			resp.SetHeader("Last-Modified", modified.Format(http.TimeFormat))
			return resp, nil
		})
	}
	recorded := func(tag string) views.View { // evaluates the conditions itself
		return views.Func(func(r *web.Request) (*web.Response, error) {
			w := httptest.NewRecorder()
			w.Header().Set("Etag", tag)
			http.ServeContent(w, r.HTTP(), "long.txt", modified, strings.NewReader(long))
			resp := web.Respond(w.Code)
			for name, values := range w.Header() {
				resp.SetHeader(name, values[0])
			}
			if w.Body.Len() > 0 { // a response to HEAD keeps its Content-Length
				resp.SetBytes(w.Body.Bytes())
			}
			return resp, nil
		})
	}
	const text = "text/plain; charset=utf-8"
	for name, test := range map[string]struct {
		view     views.View
		resource rfc9110.Resource
	}{
		"file":               {served("long.txt", `"v1"`, "no-cache"), rfc9110.Resource{Body: long, Type: text, ETag: `"v1"`, Modified: modified, CacheControl: "no-cache", Coded: true}},
		"file, weak tag":     {served("long.txt", `W/"v1"`, ""), rfc9110.Resource{Body: long, Type: text, ETag: `W/"v1"`, Modified: modified, Coded: true}},
		"file, comma in tag": {served("long.txt", `"a,b"`, ""), rfc9110.Resource{Body: long, Type: text, ETag: `"a,b"`, Modified: modified, Coded: true}},
		"file without tag":   {served("long.txt", "", ""), rfc9110.Resource{Body: long, Type: text, Modified: modified, Coded: true}},
		"short file":         {served("short.txt", `"v1"`, ""), rfc9110.Resource{Body: short, Type: text, ETag: `"v1"`, Modified: modified}},
		"empty file":         {served("empty.txt", `"v1"`, ""), rfc9110.Resource{Body: "", Type: text, ETag: `"v1"`, Modified: modified}},
		"image":              {served("image.png", `"v1"`, ""), rfc9110.Resource{Body: long, Type: "image/png", ETag: `"v1"`, Modified: modified}},
		"no-transform":       {served("long.txt", `"v1"`, "no-transform"), rfc9110.Resource{Body: long, Type: text, ETag: `"v1"`, Modified: modified, CacheControl: "no-transform"}},
		"future file":        {served("future.txt", `"v1"`, ""), rfc9110.Resource{Body: long, Type: text, ETag: `"v1"`, Modified: files["future.txt"].ModTime, Coded: true}},
		"headers only":       {plain(`"v1"`), rfc9110.Resource{Body: long, Type: text, ETag: `"v1"`, Modified: modified, Coded: true, Unconditional: true}},
		"recorded":           {recorded(`"v1"`), rfc9110.Resource{Body: long, Type: text, ETag: `"v1"`, Modified: modified, Coded: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := framework.New(framework.Options{})
			config.AddView(test.view)
			config.AddTween("compress", tweens.Compress(tweens.CompressOptions{MinSize: 16}))
			app, err := config.App()
			require.NoError(t, err)
			test.resource.Codings = []string{"zstd", "gzip"}
			test.resource.Lenient = !test.resource.Unconditional
			assert.NoError(t, test.resource.Try(app, "/", rfc9110.Requests(), decode))
		})
	}
}

// decode removes a content coding.
func decode(coding string, body []byte) (string, error) {
	var r io.Reader = bytes.NewReader(body)
	switch coding {
	case "gzip":
		z, err := gzip.NewReader(r)
		if err != nil {
			return "", err
		}
		r = z
	case "zstd":
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1))
		if err != nil {
			return "", err
		}
		defer z.Close()
		r = z
	}
	plain, err := io.ReadAll(r)
	return string(plain), err
}
