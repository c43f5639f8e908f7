package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/frameworktest"
	"github.com/mastaba-go/mastaba/internal/rfc9110"
	"github.com/mastaba-go/mastaba/tweens"
)

func TestRawTypes(t *testing.T) {
	t.Parallel()
	files := tree{
		"a.go": "package a", "a.ts": "let a: number", "a.html": "<p>", "a.svg": "<svg/>", "a.xhtml": "<html/>", "a.xml": "<a/>", "a.js": "a()", "a.css": "a{}", "a.json": "{}",
		"a.md": "# a", "a.txt": "a", "Makefile": "all:", "a.unknown": "text", "a.png": "\x89PNG", "a.pdf": "%PDF", "a.wasm": "\x00asm", "a.zip": "PK", "b.txt": "\x00", "b.html": "<p>\x00", "b.none": "\x00",
		"latin1.txt": "na\xefve", "latin1.html": "<p>na\xefve", "cut.txt": strings.Repeat("x", lookedAt-1) + "ï", "cut4.txt": strings.Repeat("x", lookedAt-3) + "😀",
		"uncut.txt": strings.Repeat("x", lookedAt-2) + "\xefve", "late.txt": strings.Repeat("x", lookedAt) + "\xef", "torn.txt": "na\xc3",
		"a.mp4": "ftyp", "naïve \"x\".txt": "quoted",
	}
	app := newApp(t, newSite(t, files.write(t), false))
	tests := map[string]string{
		"a.go": "text/plain; charset=utf-8", "a.ts": "text/plain; charset=utf-8", "a.html": "text/html; charset=utf-8", "a.svg": "image/svg+xml",
		"a.xhtml": "application/xhtml+xml", "a.xml": "application/xml", "a.js": "text/javascript; charset=utf-8", "a.css": "text/css; charset=utf-8",
		"a.json": "application/json", "a.md": "text/markdown; charset=utf-8", "a.txt": "text/plain; charset=utf-8", "Makefile": "text/plain; charset=utf-8",
		"a.unknown": "text/plain; charset=utf-8", "a.png": "image/png", "a.pdf": "application/pdf", "a.wasm": "application/wasm", "a.zip": "application/zip",
		"b.txt": "application/octet-stream", "b.html": "application/octet-stream", "b.none": "application/octet-stream", "a.mp4": "video/mp4",
		"latin1.txt": "text/plain", "latin1.html": "text/html", "cut.txt": "text/plain; charset=utf-8", "cut4.txt": "text/plain; charset=utf-8",
		"uncut.txt": "text/plain", "late.txt": "text/plain; charset=utf-8", "torn.txt": "text/plain",
		"na%C3%AFve%20%22x%22.txt": "text/plain; charset=utf-8",
	}
	for name, mediaType := range tests {
		response := app.Get("/" + name + "/raw").Status(http.StatusOK)
		assert.Equal(t, mediaType, response.Header.Get("Content-Type"), name)
		assert.Equal(t, "nosniff", response.Header.Get("X-Content-Type-Options"), name)
		assert.Equal(t, "same-origin", response.Header.Get("Cross-Origin-Resource-Policy"), name)
		assert.Contains(t, response.Header.Get("Content-Disposition"), "inline; filename", name)
		if name != "a.pdf" {
			assert.Equal(t, sandboxed, response.Header.Get("Content-Security-Policy"), name)
		}
		assert.Contains(t, app.Get("/"+name+"/raw?download").Status(http.StatusOK).Header.Get("Content-Disposition"), "attachment; filename", name)
	}
}

