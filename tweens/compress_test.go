package tweens_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views/web"
)

// prose compresses well, and is long enough.
var prose = strings.Repeat("The quick brown fox jumps over the lazy dog. ", 100)

// decoded returns a body before it was encoded.
func decoded(t testing.TB, coding string, body []byte) string {
	t.Helper()
	var r io.Reader = bytes.NewReader(body)
	switch coding {
	case "gzip":
		z, err := gzip.NewReader(r)
		require.NoError(t, err)
		r = z
	case "zstd":
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1))
		require.NoError(t, err)
		defer z.Close()
		r = z
	}
	plain, err := io.ReadAll(r)
	require.NoError(t, err)
	return string(plain)
}

func compressed(t testing.TB, o tweens.CompressOptions, main web.Handler) web.Handler {
	return around(t, tweens.Compress(o), main)
}

// responds returns a handler whose response set sets up.
func responds(set func(*web.Response)) web.Handler {
	return func(*web.Request) (*web.Response, error) {
		resp := web.Respond(200)
		set(resp)
		return resp, nil
	}
}

func TestCompressNegotiation(t *testing.T) {
	t.Parallel()
	h := compressed(t, tweens.CompressOptions{}, text(prose))
	for accept, want := range map[string]string{
		"gzip":                              "gzip",
		"x-gzip":                            "gzip",
		"zstd":                              "zstd",
		"gzip, deflate, br, zstd":           "zstd",
		"gzip;q=1.0, zstd;q=0.5":            "gzip",
		"GZIP ; Q = 0.5":                    "gzip",
		"gzip;q=0":                          "",
		"gzip;q=0, *":                       "zstd",
		"gzip;q=0, zstd;q=0, *":             "",
		"*":                                 "zstd",
		"*;q=0":                             "",
		"identity":                          "",
		"identity, gzip;q=0.5":              "",
		"identity;q=0.5, gzip":              "gzip",
		"identity;q=0.5, gzip;q=0.5":        "gzip",
		"identity;q=0":                      "",
		"br, deflate":                       "",
		"gzip;q=2":                          "",
		"gzip;q=NaN":                        "",
		"gzip;level=9":                      "",
		"":                                  "",
		",,;q=1,gzip;q=0.001":               "gzip",
		"gzip;q=0.5, zstd;q=0.5, *;q=0.99":  "zstd",
		"identity;q=0, *;q=0":               "", // nothing is acceptable: the plain bytes, rather than a 406
		"gzip;q=0, identity;q=0":            "",
		"identity;q=0, gzip":                "gzip",
		"gzip;q=0, gzip":                    "", // the first counts
		strings.Repeat("br,", 99) + "gzip":  "gzip",
		strings.Repeat("br,", 100) + "gzip": "",
		strings.Repeat(",", 100) + "gzip":   "",
	} {
		w := send(t, h, "GET", "Accept-Encoding", accept)
		assert.Equal(t, want, w.Header().Get("Content-Encoding"), accept)
		assert.Equal(t, prose, decoded(t, want, w.Body.Bytes()), accept)
		assert.Equal(t, "Accept-Encoding", w.Header().Get("Vary"))
	}
	w := send(t, h, "GET")
	assert.Empty(t, w.Header().Get("Content-Encoding"))
	assert.Equal(t, "Accept-Encoding", w.Header().Get("Vary"))
	w = send(t, h, "GET", "Accept-Encoding", "br", "Accept-Encoding", "gzip")
	assert.Equal(t, "gzip", w.Header().Get("Content-Encoding"))
	w = send(t, compressed(t, tweens.CompressOptions{DisableZstd: true}, text(prose)), "GET", "Accept-Encoding", "gzip, zstd")
	assert.Equal(t, "gzip", w.Header().Get("Content-Encoding"))
	w = send(t, compressed(t, tweens.CompressOptions{Skip: func(*web.Request) bool { return true }}, text(prose)), "GET", "Accept-Encoding", "gzip")
	assert.Empty(t, w.Header().Get("Vary"))
}

