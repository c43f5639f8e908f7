package web_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web"
)

func TestHeadersAsPairsAndAsMapAgree(t *testing.T) {
	t.Parallel()
	steps := map[string]func(resp *web.Response){
		"set":       func(resp *web.Response) { resp.SetHeader("x-a", "1") },
		"set twice": func(resp *web.Response) { resp.SetHeader("X-A", "1"); resp.SetHeader("x-a", "2") },
		"add":       func(resp *web.Response) { resp.AddHeader("X-A", "1"); resp.AddHeader("X-A", "2") },
		"set after add": func(resp *web.Response) {
			resp.AddHeader("X-A", "1")
			resp.AddHeader("X-A", "2")
			resp.SetHeader("X-A", "3")
		},
		"delete": func(resp *web.Response) {
			resp.SetHeader("X-A", "1")
			resp.SetHeader("X-B", "2")
			resp.DelHeader("x-a")
		},
		"content type":    func(resp *web.Response) { resp.SetHeader("content-type", "a/b"); resp.AddHeader("Content-Type", "c/d") },
		"no content type": func(resp *web.Response) { resp.SetContentType("a/b"); resp.DelHeader("Content-Type") },
		"vary":            func(resp *web.Response) { resp.AddVary("Accept", "accept", "Cookie"); resp.AddVary("Cookie") },
		"vary star":       func(resp *web.Response) { resp.AddVary("*"); resp.AddVary("Cookie") },
		"cookies": func(resp *web.Response) {
			resp.SetCookie(&http.Cookie{Name: "a", Value: "1"})
			resp.SetCookie(&http.Cookie{Name: "b", Value: "1"})
		},
		"cookie again": func(resp *web.Response) {
			resp.SetCookie(&http.Cookie{Name: "a", Value: "1"})
			resp.SetCookie(&http.Cookie{Name: "a", Value: "2"})
		},
		"cookie, two paths": func(resp *web.Response) {
			resp.SetCookie(&http.Cookie{Name: "a", Value: "1", Path: "/x"})
			resp.SetCookie(&http.Cookie{Name: "a", Value: "2", Path: "/y"})
		},
		"many": func(resp *web.Response) {
			for i := range 9 {
				resp.AddHeader(fmt.Sprint("X-", i%5), fmt.Sprint(i))
			}
			resp.DelHeader("X-1")
			resp.SetHeader("X-2", "z")
			resp.AddHeader("X-6", "6")
		},
	}
	for name, step := range steps {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pairs, asMap := web.Respond(204), web.Respond(204)
			asMap.Headers()
			step(pairs)
			step(asMap)
			clone := pairs.Clone()
			w, _ := send(t, get("/"), pairs)
			wm, _ := send(t, get("/"), asMap)
			assert.Equal(t, wm.Header(), w.Header())
			for key := range asMap.Headers() {
				assert.Equal(t, asMap.Header(key), clone.Header(key), key)
			}
			assert.Equal(t, asMap.Headers(), clone.Headers())
		})
	}
}

func TestHeaderValues(t *testing.T) {
	t.Parallel()
	resp := web.Respond(200)
	resp.AddVary("Accept", "Accept-Language")
	resp.SetCookie(&http.Cookie{Name: "a", Value: "1"})
	resp.SetCookie(&http.Cookie{Name: "b", Value: "2"})
	resp.SetCookie(&http.Cookie{Name: "a", Value: "3"})
	resp.SetContentType("text/csv")
	assert.Equal(t, "Accept, Accept-Language", resp.Header("vary"))
	assert.Equal(t, "text/csv", resp.ContentType())
	assert.Equal(t, []string{"b=2", "a=3"}, resp.Headers()["Set-Cookie"])
	resp.Headers().Add("X-Map", "1")
	assert.Equal(t, "1", resp.Header("X-Map"), "the map is the response's own")
}

func TestCloneIsIndependent(t *testing.T) {
	t.Parallel()
	for _, asMap := range []bool{false, true} {
		resp := web.Respond(201)
		for i := range 5 {
			resp.SetHeader(fmt.Sprint("X-", i), "1")
		}
		if asMap {
			resp.Headers()
		}
		resp.SetText("text")
		c := resp.Clone()
		c.SetStatus(500)
		c.SetHeader("X-4", "2")
		c.AddHeader("X-0", "2")
		c.SetText("other")
		body, _ := resp.Body()
		assert.Equal(t, "text", string(body))
		assert.Equal(t, 201, resp.Status())
		assert.Equal(t, "1", resp.Header("X-4"))
		assert.Len(t, resp.Headers()["X-0"], 1)
	}
}

