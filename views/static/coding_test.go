package static_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views/static"
)

// Of the copies that a client accepts it gets the smallest, whatever the weights, as in Pyramid.
func TestCodings(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{
		"a.js": text("0123456789"), "a.js.br": text("br"), "a.js.zst": text("zst"), "a.js.gz": text("gzip"),
		"larger.js": text("1"), "larger.js.gz": text("longer"), "only.js.gz": text("only"), "alone.js": text("alone"), "dir.js": text("d"), "dir.js.gz/x": text("x"),
	}
	h := app(t, func(c *framework.Configurator) {
		c.AddStaticView("static", files)
		c.AddStaticView("gzip", files, static.Encodings(static.Gzip), static.As("gz"))
		c.AddStaticView("none", files, static.Encodings(), static.As("no"))
	})
	for _, test := range []struct{ path, accept, coding, body, vary string }{
		{"static/a.js", "", "", "0123456789", "Accept-Encoding"},
		{"static/a.js", "gzip", "gzip", "gzip", "Accept-Encoding"},
		{"static/a.js", "X-GZIP", "gzip", "gzip", "Accept-Encoding"},
		{"static/a.js", "gzip, deflate, br, zstd", "br", "br", "Accept-Encoding"},
		{"static/a.js", "gzip, zstd;q=0.1", "zstd", "zst", "Accept-Encoding"},
		{"static/a.js", "*", "br", "br", "Accept-Encoding"},
		{"static/a.js", "*, br;q=0", "zstd", "zst", "Accept-Encoding"},
		{"static/a.js", "br;q=0.000, gzip;q=x", "", "0123456789", "Accept-Encoding"},
		{"static/a.js", "identity;q=0", "", "0123456789", "Accept-Encoding"}, // rather than 406
		{"static/a.js", "gzip;q=1.5", "", "0123456789", "Accept-Encoding"},
		{"static/a.js", strings.Repeat("x,", 100) + "gzip", "", "0123456789", "Accept-Encoding"},
		{"static/larger.js", "gzip", "", "1", "Accept-Encoding"},
		{"static/larger.js", "gzip, identity;q=0", "gzip", "longer", "Accept-Encoding"},
		{"static/only.js", "gzip", "gzip", "only", "Accept-Encoding"},
		{"static/alone.js", "gzip", "", "alone", ""},
		{"static/dir.js", "gzip", "", "d", ""},
		{"gzip/a.js", "br, gzip", "gzip", "gzip", "Accept-Encoding"},
		{"none/a.js", "br, gzip", "", "0123456789", ""},
	} {
		var headers []string
		if test.accept != "" {
			headers = []string{"Accept-Encoding", test.accept}
		}
		w := get(h, "/"+test.path, headers...)
		assert.Equal(t, 200, w.Code, test)
		assert.Equal(t, test.coding, w.Header().Get("Content-Encoding"), test)
		assert.Equal(t, test.body, w.Body.String(), test)
		assert.Equal(t, test.vary, w.Header().Get("Vary"), test)
		assert.Equal(t, "text/javascript; charset=utf-8", w.Header().Get("Content-Type"), test)
		if test.coding != "" {
			assert.True(t, strings.HasSuffix(w.Header().Get("Etag"), "-"+test.coding+`"`), "a tag of its own: %v", test)
		}
	}
	w := get(h, "/static/only.js")
	assert.Equal(t, 404, w.Code, "a client that does not accept it has nothing")
	assert.Contains(t, w.Header().Get("Vary"), "Accept-Encoding")
	assert.Equal(t, "application/gzip", get(h, "/static/a.js.gz").Header().Get("Content-Type"))
}
