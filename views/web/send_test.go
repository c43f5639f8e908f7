package web_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestSend(t *testing.T) {
	t.Parallel()
	text := func(status int) *web.Response {
		resp := web.Respond(status)
		resp.SetText("hello")
		return resp
	}
	reader := func(status int, size int64) *web.Response {
		resp := web.Respond(status)
		resp.SetReader(strings.NewReader("hello"), size)
		return resp
	}
	stream := func(status int) *web.Response {
		resp := web.Respond(status)
		resp.SetStream(func(w web.StreamWriter) error {
			_, err := io.WriteString(w, "hello")
			return errors.Join(err, w.Flush())
		})
		return resp
	}
	octets := web.Respond(0)
	octets.SetBytes([]byte("hello"))
	for _, tc := range []struct {
		name, method string
		resp         *web.Response
		status       int
		body         string
		length, kind string // "-": absent
	}{
		{"text", "GET", text(200), 200, "hello", "-", "text/plain; charset=utf-8"},
		{"text to HEAD", "HEAD", text(200), 200, "", "5", "text/plain; charset=utf-8"},
		{"bytes without a type", "GET", octets, 200, "hello", "-", "application/octet-stream"},
		{"nothing", "GET", web.Respond(200), 200, "", "-", "-"},
		{"nothing to HEAD", "HEAD", web.Respond(200), 200, "", "-", "-"},
		{"204", "GET", text(204), 204, "", "-", "-"},
		{"205", "GET", text(205), 205, "", "0", "-"},
		{"304", "GET", text(304), 304, "", "-", "text/plain; charset=utf-8"},
		{"own status", "GET", text(799), 799, "hello", "-", "text/plain; charset=utf-8"},
		{"reader of known size", "GET", reader(200, 5), 200, "hello", "5", "application/octet-stream"},
		{"reader of known size to HEAD", "HEAD", reader(200, 5), 200, "", "5", "application/octet-stream"},
		{"reader, a part of it", "GET", reader(200, 4), 200, "hell", "4", "application/octet-stream"},
		{"reader of unknown size", "GET", reader(200, -1), 200, "hello", "-", "application/octet-stream"},
		{"reader of no size", "GET", reader(200, 0), 200, "", "0", "-"},
		{"reader, 304", "GET", reader(304, 5), 304, "", "-", "-"},
		{"stream", "GET", stream(201), 201, "hello", "-", "application/octet-stream"},
		{"stream to HEAD", "HEAD", stream(200), 200, "", "-", "application/octet-stream"},
		{"stream, 204", "GET", stream(204), 204, "", "-", "-"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w, sent := send(t, begin(tc.method, "/", ""), tc.resp)
			assert.Equal(t, tc.status, w.Code)
			assert.Equal(t, tc.body, w.Body.String())
			assert.Equal(t, web.Sent{Status: tc.status, Bytes: int64(len(tc.body)), Started: true}, sent)
			for key, want := range map[string]string{"Content-Length": tc.length, "Content-Type": tc.kind} {
				if want == "-" {
					assert.NotContains(t, w.Header(), key)
				} else {
					assert.Equal(t, want, w.Header().Get(key), key)
				}
			}
		})
	}
}

// net/http sets the length of a short body, so only a server can show that every response has one.
func TestContentLengthOnTheWire(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 5, 2048, 2049, 100_000} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
			r := web.Begin(nil, hr)
			_, err := r.Text(strings.Repeat("x", size)).Send(w, r)
			assert.NoError(t, err)
		}))
		for _, method := range []string{"GET", "HEAD"} {
			hr, err := http.NewRequestWithContext(t.Context(), method, server.URL, nil)
			require.NoError(t, err)
			resp, err := server.Client().Do(hr)
			require.NoError(t, err)
			_, err = io.Copy(io.Discard, resp.Body)
			assert.NoError(t, err)
			assert.NoError(t, resp.Body.Close())
			assert.EqualValues(t, size, resp.ContentLength, "%s of %d bytes", method, size)
			assert.Empty(t, resp.TransferEncoding)
		}
		server.Close()
	}
}

