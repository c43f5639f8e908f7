package web_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/views/web"
)

func TestTakeBody(t *testing.T) {
	t.Parallel()
	stream := func(web.StreamWriter) error { return nil }
	handler := http.NotFoundHandler()
	closed := false
	reader := struct {
		io.Reader
		io.Closer
	}{strings.NewReader("x"), closer(func() { closed = true })}
	for _, test := range []struct {
		name    string
		set     func(*web.Response)
		pending bool
		size    int64
		check   func(any) bool
	}{
		{"none", func(*web.Response) {}, false, 0, func(b any) bool { return b == nil }},
		{"text", func(r *web.Response) { r.SetText("text") }, false, 4, func(b any) bool { return string(b.([]byte)) == "text" }},
		{"bytes", func(r *web.Response) { r.SetBytes([]byte("text")) }, false, 4, func(b any) bool { return string(b.([]byte)) == "text" }},
		{"reader", func(r *web.Response) { r.SetReader(reader, 1) }, true, 1, func(b any) bool { _, ok := b.(io.Reader); return ok }},
		{"stream", func(r *web.Response) { r.SetStream(stream) }, true, -1, func(b any) bool { _, ok := b.(func(web.StreamWriter) error); return ok }},
		{"handler", func(r *web.Response) { r.SetHandler(handler) }, true, -1, func(b any) bool { _, ok := b.(http.Handler); return ok }},
	} {
		t.Run(test.name, func(t *testing.T) {
			resp := web.Respond(201)
			resp.SetHeader("X-Kept", "yes")
			test.set(resp)
			assert.Equal(t, test.pending, resp.Pending())
			assert.Equal(t, test.size, resp.Size())
			body := resp.TakeBody()
			assert.True(t, test.check(body), "%T", body)
			assert.False(t, resp.Pending())
			assert.Nil(t, resp.TakeBody())
			assert.Zero(t, resp.Size())
			assert.Equal(t, 201, resp.Status())
			assert.Equal(t, "yes", resp.Header("X-Kept"))
			assert.False(t, closed)
		})
	}
}
