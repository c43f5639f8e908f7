package tweens_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views/web"
)

// What a handler does after its status is fixed has no effect, and its Content-Length counts, as in
// net/http.
func TestCompressKeepsTheRulesOfHandlers(t *testing.T) {
	t.Parallel()
	half := prose[:len(prose)/2]
	tests := map[string]struct {
		handler func(w http.ResponseWriter)
		body    string
		headers map[string]string
		aborted bool
	}{
		"headers after a write": {func(w http.ResponseWriter) {
			w.Header().Set("X-A", "early")
			_, _ = io.WriteString(w, "short")
			w.Header().Set("Content-Encoding", "br")
			w.Header().Set("X-A", "late")
			w.Header().Del("X-Gone")
			http.Error(w, "sorry", http.StatusInternalServerError)
		}, "shortsorry\n", map[string]string{"X-A": "early", "Content-Type": "text/plain", "X-Content-Type-Options": ""}, false},
		"headers after a status": {func(w http.ResponseWriter) {
			w.WriteHeader(http.StatusAccepted)
			w.Header().Set("Content-Type", "image/png")
			_, _ = io.WriteString(w, prose)
		}, prose, map[string]string{"Content-Encoding": "gzip", "Content-Type": "text/plain"}, false},
		"no type, on purpose": {func(w http.ResponseWriter) {
			w.Header()["Content-Type"] = nil
			_, _ = io.WriteString(w, prose)
		}, prose, map[string]string{"Content-Type": ""}, false},
		"early hints that are late": {func(w http.ResponseWriter) {
			_, _ = io.WriteString(w, "short")
			w.WriteHeader(http.StatusEarlyHints)
		}, "short", nil, false},
		"longer than declared": {func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", strconv.Itoa(len(half)))
			_, _ = io.Copy(w, strings.NewReader(half))
			_, err := io.WriteString(w, prose)
			assert.ErrorIs(t, err, http.ErrContentLength)
		}, half, nil, false},
		"longer than declared, at once": {func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "5")
			_, err := io.WriteString(w, prose)
			assert.ErrorIs(t, err, http.ErrContentLength)
		}, prose[:5], map[string]string{"Content-Length": "5"}, false},
		"shorter than declared": {func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", strconv.Itoa(len(prose)))
			_, _ = io.WriteString(w, half)
		}, "", nil, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := request("GET", "/")
			r.Header.Set("Accept-Encoding", "gzip")
			resp, err := compressed(t, tweens.CompressOptions{}, responds(func(r *web.Response) {
				r.SetContentType("text/plain")
				r.SetHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { tt.handler(w) }))
			}))(r)
			require.NoError(t, err)
			w := httptest.NewRecorder()
			if tt.aborted {
				assert.PanicsWithValue(t, http.ErrAbortHandler, func() { _, _ = resp.Send(w, r) })
				return
			}
			_, err = resp.Send(w, r)
			require.NoError(t, err)
			got := w.Result()
			assert.Equal(t, tt.body, string(decoded(t, got.Header.Get("Content-Encoding"), w.Body.Bytes())))
			for name, want := range tt.headers {
				assert.Equal(t, want, got.Header.Get(name), name)
			}
		})
	}
}

// A body that is shorter than declared is not ended as if it were complete, and what is longer is
// not sent: as without compression.
func TestCompressOfDeclaredLengths(t *testing.T) {
	t.Parallel()
	bodies := map[string]func(resp *web.Response, size int){
		"reader": func(resp *web.Response, size int) { resp.SetReader(strings.NewReader(prose), int64(size)) },
		"reader with a header": func(resp *web.Response, size int) {
			resp.SetHeader("Content-Length", strconv.Itoa(size))
			resp.SetReader(strings.NewReader(prose), -1)
		},
		"stream": func(resp *web.Response, size int) {
			resp.SetHeader("Content-Length", strconv.Itoa(size))
			resp.SetStream(func(w web.StreamWriter) error { _, _ = io.WriteString(w, prose); return nil })
		},
	}
	for name, set := range bodies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for difference := -1; difference <= 1; difference++ {
				r := request("GET", "/")
				r.Header.Set("Accept-Encoding", "gzip")
				resp, err := compressed(t, tweens.CompressOptions{}, responds(func(r *web.Response) {
					r.SetContentType("text/plain")
					set(r, len(prose)+difference)
				}))(r)
				require.NoError(t, err)
				w := httptest.NewRecorder()
				_, err = resp.Send(w, r)
				if difference > 0 {
					require.ErrorIs(t, err, io.ErrUnexpectedEOF)
					continue
				}
				require.NoError(t, err)
				assert.Equal(t, prose[:len(prose)+difference], string(decoded(t, "gzip", w.Body.Bytes())))
			}
		})
	}
}