func TestSendLargeBodies(t *testing.T) {
	t.Parallel()
	large := bytes.Repeat([]byte("0123456789"), 10_000)
	for _, size := range []int64{100_000, -1} {
		resp := web.Respond(200)
		resp.SetReader(bytes.NewReader(large), size)
		w, sent := send(t, get("/"), resp)
		assert.Equal(t, large, w.Body.Bytes())
		assert.EqualValues(t, 100_000, sent.Bytes)
	}
	resp := web.Respond(200)
	resp.SetBytes(large)
	w, _ := send(t, get("/"), resp)
	assert.Equal(t, "100000", w.Header().Get("Content-Length"))
}

func TestErrorsBeforeAndAfterTheStart(t *testing.T) {
	t.Parallel()
	reader := func(r io.Reader, size int64) func(*web.Response) {
		return func(resp *web.Response) { resp.SetReader(r, size) }
	}
	for _, tc := range []struct {
		name    string
		body    func(*web.Response)
		want    error
		started bool
	}{
		{"reader fails at once", reader(brokenReader{}, -1), errBroken, false},
		{"reader is empty", reader(strings.NewReader(""), 3), io.ErrUnexpectedEOF, false},
		{"reader ends early", reader(strings.NewReader("ab"), 3), io.ErrUnexpectedEOF, true},
		{"reader fails later", reader(io.MultiReader(strings.NewReader("ab"), brokenReader{}), -1), errBroken, true},
		{"stream fails at once", func(resp *web.Response) {
			resp.SetStream(func(web.StreamWriter) error { return errBroken })
		}, errBroken, false},
		{"stream fails later", func(resp *web.Response) {
			resp.SetStream(func(w web.StreamWriter) error { _, _ = w.Write([]byte("a")); return errBroken })
		}, errBroken, true},
		{"stream panics", func(resp *web.Response) { resp.SetStream(func(web.StreamWriter) error { panic(errBroken) }) }, errBroken, false},
		{"handler panics", func(resp *web.Response) {
			resp.SetHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(201); panic(errBroken) }))
		}, errBroken, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			resp := web.Respond(200)
			tc.body(resp)
			w := httptest.NewRecorder()
			sent, err := resp.Send(w, get("/"))
			require.ErrorIs(t, err, tc.want)
			assert.Equal(t, tc.started, sent.Started)
			if !tc.started {
				assert.Empty(t, w.Header(), "another response can still be sent")
			}
		})
	}
}

func TestAbortPassesThroughSend(t *testing.T) {
	t.Parallel()
	resp := web.Respond(200)
	resp.SetStream(func(web.StreamWriter) error { panic(http.ErrAbortHandler) })
	assert.PanicsWithError(t, http.ErrAbortHandler.Error(), func() { _, _ = resp.Send(httptest.NewRecorder(), get("/")) })
}

func TestEmptyBodies(t *testing.T) {
	t.Parallel()
	for name, set := range map[string]func(*web.Response){
		"nil reader":  func(resp *web.Response) { resp.SetReader(nil, -1) },
		"nil stream":  func(resp *web.Response) { resp.SetStream(nil) },
		"nil bytes":   func(resp *web.Response) { resp.SetBytes(nil) },
		"only closed": func(resp *web.Response) { resp.SetReader(io.NopCloser(strings.NewReader("")), -1); _ = resp.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resp := web.Respond(200)
			set(resp)
			w, _ := send(t, get("/"), resp)
			assert.Empty(t, w.Body.String())
			assert.Equal(t, 200, w.Code)
		})
	}
	resp := web.Respond(200)
	resp.SetHandler(nil)
	w, _ := send(t, get("/"), resp)
	assert.Equal(t, 404, w.Code)
}