func TestRangesAndConditions(t *testing.T) {
	t.Parallel()
	dir := tree{"digits.txt": "0123456789"}.write(t)
	app := newApp(t, newSite(t, dir, false))
	first := app.Get("/digits.txt/raw").Status(http.StatusOK)
	etag, modified := first.Header.Get("Etag"), first.Header.Get("Last-Modified")
	require.NotEmpty(t, etag)
	require.NotEmpty(t, modified)
	tests := []struct {
		name, header, value string
		status              int
		text, contentRange  string
	}{
		{"a range", "Range", "bytes=2-4", 206, "234", "bytes 2-4/10"},
		{"the end", "Range", "bytes=-3", 206, "789", "bytes 7-9/10"},
		{"from there on", "Range", "bytes=8-", 206, "89", "bytes 8-9/10"},
		{"beyond the end", "Range", "bytes=20-", 416, "", "bytes */10"},
		{"nonsense", "Range", "bytes=x", 200, "0123456789", ""},
		{"the last 0 bytes", "Range", "bytes=-0", 416, "", "bytes */10"},
		{"the last 0 bytes and another range", "Range", "bytes=-0,1-2", 206, "12", "bytes 1-2/10"},
		{"more than there is", "Range", "bytes=-99999999999999999999", 206, "0123456789", "bytes 0-9/10"},
		{"unit in upper case", "Range", "BYTES=1-2", 206, "12", "bytes 1-2/10"},
		{"another unit", "Range", "lines=1-2", 200, "0123456789", ""},
		{"known by its tag", "If-None-Match", etag, 304, "", ""},
		{"another tag", "If-None-Match", `"x"`, 200, "0123456789", ""},
		{"not changed since", "If-Modified-Since", modified, 304, "", ""},
		{"changed since", "If-Modified-Since", "Mon, 02 Jan 2006 15:04:05 GMT", 200, "0123456789", ""},
		{"another than expected", "If-Match", `"x"`, 412, "", ""},
		{"as expected", "If-Match", etag, 200, "0123456789", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			response := app.Get("/digits.txt/raw", frameworktest.Header(test.header, test.value)).Status(test.status)
			if test.status < 300 {
				assert.Equal(t, test.text, response.Body)
			}
			assert.Equal(t, test.contentRange, response.Header.Get("Content-Range"))
		})
	}
	response := app.Get("/digits.txt/raw", frameworktest.Header("Range", "bytes=0-1"), frameworktest.Header("If-Range", `"x"`)).Status(http.StatusOK)
	assert.Equal(t, "0123456789", response.Body, "a range of what it was is of no use")
	refused := app.Get("/digits.txt/raw", frameworktest.Header("Range", "bytes=20-"), frameworktest.Header("Accept", "text/html")).Status(http.StatusRequestedRangeNotSatisfiable)
	assert.Contains(t, refused.Body, "The file has 10 bytes.")
	assert.Contains(t, refused.Body, `<a class="button main" href="/digits.txt">Back to digits.txt</a>`)
	assert.Empty(t, refused.Header.Get("Content-Disposition"))
	for _, ranges := range []string{"", "bytes=2-4", "bytes=20-"} { // only GET has ranges
		head := app.Request("HEAD", "/digits.txt/raw", frameworktest.Header("Range", ranges)).Status(http.StatusOK)
		assert.Equal(t, "10", head.Header.Get("Content-Length"))
		assert.Empty(t, head.Body)
	}
	lines := []frameworktest.RequestOption{frameworktest.Header("If-None-Match", `"x"`), frameworktest.Header("If-None-Match", etag)}
	app.Get("/digits.txt/raw", lines...).Status(http.StatusNotModified)

	require.NoError(t, os.Chtimes(filepath.Join(dir, "digits.txt"), time.Time{}, time.Now().Add(time.Hour)))
	future := app.Get("/digits.txt/raw", frameworktest.Header("If-None-Match", etag)).Status(http.StatusOK)
	assert.Empty(t, future.Header.Get("Last-Modified"), "it would be later than Date")
	assert.NotEmpty(t, future.Header.Get("Etag"))
}

// Nothing is below a view.
func TestNothingBelowViews(t *testing.T) {
	t.Parallel()
	app := newApp(t, newSite(t, tree{"digits.txt": "0123456789", "a.md": "# A"}.write(t), false))
	for _, target := range []string{"/digits.txt/raw", "/digits.txt/info", "/digits.txt/@@", "/a.md/source", "/a.md/raw", "/info", "/@@"} {
		app.Get(target).Status(http.StatusOK)
		app.Get(target + "/").Status(http.StatusOK)
		app.Get(target + "/extra").Status(http.StatusNotFound)
	}
	page := app.Get("/digits.txt/raw/extra", frameworktest.Header("Accept", "text/html")).Status(http.StatusNotFound)
	assert.Contains(t, page.Body, "There is no “raw/extra” in digits.txt.")
	app.Request("DELETE", "/digits.txt/raw").Status(http.StatusMethodNotAllowed)
}

