package static_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/internal/rfc9110"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/static"
)

func compressed(t testing.TB, s string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(s))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.String()
}

func decode(coding string, body []byte) (string, error) {
	if coding == "" {
		return string(body), nil
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	plain, err := io.ReadAll(z)
	return string(plain), err
}

// hashTag is the tag of a file with this content.
func hashTag(s string) string {
	sum := sha256.Sum256([]byte(s))
	return `"` + hex.EncodeToString(sum[:10]) + `"`
}

// Static views, and files and contents of views, do what the RFC says: an independent model judges
// thousands of requests with random conditions, ranges and codings.
func TestFollowsRFC9110(t *testing.T) {
	t.Parallel()
	modified := time.Date(2023, 11, 14, 22, 13, 20, 0, time.UTC)
	long := strings.Repeat("0123456789abcdef ", 20)
	large := strings.Repeat(long, 1000)
	dir := t.TempDir()
	for name, content := range map[string]string{"long.txt": long, "large.txt": large, "both.txt": long, "both.txt.gz": compressed(t, long)} {
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
		require.NoError(t, os.Chtimes(file, modified, modified))
	}
	memory := fstest.MapFS{
		"long.txt": text(long), "empty.txt": text(""), "image.png": text(long), "large.txt": text(large), "future.txt": {Data: []byte(long), ModTime: time.Now().Add(time.Hour)},
		"both.txt": text(long), "both.txt.gz": text(compressed(t, long)),
	}
	h := app(t, func(c *framework.Configurator) {
		c.AddStaticView("memory", memory, static.CacheFor(time.Hour))
		c.AddStaticView("disk", os.DirFS(dir))
		c.AddRoute("file", "/file")
		c.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			return static.File(r, os.DirFS(dir), "long.txt", static.FileOptions{ETag: `"a,b"`, Attachment: true})
		}), views.Route("file"))
		c.AddRoute("content", "/content")
		c.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			return static.Content(r, strings.NewReader(long), "x.txt", modified, static.FileOptions{ETag: `W/"weak"`, CacheControl: "no-cache"})
		}), views.Route("content"))
		c.AddRoute("untagged", "/untagged")
		c.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
			return static.Content(r, strings.NewReader(long), "x.txt", modified, static.FileOptions{})
		}), views.Route("untagged"))
	})
	compressing := app(t, func(c *framework.Configurator) { // leaves alone what is compressed
		c.AddTween("compress", tweens.Compress(tweens.CompressOptions{DisableZstd: true, MinSize: 1}))
		c.AddStaticView("disk", os.DirFS(dir))
	})
	const plain, hour = "text/plain; charset=utf-8", "max-age=3600"
	largeTag := fmt.Sprintf(`"%x-%x"`, modified.UnixNano(), len(large))
	coding := []string{"gzip"}
	for target, resource := range map[string]rfc9110.Resource{
		"/memory/long.txt":   {Body: long, Type: plain, ETag: hashTag(long), CacheControl: hour},
		"/memory/empty.txt":  {Body: "", Type: plain, ETag: hashTag(""), CacheControl: hour},
		"/memory/image.png":  {Body: long, Type: "image/png", ETag: hashTag(long), CacheControl: hour},
		"/memory/large.txt":  {Body: large, Type: plain, ETag: hashTag(large), CacheControl: hour},
		"/memory/future.txt": {Body: long, Type: plain, ETag: hashTag(long), CacheControl: hour},
		"/memory/both.txt":   {Body: long, Type: plain, ETag: hashTag(long), CacheControl: hour, Codings: coding, Coded: true, Smallest: true},
		"/disk/long.txt":     {Body: long, Type: plain, ETag: hashTag(long), Modified: modified},
		"/disk/large.txt":    {Body: large, Type: plain, ETag: largeTag, Modified: modified},
		"/disk/both.txt":     {Body: long, Type: plain, ETag: hashTag(long), Modified: modified, Codings: coding, Coded: true, Smallest: true},
		"/file":              {Body: long, Type: plain, ETag: `"a,b"`, Modified: modified},
		"/content":           {Body: long, Type: plain, ETag: `W/"weak"`, Modified: modified, CacheControl: "no-cache"},
		"/untagged":          {Body: long, Type: plain, Modified: modified},
	} {
		t.Run(strings.TrimPrefix(target, "/"), func(t *testing.T) {
			t.Parallel()
			requests := rfc9110.Requests()
			if resource.Body == large {
				requests /= 30
			}
			assert.NoError(t, resource.Try(h, target, requests, decode))
			if target == "/disk/both.txt" {
				assert.NoError(t, resource.Try(compressing, target, requests, decode))
			}
		})
	}
}
