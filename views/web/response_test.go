package web_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web"
)

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

func TestRedirectEscapesTheLocation(t *testing.T) {
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

// closing is a reader that records whether it was closed.
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
