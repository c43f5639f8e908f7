package devtools_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/framework/devtools"
	"github.com/mastaba-go/mastaba/views/web"
)

func page(contentType, body string) *web.Response {
	resp := web.Respond(http.StatusOK)
	resp.SetContentType(contentType)
	resp.SetText(body)
	resp.SetContentType(contentType)
	return resp
}

func TestInject(t *testing.T) {
	const markup = "<script src=/-/dev/x.js></script>"
	resp := page("text/html; charset=utf-8", "<body>hello</body></html>\n")
	assert.True(t, devtools.Inject(resp, markup))
	body, _ := resp.Body()
	assert.Equal(t, "<body>hello"+markup+"</body></html>\n", string(body))

	for kind, text := range map[string]string{"text/plain": "<body></body>", "text/html": "no end", "application/json": "{}"} {
		resp := page(kind, text)
		assert.False(t, devtools.Inject(resp, markup), kind)
		body, _ := resp.Body()
		assert.Equal(t, text, string(body))
	}
	encoded := page("text/html", "<body></body>")
	encoded.SetHeader("Content-Encoding", "gzip")
	assert.False(t, devtools.Inject(encoded, markup))
}

func TestInjectPolicies(t *testing.T) {
	for before, after := range map[string]string{
		"default-src 'self'":                       "default-src 'self'; script-src 'self'; style-src 'self'; connect-src 'self'",
		"default-src 'none';":                      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'",
		"frame-ancestors 'none'":                   "frame-ancestors 'none'",
		"script-src 'nonce-x' 'strict-dynamic'":    "script-src 'nonce-x' 'self'",
		"default-src *; STYLE-SRC 'none'":          "default-src *; STYLE-SRC 'self'; script-src *; connect-src *",
		"connect-src https://a.example; img-src *": "connect-src https://a.example 'self'; img-src *",
	} {
		resp := page("text/html", "<body></body>")
		resp.SetHeader("Content-Security-Policy", before)
		assert.True(t, devtools.Inject(resp, "x"))
		got := resp.Header("Content-Security-Policy")
		assert.Equal(t, after, got, before)
	}
}
