package tweens_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestCompressTypes(t *testing.T) {
	t.Parallel()
	o := tweens.CompressOptions{MinSize: -1, Types: []string{"text/event-stream", "application/*", "+xml"}}
	for contentType, want := range map[string]string{
		"text/event-stream": "gzip", "application/json": "gzip", "image/svg+xml; charset=utf-8": "gzip", "IMAGE/SVG+XML": "gzip",
		"text/plain": "", "image/png": "",
	} {
		w := send(t, compressed(t, o, responds(func(r *web.Response) {
			r.SetContentType(contentType)
			r.SetBytes(bytes.Repeat([]byte("x"), 100))
		})), "GET", "Accept-Encoding", "gzip")
		assert.Equal(t, want, w.Header().Get("Content-Encoding"), contentType)
	}
	for _, wrong := range []string{"Text/plain", "json", "a/b/c"} {
		_, err := tweens.Compress(tweens.CompressOptions{Types: []string{wrong}}).Build(text(""), mustBuild(t, noTweens))
		assert.ErrorContains(t, err, fmt.Sprintf("type %q", wrong))
	}
}

func TestCompressNoTransform(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		lines []string
		want  string // the coding
	}{
		{[]string{"public, no-transform"}, ""},
		{[]string{"public, No-Transform"}, ""},
		{[]string{"public", "no-transform"}, ""},
		{[]string{"", "no-transform"}, ""},
		{[]string{`x="a\", b", no-transform`}, ""},
		{[]string{`x="no-transform"`}, "gzip"},
		{[]string{`x="a, no-transform, b"`}, "gzip"},
		{[]string{`x="\", no-transform"`}, "gzip"},
		{[]string{"no-transformer, x-no-transform"}, "gzip"},
	} {
		for name, main := range map[string]web.Handler{
			"bytes": responds(func(r *web.Response) {
				r.SetText(prose)
				for _, line := range test.lines {
					r.AddHeader("Cache-Control", line)
				}
			}),
			"handler": responds(func(r *web.Response) {
				r.SetHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					w.Header()["Cache-Control"] = test.lines
					_, _ = io.WriteString(w, prose)
				}))
			}),
		} {
			w := send(t, compressed(t, tweens.CompressOptions{}, main), "GET", "Accept-Encoding", "gzip")
			assert.Equal(t, test.want, w.Header().Get("Content-Encoding"), "%s: %q", name, test.lines)
		}
	}
}

// A part has the Vary of the whole (RFC 9110 15.3.7).
func TestCompressVaryOfParts(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		file, body, header string // header: Cache-Control
		want               string
	}{
		"text":         {"a.txt", prose, "", "Accept-Encoding"},
		"short":        {"a.txt", "short text", "", ""},
		"no transform": {"a.txt", prose, "no-transform", ""},
	} {
		for _, ranges := range []string{"", "bytes=0-4", "bytes=0-1,4-5", "bytes=90000-"} {
			h := compressed(t, tweens.CompressOptions{}, responds(func(r *web.Response) {
				r.SetHandler(http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
					if test.header != "" {
						w.Header().Set("Cache-Control", test.header)
					}
					http.ServeContent(w, hr, test.file, time.Time{}, strings.NewReader(test.body))
				}))
			}))
			w := send(t, h, "GET", "Accept-Encoding", "gzip", "Range", ranges)
			if w.Code == 416 && test.header != "" || strings.Contains(ranges, ",") && len(test.body) < 1024 {
				continue // ServeContent removes Cache-Control, or names no length
			}
			assert.Equal(t, test.want, w.Header().Get("Vary"), "%s %s: %d", name, ranges, w.Code)
		}
	}
	image := compressed(t, tweens.CompressOptions{}, responds(func(r *web.Response) {
		r.SetStatus(206)
		r.SetContentType("image/png")
		r.SetHeader("Content-Range", "bytes 0-4/10000")
		r.SetBytes([]byte("12345"))
	}))
	assert.Empty(t, send(t, image, "GET", "Range", "bytes=0-4").Header().Get("Vary"))
	part := compressed(t, tweens.CompressOptions{}, responds(func(r *web.Response) {
		r.SetStatus(206)
		r.SetHeader("Content-Range", "bytes 0-4/10000")
		r.SetText("12345")
	}))
	assert.Equal(t, "Accept-Encoding", send(t, part, "GET", "Range", "bytes=0-4").Header().Get("Vary"))
}

