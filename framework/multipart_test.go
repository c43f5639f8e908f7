package framework_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/routes"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views"
)

// A predicate reads a large upload, and the view reads it again. The file that keeps the body does
// not outlive the request. If the field of the predicate comes before the upload, nothing is kept.
// The test changes the environment, so it does not run in parallel.
func TestUploadsAreReadTwice(t *testing.T) {
	for _, late := range []bool{true, false} {
		uploadsAreReadTwice(t, late)
	}
}

func uploadsAreReadTwice(t *testing.T, late bool) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("TMP", dir) // on Windows
	kept := func() int {
		files, err := os.ReadDir(dir)
		require.NoError(t, err)
		return len(files)
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if !late {
		require.NoError(t, form.WriteField("do", "upload"))
	}
	file, err := form.CreateFormFile("f", "f.txt")
	require.NoError(t, err)
	_, err = file.Write(bytes.Repeat([]byte("x"), 1<<20))
	require.NoError(t, err)
	if late {
		require.NoError(t, form.WriteField("do", "upload"))
	}
	require.NoError(t, form.Close())
	want := map[bool]int{true: 1, false: 0}[late]

	for name, limit := range map[string]int64{"": 2 << 20, "too large": 1 << 20} {
		for _, deadline := range []time.Duration{0, time.Hour} {
			config := quiet(framework.Options{MaxForm: 1000})
			if deadline > 0 { // which runs views on another goroutine
				config.AddTween("timeout", tweens.Timeout(deadline, tweens.TimeoutOptions{}))
			}
			config.AddRoute("upload", "/upload", routes.BodyLimit(limit))
			config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
				assert.Equal(t, want, kept())
				f, header, err := r.FormFile("f")
				if err != nil {
					return nil, err
				}
				assert.EqualValues(t, 1<<20, header.Size)
				return r.Text("kept"), f.Close()
			}), views.Route("upload"), views.Param("do=upload"))
			app := build(t, config)
			hr := httptest.NewRequest("POST", "/upload", bytes.NewReader(body.Bytes()))
			hr.Header.Set("Content-Type", form.FormDataContentType())
			w := httptest.NewRecorder()
			app.ServeHTTP(w, hr)
			assert.Equal(t, map[string]int{"": 200, "too large": 413}[name], w.Code, w.Body)
			assert.Zero(t, kept(), name)

			hr.Body = io.NopCloser(bytes.NewReader(body.Bytes()))
			x := app.Explain(hr)
			assert.Equal(t, w.Code, x.Outcome.Status)
			assert.Zero(t, kept(), "after Explain")
		}
	}
}

// The files of a form do not outlive the request either, if middleware or an http.Handler reads
// them in a copy of the request. The test changes the environment, so it does not run in parallel.
func TestFilesOfFormsInCopiesAreRemoved(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("TMP", dir) // on Windows
	kept := func() int {
		files, err := os.ReadDir(dir)
		require.NoError(t, err)
		return len(files)
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	file, err := form.CreateFormFile("f", "f.txt")
	require.NoError(t, err)
	_, err = file.Write(bytes.Repeat([]byte("x"), 11<<20)) // net/http keeps ten MiB in memory
	require.NoError(t, err)
	require.NoError(t, form.Close())

	read := func(hr *http.Request) {
		assert.NoError(t, hr.ParseMultipartForm(1))
		assert.Equal(t, 1, kept())
	}
	view := views.Func(func(r *framework.Request) (*framework.Response, error) {
		if r.MultipartForm == nil {
			read(r.Request)
		}
		r.AddFinishedCallback(func(*framework.Request) error { assert.Equal(t, 1, kept()); return nil })
		return r.Text("read"), nil
	})
	handler := views.HTTP(http.HandlerFunc(func(_ http.ResponseWriter, hr *http.Request) { read(hr) }))
	for _, tt := range []struct {
		name   string
		view   views.View
		before func(*http.Request) *http.Request // what the middleware does, if any
	}{
		{"an http.Handler reads it", handler, nil},
		{"an http.Handler within middleware reads it", handler, func(hr *http.Request) *http.Request { return hr }},
		{"the view reads it in the request of the middleware", view, func(hr *http.Request) *http.Request { return hr }},
		{"the view reads it in a copy by the middleware", view, func(hr *http.Request) *http.Request { return hr.WithContext(hr.Context()) }},
		{"middleware reads it", view, func(hr *http.Request) *http.Request { read(hr); return hr }},
		{"middleware reads it and responds", view, func(hr *http.Request) *http.Request { read(hr); return nil }},
	} {
		config := quiet(framework.Options{MaxBody: -1})
		config.AddView(tt.view, views.Name("upload"))
		if tt.before != nil {
			config.AddTween("middleware", tweens.FromMiddleware(func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
					if hr = tt.before(hr); hr != nil {
						next.ServeHTTP(w, hr)
					}
				})
			}))
		}
		hr := httptest.NewRequest("POST", "/upload", bytes.NewReader(body.Bytes()))
		hr.Header.Set("Content-Type", form.FormDataContentType())
		w := httptest.NewRecorder()
		build(t, config).ServeHTTP(w, hr)
		assert.Equal(t, 200, w.Code, "%s: %s", tt.name, w.Body)
		assert.Zero(t, kept(), tt.name)
	}
}