func TestSendRefusesWhatBreaksTheMessage(t *testing.T) {
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

func TestRedirectCannotBreakTheMessage(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"/a?b=c#d":              "/a?b=c#d",
		"https://example.com/x": "https://example.com/x",
		"../up":                 "../up",
		"/a b\r\nX: y":          "/a%20b%0D%0AX:%20y",
		"/ä%20":                 "/%C3%A4%20",
	} {
		w, _ := send(t, get("/"), get("/").Redirect(303, url))
		assert.Equal(t, want, w.Header().Get("Location"))
		assert.Equal(t, 303, w.Code)
		assert.Equal(t, want, web.SeeOther(url).Header("Location"))
	}
}

func TestSendJoinsHeadersOfTheWriter(t *testing.T) {
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

func TestSharedHeaderValuesStayWhatTheyAre(t *testing.T) {
	t.Parallel()
	for range 2 {
		w, _ := send(t, get("/"), get("/").Text("hello"))
		assert.Equal(t, []string{"text/plain; charset=utf-8"}, w.Header()["Content-Type"])
		w.Header().Add("Content-Type", "more")
	}
}

// closing is a reader that tells whether it was closed.
type closing struct {
	io.Reader
	closed bool
}

func (c *closing) Close() error { c.closed = true; return nil }

type brokenReader struct{}

var errBroken = errors.New("broken")

func (brokenReader) Read([]byte) (int, error) { return 0, errBroken }

func TestReadersAreClosed(t *testing.T) {
	t.Parallel()
	body := func() *closing { return &closing{Reader: strings.NewReader("x")} }
	for name, end := range map[string]func(t *testing.T, resp *web.Response){
		"sent":         func(t *testing.T, resp *web.Response) { send(t, get("/"), resp) },
		"sent to HEAD": func(t *testing.T, resp *web.Response) { send(t, begin(http.MethodHead, "/", ""), resp) },
		"sent as 304":  func(t *testing.T, resp *web.Response) { resp.SetStatus(304); send(t, get("/"), resp) },
		"replaced":     func(_ *testing.T, resp *web.Response) { resp.SetText("y") },
		"closed":       func(t *testing.T, resp *web.Response) { require.NoError(t, resp.Close()) },
		"failed to send": func(t *testing.T, resp *web.Response) {
			_, err := resp.Send(&brokenWriter{header: http.Header{}}, get("/"))
			require.ErrorIs(t, err, errBroken)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resp, b := web.Respond(200), body()
			resp.SetReader(b, 1)
			end(t, resp)
			assert.True(t, b.closed)
		})
	}
	require.NoError(t, web.Respond(200).Close())
}

type brokenWriter struct{ header http.Header }

func (w *brokenWriter) Header() http.Header       { return w.header }
func (w *brokenWriter) WriteHeader(int)           {}
func (w *brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestErrorViewsBeginWithTheError(t *testing.T) {
	t.Parallel()
	r := get("/")
	r.Response().SetHeader("X-View", "of the view that failed")
	web.Drive(r).SetError(fmt.Errorf("wrapped: %w", web.MethodNotAllowed("GET", "POST")))
	resp := r.HTML("<p>not so</p>")
	assert.Equal(t, http.StatusMethodNotAllowed, resp.Status())
	assert.Equal(t, "GET, POST", resp.Header("Allow"))
	assert.Empty(t, resp.Header("X-View"))
	assert.Equal(t, http.StatusMethodNotAllowed, r.Text("a second one").Status())

	r = get("/")
	web.Drive(r).SetError(web.NotFound(""))
	r.Response().SetStatus(http.StatusGone)
	assert.Equal(t, http.StatusGone, r.Text("gone").Status(), "what the view sets counts")

	r = get("/")
	web.Drive(r).SetError(errors.New("of no status"))
	assert.Equal(t, http.StatusOK, r.Text("as it is").Status())
	web.Drive(r).SetError(nil)
	assert.Equal(t, http.StatusOK, r.Text("no error").Status())
}
