package tweens_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views/web"
)

// retaining is a writer that still uses what it was given after a failed write, as HTTP/2 may.
type retaining struct {
	httptest.ResponseRecorder
	panics     bool
	kept, then []byte // the same bytes, and a copy as they were
}

func (w *retaining) Write(p []byte) (int, error) {
	w.kept, w.then = p, bytes.Clone(p)
	if w.panics {
		panic(http.ErrAbortHandler)
	}
	return 0, errors.New("stream closed")
}

// What a failed write may still read is never the memory of another response: its client would get a
// part of that.
func TestCompressMemoryOfAFailedWriteIsNotUsedAgain(t *testing.T) {
	t.Parallel()
	random := rand.NewChaCha8([32]byte{1})
	text := func() []byte { // it becomes no smaller than a buffer of an encoder
		b := make([]byte, 64<<10)
		_, _ = random.Read(b)
		return b
	}
	for _, coding := range []string{"gzip", "zstd"} {
		for kind, set := range map[string]func(*web.Response, []byte){
			"stream": func(r *web.Response, b []byte) {
				r.SetStream(func(w web.StreamWriter) error { _, err := w.Write(b); return err })
			},
			"handler": func(r *web.Response, b []byte) {
				r.SetHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Content-Type", "text/plain")
					_, _ = w.Write(b)
				}))
			},
			"reader": func(r *web.Response, b []byte) { r.SetReader(io.NopCloser(bytes.NewReader(b)), -1) },
		} {
			for _, panics := range []bool{false, true} {
				h := compressed(t, tweens.CompressOptions{MinSize: -1}, func(r *web.Request) (*web.Response, error) {
					resp := web.Respond(200)
					resp.SetContentType("text/plain")
					set(resp, text())
					return resp, nil
				})
				respond := func(w http.ResponseWriter) {
					defer func() { _ = recover() }()
					r := request("GET", "/")
					r.Header.Set("Accept-Encoding", coding)
					resp, err := h(r)
					require.NoError(t, err)
					_, _ = resp.Send(w, r)
				}
				for range 8 { // with the race detector, a pool drops some of what it is given
					w := &retaining{panics: panics}
					respond(w)
					require.NotEmpty(t, w.kept, "%s %s", coding, kind)
					respond(httptest.NewRecorder())
					require.True(t, bytes.Equal(w.then, w.kept), "%s %s", coding, kind)
				}
			}
		}
	}
}