// bodies are the kinds of body that a response may have.
var bodies = map[string]func(*web.Response, string){
	"bytes":  func(r *web.Response, s string) { r.SetBytes([]byte(s)) },
	"reader": func(r *web.Response, s string) { r.SetReader(strings.NewReader(s), int64(len(s))) },
	"slow reader": func(r *web.Response, s string) {
		r.SetReader(iotest.DataErrReader(iotest.HalfReader(strings.NewReader(s))), -1)
	},
	"stream": func(r *web.Response, s string) {
		r.SetStream(func(w web.StreamWriter) error { _, err := io.WriteString(w, s); return err })
	},
	"handler": func(r *web.Response, s string) {
		contentType := r.ContentType()
		r.SetHandler(http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
			w.Header().Set("Content-Type", contentType)
			_, _ = io.WriteString(w, s)
		}))
	},
	"handler with length": func(r *web.Response, s string) {
		r.SetHandler(http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
			w.Header().Set("Content-Length", strconv.Itoa(len(s)))
			w.WriteHeader(200)
			_, _ = io.Copy(w, strings.NewReader(s))
		}))
	},
	"handler in pieces": func(r *web.Response, s string) {
		r.SetHandler(http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
			w.WriteHeader(200)
			for piece := range strings.SplitAfterSeq(s, " ") {
				_, _ = io.WriteString(w, piece)
			}
		}))
	},
}

func TestCompressBodies(t *testing.T) {
	t.Parallel()
	for name, set := range bodies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := compressed(t, tweens.CompressOptions{}, responds(func(r *web.Response) {
				r.SetContentType("text/plain; charset=utf-8")
				r.SetHeader("Accept-Ranges", "bytes")
				r.SetHeader("Etag", `"v1"`)
				set(r, prose)
			}))
			for _, coding := range []string{"gzip", "zstd"} {
				for range 3 { // encoders are reused
					w := send(t, h, "GET", "Accept-Encoding", coding)
					assert.Equal(t, coding, w.Header().Get("Content-Encoding"))
					assert.Equal(t, "text/plain; charset=utf-8", w.Header().Get("Content-Type"))
					assert.Equal(t, `"v1-`+coding+`"`, w.Header().Get("Etag"))
					assert.Empty(t, w.Header().Get("Accept-Ranges"))
					assert.Equal(t, []string{"Accept-Encoding"}, w.Header().Values("Vary"))
					assert.Equal(t, prose, decoded(t, coding, w.Body.Bytes()))
					if l := w.Header().Get("Content-Length"); l != "" {
						assert.Equal(t, strconv.Itoa(w.Body.Len()), l)
					}
				}
			}
			w := send(t, h, "GET", "Accept-Encoding", "gzip", "Range", "bytes=0-99")
			assert.Empty(t, w.Header().Get("Content-Encoding"), "a range counts the plain bytes")
			assert.Equal(t, "bytes", w.Header().Get("Accept-Ranges"))
			assert.Equal(t, prose, w.Body.String())

			w = send(t, h, "HEAD", "Accept-Encoding", "gzip")
			assert.Empty(t, w.Body.Bytes())
			assert.Empty(t, w.Header().Get("Content-Length"))
			assert.Equal(t, "gzip", w.Header().Get("Content-Encoding"))
			assert.Equal(t, `"v1-gzip"`, w.Header().Get("Etag"))
		})
	}
}