// A handler as the body can take over the connection of a real server.
func TestHandlerTakesTheConnection(t *testing.T) {
	t.Parallel()
	sent := make(chan web.Sent, 2)
	serve := func(h http.HandlerFunc) *httptest.Server {
		return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
			r := web.Begin(nil, hr)
			web.Drive(r).SetMatch(web.NewMatch(web.Routed{}, web.Param{Name: "id", Value: "7"}))
			resp := web.Respond(200)
			resp.SetHeader("X-From", "response")
			resp.SetHandler(h)
			s, err := resp.Send(w, r)
			assert.NoError(t, err)
			sent <- s
		}))
	}
	server := serve(func(w http.ResponseWriter, hr *http.Request) {
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, hr.PathValue("id"))
		w.(http.Flusher).Flush()
		assert.NoError(t, http.NewResponseController(w).Flush())
		_, err := w.(io.ReaderFrom).ReadFrom(strings.NewReader("89"))
		assert.NoError(t, err)
	})
	resp, err := http.Get(server.URL)
	require.NoError(t, err)
	body, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	server.Close()
	assert.Equal(t, "789", string(body))
	assert.Equal(t, "response", resp.Header.Get("X-From"))

	server = serve(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if assert.NoError(t, err) {
			_, _ = io.WriteString(conn, "raw")
			_ = conn.Close()
		}
	})
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	require.NoError(t, err)
	_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	body, _ = io.ReadAll(conn)
	_ = conn.Close()
	server.Close()
	assert.Equal(t, "raw", string(body))

	assert.Equal(t, web.Sent{Status: 202, Bytes: 3, Started: true}, <-sent)
	assert.Equal(t, web.Sent{Status: 101, Started: true}, <-sent)
}

func TestSendRejectsInvalidResponses(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(resp *web.Response){
		"line break":           func(resp *web.Response) { resp.SetHeader("X-A", "1\r\nSet-Cookie: a=b") },
		"lone line feed":       func(resp *web.Response) { resp.AddHeader("X-A", "1\nX: y") },
		"NUL":                  func(resp *web.Response) { resp.AddHeader("X-A", "\x00") },
		"content type":         func(resp *web.Response) { resp.SetContentType("text/html\r\nX: y") },
		"name":                 func(resp *web.Response) { resp.SetHeader("X A\r\n", "1") },
		"empty name":           func(resp *web.Response) { resp.SetHeader("", "1") },
		"in the map":           func(resp *web.Response) { resp.Headers()["X-A"] = []string{"1", "2\r\n"} },
		"cookie without name":  func(resp *web.Response) { resp.SetCookie(&http.Cookie{Value: "1"}) },
		"no cookie":            func(resp *web.Response) { resp.SetCookie(nil) },
		"status":               func(resp *web.Response) { resp.SetStatus(99) },
		"large status":         func(resp *web.Response) { resp.SetStatus(1000) },
		"informational status": func(resp *web.Response) { resp.SetStatus(101) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := httptest.NewRecorder()
			resp := web.Respond(200)
			body := &closing{Reader: strings.NewReader("x")}
			resp.SetReader(body, 1)
			spoil(resp)
			sent, err := resp.Send(w, get("/"))
			require.Error(t, err)
			assert.Equal(t, web.Sent{}, sent)
			assert.Empty(t, w.Header())
			assert.True(t, body.closed)
		})
	}
}

func TestSendMergesHeadersOfTheWriter(t *testing.T) {
	t.Parallel()
	for _, asMap := range []bool{false, true} {
		w := httptest.NewRecorder()
		w.Header().Set("Vary", "Origin")
		w.Header().Set("Set-Cookie", "outer=1")
		w.Header().Set("X-A", "outer")
		resp := web.Respond(200)
		resp.AddVary("Accept")
		resp.SetHeader("X-A", "inner")
		resp.SetCookie(&http.Cookie{Name: "inner", Value: "1"})
		if asMap {
			resp.Headers()
		}
		_, err := resp.Send(w, get("/"))
		require.NoError(t, err)
		assert.Equal(t, []string{"Origin", "Accept"}, w.Header()["Vary"])
		assert.Equal(t, []string{"outer=1", "inner=1"}, w.Header()["Set-Cookie"])
		assert.Equal(t, []string{"inner"}, w.Header()["X-A"])
	}
}