// The raw view does what the RFC says, with and without compression.
func TestRawFollowsRFC9110(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("0123456789abcdef ", 20)
	dir := tree{"long.txt": long, "short.txt": "abc", "empty.txt": "", "image.png": long, "large.txt": strings.Repeat(long, 250)}.write(t)
	modified := time.Date(2023, 11, 14, 22, 13, 20, 0, time.UTC)
	for _, compressed := range []bool{false, true} {
		config := configure(newSite(t, dir, false), framework.Options{Logger: new(frameworktest.Log).Logger()})
		if compressed {
			config.AddTween("compress", tweens.Compress(tweens.CompressOptions{MinSize: 16, DisableZstd: true}))
		}
		app := frameworktest.New(t, config)
		for name, contentType := range map[string]string{
			"long.txt": "text/plain; charset=utf-8", "short.txt": "text/plain; charset=utf-8", "empty.txt": "text/plain; charset=utf-8",
			"image.png": "image/png", "large.txt": "text/plain; charset=utf-8",
		} {
			t.Run(fmt.Sprintf("%s, compressed: %t", name, compressed), func(t *testing.T) {
				file := filepath.Join(dir, name)
				require.NoError(t, os.Chtimes(file, modified, modified))
				body, err := os.ReadFile(file)
				require.NoError(t, err)
				resource := rfc9110.Resource{
					Body: string(body), Type: contentType, ETag: fmt.Sprintf(`"%x-%x"`, modified.UnixNano(), len(body)), Modified: modified,
					CacheControl: "no-cache",
				}
				if compressed {
					resource.Codings, resource.Coded = []string{"gzip"}, len(body) >= 16 && contentType != "image/png"
				}
				requests := rfc9110.Requests()
				if len(body) > smallFile {
					requests /= 10
				}
				assert.NoError(t, resource.Try(app, "/"+name+"/raw", requests, func(coding string, body []byte) (string, error) {
					if coding == "" {
						return string(body), nil
					}
					z, err := gzip.NewReader(bytes.NewReader(body))
					if err != nil {
						return "", err
					}
					plain, err := io.ReadAll(z)
					return string(plain), err
				}))
			})
		}
	}
}

// The system generates some files on reading: they have no size and no end to seek to, and some
// cannot be read at all.
func TestGeneratedFiles(t *testing.T) {
	t.Parallel()
	const dir = "/proc/self"
	if file, err := os.Open(filepath.Join(dir, "status")); err != nil {
		t.Skip(err)
	} else if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	site, log := newSite(t, dir, false), new(frameworktest.Log)
	app := frameworktest.New(t, configure(site, framework.Options{Logger: log.Logger()}))
	response := app.Get("/status/raw").Status(http.StatusOK)
	assert.Contains(t, response.Body, "VmRSS:")
	assert.True(t, strings.HasPrefix(response.Body, "Name:"))
	assert.Equal(t, "text/plain; charset=utf-8", response.Header.Get("Content-Type"))
	assert.Empty(t, response.Header.Get("Etag"), "it changes without another time")
	assert.Empty(t, response.Header.Get("Last-Modified"))
	assert.Equal(t, "am", app.Get("/status/raw", frameworktest.Header("Range", "bytes=1-2")).Status(http.StatusPartialContent).Body)
	assert.Empty(t, app.Request("HEAD", "/status/raw").Status(http.StatusOK).Body)

	response = app.Get("/mem/raw", frameworktest.Header("Accept", "text/html")) // its start cannot be read
	if response.Code == http.StatusOK || response.Code == http.StatusForbidden {
		t.Skip("this system is another one")
	}
	response.Status(http.StatusInternalServerError)
	assert.Contains(t, response.Body, "log has the details.")
	assert.Empty(t, response.Header.Get("Content-Disposition"))
	assert.Len(t, errorsOf(log), 1)
}

// Some generated files report a wrong size.
func TestFilesWithWrongSize(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/sys/kernel/profiling", "/proc/kallsyms"} { // smaller and larger than smallFile
		want, err := os.ReadFile(path)
		if err != nil {
			t.Logf("not on this system: %v", err)
			continue
		}
		app := newApp(t, newSite(t, filepath.Dir(path), false))
		response := app.Get("/" + filepath.Base(path) + "/raw").Status(http.StatusOK)
		begin := string(want[:min(len(want), smallFile+100)]) // the rest may change between the two reads
		assert.True(t, strings.HasPrefix(response.Body, begin), path)
	}
	app := newApp(t, newSite(t, tree{"empty.txt": ""}.write(t), false))
	response := app.Get("/empty.txt/raw").Status(http.StatusOK)
	assert.Empty(t, response.Body)
	app.Get("/empty.txt/raw", frameworktest.Header("If-None-Match", response.Header.Get("Etag"))).Status(http.StatusNotModified)
}