// Middleware leaves nothing of the body in the response to HEAD.
func TestCompressHeadThroughMiddleware(t *testing.T) {
	t.Parallel()
	stream := func(r *web.Request) (*web.Response, error) {
		resp := r.Empty(200)
		resp.SetContentType("text/plain; charset=utf-8")
		resp.SetStream(func(w web.StreamWriter) error {
			_, err := io.WriteString(w, strings.Repeat(prose, 100))
			return err
		})
		return resp, nil
	}
	for name, main := range map[string]web.Handler{"long": text(prose), "short": text("short"), "empty": text(""), "stream": stream} {
		h := around(t, tweens.Compress(tweens.CompressOptions{}), through(t, corsMiddleware, main))
		for _, accepts := range []string{"gzip", "identity"} {
			get, head := send(t, h, "GET", "Accept-Encoding", accepts), send(t, h, "HEAD", "Accept-Encoding", accepts)
			for _, header := range []string{"Vary", "Content-Encoding", "Content-Type"} {
				assert.Equal(t, get.Header()[header], head.Header()[header], "%s, %s: %s", name, accepts, header)
			}
			assert.Empty(t, head.Body.Bytes())
			if head.Header().Get("Content-Encoding") != "" {
				assert.Empty(t, head.Header().Get("Content-Length"), name)
			}
		}
	}
}

func TestCompressLeavesAlone(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		set  func(*web.Response)
		vary string
	}{
		"short":        {func(r *web.Response) { r.SetText(prose[:1023]) }, ""},
		"empty":        {func(r *web.Response) { r.SetContentType("text/plain") }, ""},
		"short reader": {func(r *web.Response) { r.SetContentType("text/plain"); r.SetReader(strings.NewReader("short"), 5) }, ""},
		"short handler": {func(r *web.Response) {
			r.SetHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "short") }))
		}, ""},
		"image":   {func(r *web.Response) { r.SetContentType("image/png"); r.SetBytes([]byte(prose)) }, ""},
		"no type": {func(r *web.Response) { r.SetBytes([]byte(prose)) }, ""},
		"events":  {func(r *web.Response) { r.SetContentType("text/event-stream"); r.SetBytes([]byte(prose)) }, ""},
		"encoded": {func(r *web.Response) { r.SetText(prose); r.SetHeader("Content-Encoding", "br") }, ""},
		"part": {func(r *web.Response) {
			r.SetText(prose)
			r.SetStatus(206)
			r.SetHeader("Content-Range", "bytes 0-9/10")
		}, ""},
		"no transform": {func(r *web.Response) { r.SetText(prose); r.SetHeader("Cache-Control", "public, no-transform") }, ""},
		"no content":   {func(r *web.Response) { r.SetStatus(204); r.SetContentType("text/plain") }, ""},
		"noise": {func(r *web.Response) {
			noise := make([]byte, 2000)
			x := uint32(1)
			for i := range noise {
				x = x*1664525 + 1013904223
				noise[i] = byte(x >> 24)
			}
			r.SetContentType("text/plain")
			r.SetBytes(noise)
		}, "Accept-Encoding"},
		"image of a handler": {func(r *web.Response) {
			r.SetHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "image/png")
				_, _ = io.Copy(w, strings.NewReader(prose))
			}))
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plain := send(t, responds(test.set), "GET")
			w := send(t, compressed(t, tweens.CompressOptions{}, responds(test.set)), "GET", "Accept-Encoding", "gzip")
			if name != "empty" { // a response to HEAD without a body has any length
				head := send(t, compressed(t, tweens.CompressOptions{}, responds(test.set)), "HEAD", "Accept-Encoding", "gzip")
				for _, header := range []string{"Content-Encoding", "Vary", "Etag"} { // as GET (RFC 9110 9.3.2)
					assert.Equal(t, w.Header()[header], head.Header()[header], header)
				}
			}
			assert.Equal(t, plain.Code, w.Code)
			assert.Equal(t, plain.Body.String(), w.Body.String())
			assert.Equal(t, test.vary, w.Header().Get("Vary"))
			w.Header().Del("Vary")
			assert.Equal(t, plain.Header(), w.Header())
		})
	}
}

