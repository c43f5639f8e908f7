package reply_test

import (
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web/internal/reply"
	"github.com/mastaba-go/mastaba/views/web/internal/stream"
)

// A plain response is sent by a shorter way, which must lead to the same end.
func TestPlainResponsesAreSentAlike(t *testing.T) {
	t.Parallel()
	for body, set := range map[string]func(*reply.Response){
		"":                           func(resp *reply.Response) { resp.SetText("") },
		"short":                      func(resp *reply.Response) { resp.SetText("short") },
		"12":                         func(resp *reply.Response) { require.NoError(t, resp.SetJSON(12)) },
		"bytes":                      func(resp *reply.Response) { resp.SetType(reply.HTML); resp.SetBytes([]byte("bytes")) },
		strings.Repeat("long", 1000): func(resp *reply.Response) { resp.SetText(strings.Repeat("long", 1000)) },
	} {
		for _, before := range []http.Header{{}, {"Content-Length": {"7"}}, {"Content-Type": {"own/type"}}} {
			var resp, same reply.Response
			set(&resp)
			set(&same)
			plain, memory := httptest.NewRecorder(), httptest.NewRecorder()
			maps.Copy(plain.Header(), before)
			maps.Copy(memory.Header(), before)
			n, ok, err := resp.SendPlain(plain)
			require.NoError(t, err)
			assert.Equal(t, body != "" && len(body) < 1000 && len(before) == 0, ok, body)
			if !ok {
				assert.Equal(t, before, plain.Header(), "nothing was sent")
				assert.Zero(t, plain.Body.Len())
				continue
			}
			want, err := same.SendMemory(memory, "GET", false)
			require.NoError(t, err)
			assert.Equal(t, want, stream.Sent{Status: 200, Bytes: int64(n), Started: true})
			assert.Equal(t, memory.Result().Header, plain.Result().Header)
			assert.Equal(t, memory.Body.String(), plain.Body.String())
		}
	}
}

func TestPlain(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*reply.Response){
		"no type": func(resp *reply.Response) { resp.DelHeader("Content-Type") },
		"status":  func(resp *reply.Response) { resp.SetStatus(404) },
		"header":  func(resp *reply.Response) { resp.SetHeader("X-A", "1") },
		"type":    func(resp *reply.Response) { resp.SetContentType("own/type") },
		"error":   func(resp *reply.Response) { resp.AddErrorHeaders() },
		"invalid": func(resp *reply.Response) { resp.Fail(errors.New("no")) },
		"empty":   func(resp *reply.Response) { resp.Empty() },
		"reader":  func(resp *reply.Response) { resp.SetReader(strings.NewReader("r"), -1) },
		"handler": func(resp *reply.Response) { resp.SetHandler(http.NotFoundHandler()) },
	} {
		var resp reply.Response
		resp.SetText("text")
		change(&resp)
		_, plain, _ := resp.SendPlain(httptest.NewRecorder())
		assert.False(t, plain, name)
	}
}

// Sending JSON gives up its memory; a clone, and what Body returned before, keep it.
func TestSendingTakesTheBody(t *testing.T) {
	t.Parallel()
	for name, keep := range map[string]func(*reply.Response) func() string{
		"clone": func(resp *reply.Response) func() string {
			c := resp.Clone()
			return func() string { b, _ := c.Body(); return string(b) }
		},
		"body": func(resp *reply.Response) func() string {
			b, _ := resp.Body()
			return func() string { return string(b) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for i := range 100 {
				var resp reply.Response
				require.NoError(t, resp.SetJSON(i))
				kept := keep(&resp)
				w := httptest.NewRecorder()
				_, err := resp.SendMemory(w, "GET", false)
				require.NoError(t, err)
				var next reply.Response
				require.NoError(t, next.SetJSON("another"))
				assert.Equal(t, w.Body.String(), kept())
				b, whole := resp.Body()
				assert.Empty(t, b, "after it there is none")
				assert.True(t, whole)
			}
		})
	}
}

// retaining is a writer that fails and goes on using what it was given, as one of HTTP/2 may after
// the client has reset the stream.
type retaining struct {
	httptest.ResponseRecorder
	kept []byte
}

func (w *retaining) Write(p []byte) (int, error) {
	w.kept = p
	return 0, errors.New("stream closed")
}

// What a failed write may still use is never the memory of another response.
func TestMemoryOfAFailedWriteIsNotUsedAgain(t *testing.T) {
	t.Parallel()
	for range 100 { // with the race detector, a pool drops some of what it is given
		var resp reply.Response
		require.NoError(t, resp.SetJSON("of the first client"))
		var w retaining
		_, err := resp.SendMemory(&w, "GET", false)
		require.Error(t, err)
		var next reply.Response
		require.NoError(t, next.SetJSON("of another client"))
		require.Equal(t, `"of the first client"`, string(w.kept))
	}
}

func TestSendSource(t *testing.T) {
	t.Parallel()
	failed := errors.New("failed")
	for name, tc := range map[string]struct {
		set  func(*reply.Response)
		body string
		err  error
		sent stream.Sent
	}{
		"reader": {func(resp *reply.Response) { resp.SetReader(strings.NewReader("abc"), 3) }, "abc", nil, stream.Sent{Status: 200, Bytes: 3, Started: true}},
		"stream": {func(resp *reply.Response) {
			resp.SetStream("source", func(w *stream.Writer) error { _, err := w.Write([]byte("ab")); return err })
		}, "ab", nil, stream.Sent{Status: 200, Bytes: 2, Started: true}},
		"failing stream": {func(resp *reply.Response) {
			resp.SetStream("source", func(*stream.Writer) error { return failed })
		}, "", failed, stream.Sent{}},
		"handler": {func(resp *reply.Response) { resp.SetHandler(http.NotFoundHandler()) }, "404 page not found\n", nil, stream.Sent{Status: 404, Bytes: 19, Started: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var resp reply.Response
			tc.set(&resp)
			require.True(t, resp.Pending())
			w := httptest.NewRecorder()
			hr := httptest.NewRequest(http.MethodGet, "/", nil)
			sent, err := resp.SendSource(w, reply.Exchange{Method: "GET", Handler: func() (*http.Request, func(int, http.Header)) { return hr, nil }})
			assert.Equal(t, tc.err, err)
			assert.Equal(t, tc.sent, sent)
			assert.Equal(t, tc.body, w.Body.String())
		})
	}
}
