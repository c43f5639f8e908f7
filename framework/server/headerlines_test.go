//go:build go1.27

package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/server"
)

func TestMaxHeaderLines(t *testing.T) {
	noLeaks(t)
	for _, tt := range []struct{ limit, lines, status int }{
		{0, 400, http.StatusOK}, {0, 600, http.StatusRequestHeaderFieldsTooLarge},
		{64, 50, http.StatusOK}, {64, 70, http.StatusRequestHeaderFieldsTooLarge},
		{1000, 900, http.StatusOK},
	} {
		s := serve(t, newApp(t, framework.Options{}), server.Options{MaxHeaderLines: tt.limit})
		c := s.dial(t)
		c.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + strings.Repeat("X: y\r\n", tt.lines) + "\r\n")
		resp, _ := c.response()
		assert.Equal(t, tt.status, resp.StatusCode, tt)
	}
}