// Flushed bytes arrive while the stream goes on.
func TestCompressFlush(t *testing.T) {
	t.Parallel()
	for _, coding := range []string{"gzip", "zstd"} {
		for name, set := range map[string]func(*web.Response, <-chan string){
			"stream": func(r *web.Response, pieces <-chan string) {
				r.SetStream(func(w web.StreamWriter) error {
					for piece := range pieces {
						_, _ = io.WriteString(w, piece)
						_ = w.Flush()
					}
					return nil
				})
			},
			"handler": func(r *web.Response, pieces <-chan string) {
				r.SetHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					for piece := range pieces {
						_, _ = io.WriteString(w, piece)
						w.(http.Flusher).Flush()
					}
				}))
			},
		} {
			t.Run(coding+" "+name, func(t *testing.T) {
				t.Parallel()
				pieces := make(chan string)
				s := host(t, compressed(t, tweens.CompressOptions{Types: []string{"text/event-stream"}}, responds(func(r *web.Response) {
					r.SetContentType("text/event-stream")
					set(r, pieces)
				})))
				hr, err := http.NewRequest("GET", s.URL, nil)
				require.NoError(t, err)
				hr.Header.Set("Accept-Encoding", coding)
				go func() { pieces <- "data: 0\n\n" }()
				resp, err := s.Client().Do(hr)
				require.NoError(t, err)
				defer resp.Body.Close()
				assert.Equal(t, coding, resp.Header.Get("Content-Encoding"))
				var r io.Reader
				if coding == "gzip" {
					r, err = gzip.NewReader(resp.Body)
				} else {
					var z *zstd.Decoder
					z, err = zstd.NewReader(resp.Body, zstd.WithDecoderConcurrency(1))
					require.NoError(t, err)
					defer z.Close()
					r = z
				}
				require.NoError(t, err)
				for i := range 5 {
					if i > 0 {
						pieces <- fmt.Sprintf("data: %d\n\n", i)
					}
					event := make([]byte, 9)
					_, err = io.ReadFull(r, event)
					require.NoError(t, err)
					assert.Equal(t, fmt.Sprintf("data: %d\n\n", i), string(event))
				}
				close(pieces)
				rest, err := io.ReadAll(r)
				require.NoError(t, err)
				assert.Empty(t, rest)
			})
		}
	}
}

// A body that fails before anything was sent can be replaced; one that fails later is not ended as
// if it were complete.
func TestCompressOfBrokenBodies(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	send := func(set func(*web.Response)) (*httptest.ResponseRecorder, web.Sent, error) {
		r := request("GET", "/")
		r.Header.Set("Accept-Encoding", "gzip")
		resp, err := compressed(t, tweens.CompressOptions{}, responds(func(r *web.Response) { r.SetContentType("text/plain"); set(r) }))(r)
		require.NoError(t, err)
		w := httptest.NewRecorder()
		sent, err := resp.Send(w, r)
		return w, sent, err
	}
	closed := 0
	reader := func(r io.Reader) io.Reader {
		return struct {
			io.Reader
			io.Closer
		}{r, closer(func() { closed++ })}
	}
	_, sent, err := send(func(r *web.Response) { r.SetStream(func(web.StreamWriter) error { return boom }) })
	assert.ErrorIs(t, err, boom)
	assert.False(t, sent.Started)
	_, sent, err = send(func(r *web.Response) {
		r.SetStream(func(w web.StreamWriter) error { _, _ = io.WriteString(w, prose); panic(boom) })
	})
	assert.ErrorIs(t, err, boom)
	assert.True(t, sent.Started)
	w, sent, err := send(func(r *web.Response) {
		r.SetStream(func(w web.StreamWriter) error { _, _ = io.WriteString(w, prose); _ = w.Flush(); return boom })
	})
	assert.ErrorIs(t, err, boom)
	assert.True(t, sent.Started)
	z, err := gzip.NewReader(w.Body)
	require.NoError(t, err)
	_, err = io.ReadAll(z)
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
	_, sent, err = send(func(r *web.Response) { r.SetReader(reader(iotest.ErrReader(boom)), -1) })
	assert.ErrorIs(t, err, boom)
	assert.False(t, sent.Started)
	assert.Equal(t, 1, closed)
	w, _, err = send(func(r *web.Response) { r.SetReader(reader(strings.NewReader("")), -1) })
	require.NoError(t, err)
	assert.Empty(t, decoded(t, "gzip", w.Body.Bytes()), "nothing, in due form")
	assert.Equal(t, 2, closed)
	_, sent, err = send(func(r *web.Response) {
		r.SetHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "kept"); panic(boom) }))
	})
	assert.ErrorIs(t, err, boom)
	assert.False(t, sent.Started)
	for _, empty := range []func(*web.Response){
		func(r *web.Response) { r.SetStream(func(web.StreamWriter) error { return nil }) },
		func(r *web.Response) { r.SetHandler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})) },
		func(r *web.Response) {
			r.SetHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }))
		},
	} {
		w, _, err = send(empty)
		require.NoError(t, err)
		assert.Empty(t, decoded(t, w.Header().Get("Content-Encoding"), w.Body.Bytes()))
	}
}