// Digests of the plain bytes are wrong for the compressed ones (RFC 9530).
func TestCompressDigests(t *testing.T) {
	t.Parallel()
	digests := []string{"Content-Digest", "Repr-Digest", "Digest", "Content-MD5"}
	h := compressed(t, tweens.CompressOptions{}, responds(func(r *web.Response) {
		r.SetText(prose)
		for _, name := range digests {
			r.SetHeader(name, "x")
		}
	}))
	coded, plain := send(t, h, "GET", "Accept-Encoding", "gzip"), send(t, h, "GET")
	for _, name := range digests {
		assert.Empty(t, coded.Header().Get(name), name)
		assert.Equal(t, "x", plain.Header().Get(name), name)
	}
}

// The tag of a compressed page works like the application's own.
func TestCompressETags(t *testing.T) {
	t.Parallel()
	content := func(w http.ResponseWriter, hr *http.Request) {
		w.Header().Set("Etag", `"v1"`)
		http.ServeContent(w, hr, "page.txt", time.Time{}, strings.NewReader(prose))
	}
	for name, main := range map[string]web.Handler{
		"handler": responds(func(r *web.Response) { r.SetHandler(http.HandlerFunc(content)) }),
		"value": func(r *web.Request) (*web.Response, error) {
			w := httptest.NewRecorder()
			content(w, r.HTTP())
			resp := web.Respond(w.Code)
			for name, values := range w.Header() {
				resp.SetHeader(name, values[0])
			}
			resp.DelHeader("Content-Length")
			resp.SetBytes(w.Body.Bytes())
			return resp, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := compressed(t, tweens.CompressOptions{}, main)
			for _, test := range []struct {
				header, tags string
				status       int
				tag          string
			}{
				{"If-None-Match", `"v1-gzip"`, 304, `"v1-gzip"`},
				{"If-None-Match", `"v0", "v1-gzip"`, 304, `"v1-gzip"`},
				{"If-None-Match", `"v1-zstd"`, 200, `"v1-gzip"`}, // a cache must not serve zstd to this client
				{"If-None-Match", `"v1-zstd", "v1-gzip"`, 304, `"v1-gzip"`},
				{"If-None-Match", `"v1-zstd", "v1"`, 304, `"v1"`},
				{"If-None-Match", `"a,b-gzip", "v1-gzip"`, 304, `"v1-gzip"`}, // a tag may have commas
				{"If-None-Match", `"v1"`, 304, `"v1"`},
				{"If-None-Match", `W/"v1-gzip"`, 304, `"v1-gzip"`},
				{"If-None-Match", `"v0-gzip"`, 200, `"v1-gzip"`},
				{"If-Match", `"v1-gzip"`, 200, `"v1-gzip"`},
				{"If-Match", `"v1-zstd"`, 200, `"v1-gzip"`},
				{"If-Match", `"v0-gzip"`, 412, `"v1"`},
				{"If-Match", `*`, 200, `"v1-gzip"`},
			} {
				w := send(t, h, "GET", "Accept-Encoding", "gzip", test.header, test.tags)
				assert.Equal(t, test.status, w.Code, test.tags)
				assert.Equal(t, test.tag, w.Header().Get("Etag"), test.tags)
				if test.status == 304 {
					assert.Equal(t, "Accept-Encoding", w.Header().Get("Vary"))
				}
			}
			w := send(t, h, "GET", "Accept-Encoding", "gzip", "Range", "bytes=0-3", "If-Range", `"v1-gzip"`)
			assert.Equal(t, 200, w.Code, "plain bytes cannot continue compressed ones")
			w = send(t, h, "GET", "Accept-Encoding", "gzip", "Range", "bytes=0-3", "If-Range", `"v1"`)
			assert.Equal(t, 206, w.Code)
			assert.Equal(t, prose[:4], w.Body.String())
		})
	}
	weak := compressed(t, tweens.CompressOptions{}, responds(func(r *web.Response) { r.SetText(prose); r.SetHeader("Etag", `W/"v1"`) }))
	assert.Equal(t, `W/"v1"`, send(t, weak, "GET", "Accept-Encoding", "gzip").Header().Get("Etag"))
}