func TestSharedHeaderValuesAreNotModified(t *testing.T) {
	t.Parallel()
	for range 2 {
		w, _ := send(t, get("/"), get("/").Text("hello"))
		assert.Equal(t, []string{"text/plain; charset=utf-8"}, w.Header()["Content-Type"])
		w.Header().Add("Content-Type", "more")
	}
}

func TestContentLengthOfRequestsWithAScope(t *testing.T) {
	t.Parallel()
	r := get("/")
	w, _ := send(t, r, r.Text("short"))
	assert.Empty(t, w.Header().Get("Content-Length"), "the server finds it out")
	r = get("/")
	async.Go(r.Context(), func(context.Context) (int, error) { return 1, nil })
	w, _ = send(t, r, r.Text("short"))
	assert.Equal(t, "5", w.Header().Get("Content-Length"))
	require.NoError(t, web.Drive(r).EndScope(-1))
}

// The length of the body counts, whatever header came along.
func TestContentLengthAgreesWithTheBody(t *testing.T) {
	t.Parallel()
	for _, declared := range []string{"3", "5", "9"} {
		for _, method := range []string{"GET", "HEAD"} {
			resp := web.Respond(200)
			resp.SetText("hello")
			resp.SetHeader("Content-Length", declared)
			resp.SetHeader("Transfer-Encoding", "gzip, chunked")
			w := httptest.NewRecorder()
			_, err := resp.Send(w, begin(method, "/", ""))
			require.NoError(t, err)
			assert.Equal(t, []string{"5"}, w.Header()["Content-Length"])
			assert.Empty(t, w.Header()["Transfer-Encoding"], "it is the server's")
		}
	}
	resp := web.Respond(200)
	resp.SetHeader("Content-Length", "9")
	w := httptest.NewRecorder()
	_, err := resp.Send(w, get("/"))
	require.NoError(t, err)
	assert.Equal(t, []string{"0"}, w.Header()["Content-Length"], "no body")
}

func TestStreamShorterThanDeclared(t *testing.T) {
	t.Parallel()
	for text, started := range map[string]bool{"": false, "hello": true} {
		resp := web.Respond(200)
		resp.SetHeader("Content-Length", "9")
		resp.SetStream(func(w web.StreamWriter) error {
			if text == "" {
				return nil
			}
			_, err := io.WriteString(w, text)
			return err
		})
		sent, err := resp.Send(httptest.NewRecorder(), get("/"))
		require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		assert.Equal(t, started, sent.Started)
	}
}

// An error has no lifetime, whether the response or a handler has its status.
func TestErrorsHaveNoLifetime(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{200: "max-age=60", 304: "max-age=60", 404: "", 500: ""} {
		handled := web.Respond(200)
		handled.SetHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		for _, resp := range []*web.Response{handled, web.Respond(status)} {
			resp.SetLifetime("max-age=60", time.Minute)
			w := httptest.NewRecorder()
			_, err := resp.Send(w, get("/"))
			require.NoError(t, err)
			assert.Equal(t, want, w.Header().Get("Cache-Control"), status)
			assert.Equal(t, want == "", w.Header().Get("Expires") == "", status)
		}
	}
	own := web.Respond(200)
	own.SetHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", "max-age=5")
		w.WriteHeader(http.StatusNotFound)
	}))
	own.SetLifetime("max-age=60", time.Minute)
	w := httptest.NewRecorder()
	_, err := own.Send(w, get("/"))
	require.NoError(t, err)
	assert.Equal(t, "max-age=5", w.Header().Get("Cache-Control"), "the handler's own")
}