// A handler may take over the connection.
func TestCompressHijack(t *testing.T) {
	t.Parallel()
	s := host(t, compressed(t, tweens.CompressOptions{}, responds(func(r *web.Response) {
		r.SetStatus(101)
		r.SetHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			conn, rw, err := w.(http.Hijacker).Hijack()
			if assert.NoError(t, err) {
				_, _ = rw.WriteString("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi")
				_ = rw.Flush()
				_ = conn.Close()
			}
		}))
	})))
	resp, err := s.Client().Get(s.URL)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	assert.Equal(t, "hi", string(body))
}

func TestCompressConcurrently(t *testing.T) {
	t.Parallel()
	var handlers []web.Handler
	for _, set := range bodies {
		handlers = append(handlers, compressed(t, tweens.CompressOptions{}, responds(func(r *web.Response) { r.SetContentType("text/plain"); set(r, prose) })))
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			coding := []string{"gzip", "zstd"}[i%2]
			for j := range 20 {
				w := send(t, handlers[(i+j)%len(handlers)], "GET", "Accept-Encoding", coding)
				assert.Equal(t, prose, decoded(t, coding, w.Body.Bytes()))
			}
		})
	}
	wg.Wait()
}

// Whatever a client accepts and however a body is produced, it arrives unchanged.
func FuzzCompress(f *testing.F) {
	f.Add("gzip, zstd;q=0.5", []byte(prose), `"a-gzip"`, uint8(3))
	f.Add("identity;q=0, *;q=0.1", []byte{}, `W/"", ,"`, uint8(1))
	h := compressed(f, tweens.CompressOptions{MinSize: 16}, func(r *web.Request) (*web.Response, error) {
		resp := web.Respond(200)
		resp.SetContentType("text/plain")
		resp.SetHandler(http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
			piece, _ := strconv.Atoi(hr.Header.Get("X-Piece"))
			_, _ = io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{hr.Body}, make([]byte, piece))
		}))
		return resp, nil
	})
	f.Fuzz(func(t *testing.T, accept string, body []byte, tags string, piece uint8) {
		r := web.Begin(nil, httptest.NewRequest("GET", "/", bytes.NewReader(body)))
		r.Header = http.Header{"Accept-Encoding": {accept}, "If-None-Match": {tags}, "X-Piece": {strconv.Itoa(int(piece) + 1)}}
		w := httptest.NewRecorder()
		require.NoError(t, respond(h, r, w))
		assert.Equal(t, string(body), decoded(t, w.Header().Get("Content-Encoding"), w.Body.Bytes()))
	})
}

func BenchmarkCompress(b *testing.B) {
	for _, size := range []int{100, 4_500, 100_000} {
		for _, accept := range []string{"", "gzip", "zstd"} {
			b.Run(fmt.Sprintf("bytes=%d/accept=%s", size, accept), func(b *testing.B) {
				h := compressed(b, tweens.CompressOptions{}, text(strings.Repeat(prose, size/len(prose)+1)[:size]))
				hr := request("GET", "/").Request
				if accept != "" {
					hr.Header.Set("Accept-Encoding", accept)
				}
				w := &discardWriter{header: http.Header{}}
				b.SetBytes(int64(size))
				b.ReportAllocs()
				for b.Loop() {
					clear(w.header)
					if err := respond(h, web.Begin(nil, hr), w); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
