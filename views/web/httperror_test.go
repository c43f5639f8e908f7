package web_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web"
)

func TestConstructors(t *testing.T) {
	t.Parallel()
	for want, e := range map[int]*web.HTTPError{
		200: web.Status(200, "d"), 201: web.Created("/x"), 202: web.Status(202, "d"), 203: web.Status(203, "d"), 204: web.NoContent(), 205: web.Status(205, ""), 206: web.Status(206, "d"),
		300: web.Status(300, "d"), 301: web.MovedPermanently("/x"), 302: web.Found("/x"), 303: web.SeeOther("/x"), 304: web.NotModified(), 305: web.Status(305, ""),
		307: web.TemporaryRedirect("/x"), 308: web.PermanentRedirect("/x"),
		400: web.BadRequest("d"), 401: web.Unauthorized("Basic"), 402: web.Status(402, "d"), 403: web.Forbidden("d"), 404: web.NotFound("d"), 405: web.MethodNotAllowed("GET", "HEAD"),
		406: web.NotAcceptable("d"), 407: web.Status(407, "d"), 408: web.Status(408, "d"), 409: web.Conflict("d"), 410: web.Gone("d"), 411: web.Status(411, "d"),
		412: web.PreconditionFailed("d"), 413: web.ContentTooLarge("d"), 414: web.Status(414, "d"), 415: web.UnsupportedMediaType("d"), 416: web.RangeNotSatisfiable(7), 417: web.Status(417, "d"),
		418: web.Status(418, "d"), 421: web.Status(421, "d"), 422: web.UnprocessableContent("d"), 423: web.Status(423, "d"), 424: web.Status(424, "d"), 425: web.Status(425, "d"), 426: web.UpgradeRequired("h2c"),
		428: web.Status(428, "d"), 429: web.TooManyRequests("d"), 431: web.Status(431, "d"), 451: web.Status(451, "d"),
		500: web.InternalServerError("d"), 501: web.Status(501, "d"), 502: web.BadGateway("d"), 503: web.ServiceUnavailable("d"), 504: web.GatewayTimeout("d"), 505: web.Status(505, "d"),
		507: web.Status(507, "d"), 508: web.Status(508, "d"), 511: web.Status(511, "d"),
		599: web.Status(599, "d"), 999: web.Status(999, "d"),
	} {
		assert.Equal(t, want, e.Status())
		assert.True(t, strings.HasPrefix(e.Error(), fmt.Sprint(want)), e.Error())
		r := get("/")
		w, _ := send(t, r, e.Response(r))
		assert.Equal(t, want, w.Code)
		assert.Contains(t, "d", e.Detail())
		if d := e.Detail(); d != "" {
			assert.Contains(t, w.Body.String(), d)
		}
	}
	for _, code := range []int{-1, 0, 99, 101, 1000} {
		assert.Equal(t, 500, web.Status(code, "").Status())
	}
}

func TestHeadersOfErrors(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		e           *web.HTTPError
		name, value string
	}{
		{web.MethodNotAllowed("GET", "HEAD"), "Allow", "GET, HEAD"},
		{web.Unauthorized(`Basic realm="x"`), "WWW-Authenticate", `Basic realm="x"`},
		{web.Unauthorized(""), "WWW-Authenticate", ""},
		{web.Status(407, "").WithHeader("Proxy-Authenticate", "Basic"), "Proxy-Authenticate", "Basic"},
		{web.UpgradeRequired("h2c"), "Upgrade", "h2c"},
		{web.UpgradeRequired("h2c"), "Connection", "Upgrade"},
		{web.RangeNotSatisfiable(7), "Content-Range", "bytes */7"},
		{web.RangeNotSatisfiable(-1), "Content-Range", ""},
		{web.Created("x"), "Location", "x"},
		{web.Created(""), "Location", ""},
		{web.ServiceUnavailable("").WithRetryAfter(1500 * time.Millisecond), "Retry-After", "2"},
	} {
		r := get("/")
		w, _ := send(t, r, tc.e.Response(r))
		assert.Equal(t, tc.value, w.Header().Get(tc.name))
		assert.Equal(t, tc.value, tc.e.Header(tc.name))
	}
}

func TestFormOfErrors(t *testing.T) {
	t.Parallel()
	const text, html, problem = "text/plain; charset=utf-8", "text/html; charset=utf-8", "application/problem+json"
	for _, tc := range []struct{ name, accept, want string }{
		{"nothing", "-", text},
		{"curl", "*/*", text},
		{"a browser", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", html},
		{"axios", "application/json, text/plain, */*", problem},
		{"an API client", "application/json", problem},
		{"one that knows the RFC", "application/problem+json, application/json;q=0.9", problem},
		{"an image of a page", "image/avif,image/webp,*/*;q=0.5", text},
		{"any text", "text/*", text},
		{"any application", "application/*", problem},
		{"text rather than page", "text/html;q=0.5, text/plain", text},
		{"page rather than JSON", "application/json;q=0.5, text/html", html},
		{"no page", "text/html;q=0, */*", text},
		{"none of them", "image/png", text},
		{"empty", "", text},
		{"unreadable", "nonsense", text},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := get("/")
			if tc.accept != "-" {
				r.Header.Set("Accept", tc.accept)
			}
			resp := web.NotFound("").Response(r)
			assert.Equal(t, tc.want, resp.ContentType())
			assert.Equal(t, "Accept", resp.Header("Vary"))
		})
	}
}

func TestTextOfErrors(t *testing.T) {
	t.Parallel()
	body := func(e *web.HTTPError, accept string) string {
		r := begin(http.MethodGet, "/", "", "Accept", accept)
		w, _ := send(t, r, e.Response(r))
		return strings.ReplaceAll(w.Body.String(), r.ID(), "ID")
	}
	hostile := web.NotFound(`<script>"&`)
	assert.Equal(t, "404 Not Found\n", body(web.NotFound(""), "*/*"))
	assert.Equal(t, "404 Not Found\n\n<script>\"&\n", body(hostile, "*/*"))
	assert.Contains(t, body(hostile, "text/html"), "<p>&lt;script&gt;&#34;&amp;</p>")
	assert.Contains(t, body(web.NotFound("").WithTitle("<b>"), "text/html"), "<h1>404 &lt;b&gt;</h1>")
	assert.JSONEq(t, `{"title":"Not Found","status":404,"detail":"<script>\"&"}`, body(hostile, "application/json"))
	assert.Equal(t, "404 Nowhere\n", body(web.NotFound("").WithTitle("Nowhere"), "*/*"))
	assert.Equal(t, "799 Status 799\n", strings.SplitAfter(body(web.Status(799, ""), "*/*"), "\n")[0])

	broken := web.InternalServerError("try again").With(errors.New("password is hunter2"))
	assert.Equal(t, "500 Internal Server Error\n\ntry again\n\nrequest ID\n", body(broken, "*/*"))
	assert.Contains(t, body(broken, "text/html"), "<code>ID</code>")
	assert.JSONEq(t, `{"title":"Internal Server Error","status":500,"detail":"try again","request_id":"ID"}`, body(broken, "application/json"))
	assert.Contains(t, broken.Error(), "hunter2", "the log has it")

	rich := web.UnprocessableContent("two fields are wrong").WithType("https://example.com/invalid").WithInstance("/x/7").
		WithExtension("fields", []string{"a", "b"}).WithExtension("status", 200).WithExtension("bad", func() {})
	assert.Equal(t, `{"type":"https://example.com/invalid","title":"Unprocessable Entity","status":422,"detail":"two fields are wrong","instance":"/x/7","fields":["a","b"]}`+"\n",
		body(rich, "application/json"))
}

func TestHTTPErrorIsImmutable(t *testing.T) {
	t.Parallel()
	e := web.NotFound("a").WithHeader("X-A", "1").WithExtension("a", 1)
	first := e.WithHeader("X-B", "1").WithExtension("b", 1)
	second := e.WithHeader("X-B", "2").WithDetail("b").WithTitle("t").WithType("t").WithInstance("i").With(errBroken)
	assert.Equal(t, "1", first.Header("X-B"))
	assert.Equal(t, "2", second.Header("X-B"))
	assert.Equal(t, "", e.Header("X-B"))
	assert.Equal(t, "a", e.Detail())
	assert.NotErrorIs(t, e, errBroken)
	assert.ErrorIs(t, second, errBroken)
}

type statusError struct {
	status int
	text   string
}

func (e statusError) Error() string { return e.text }
func (e statusError) Status() int   { return e.status }

func TestErrorResponse(t *testing.T) {
	t.Parallel()
	plain := errors.New("secret")
	for _, tc := range []struct {
		name     string
		err      error
		status   int // 0: not answered
		has, not string
	}{
		{"nil", nil, 0, "", ""},
		{"an error", plain, 0, "", ""},
		{"an HTTP error", web.Gone("it is gone"), 410, "it is gone", ""},
		{"wrapped", fmt.Errorf("secret: %w", web.Gone("it is gone")), 410, "it is gone", "secret"},
		{"joined", errors.Join(plain, web.Gone("it is gone"), web.Conflict("")), 410, "it is gone", "secret"},
		{"outermost first", web.Conflict("outer").With(web.Gone("inner")), 409, "outer", "inner"},
		{"an error with a status", statusError{404, "no page 7"}, 404, "no page 7", ""},
		{"an internal error with a status", statusError{503, "secret"}, 503, "503 Service Unavailable", "secret"},
		{"nonsense status", statusError{0, "secret"}, 500, "", "secret"},
		{"a bad path", &web.PathError{Path: "/%ff", Reason: "not UTF-8"}, 400, "not UTF-8", ""},
		{"a panic", &web.PanicError{Value: plain}, 0, "", ""},
		{"joined, none", errors.Join(plain, plain), 0, "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := get("/")
			resp, ok := web.Drive(r).ErrorResponse(tc.err)
			status, _ := web.StatusOf(tc.err)
			assert.Equal(t, tc.status, status)
			require.Equal(t, tc.status != 0, ok)
			if !ok {
				return
			}
			w, _ := send(t, r, resp)
			assert.Equal(t, tc.status, w.Code)
			assert.Contains(t, w.Body.String(), tc.has)
			if tc.not != "" {
				assert.NotContains(t, w.Body.String(), tc.not)
			}
		})
	}
}

func TestAnErrorForgetsWhatTheViewSet(t *testing.T) {
	t.Parallel()
	r := get("/")
	r.Response().SetHeader("X-View", "1")
	assert.Empty(t, web.NotFound("").Response(r).Header("X-View"))

	web.Drive(r).SetError(errBroken)
	assert.Equal(t, errBroken, r.Err())
	assert.Empty(t, r.Response().Header("X-View"), "nor does an error view begin with it")
	r.Response().SetHeader("X-Error-View", "1")
	assert.Equal(t, "1", r.Text("sorry").Header("X-Error-View"))
	r.Response().SetHeader("X-More", "1")
	web.Drive(r).SetError(errBroken)
	assert.Empty(t, r.Response().Header("X-More"))
}

func TestProblemIsJSON(t *testing.T) {
	t.Parallel()
	r := begin(http.MethodGet, "/", "", "Accept", "application/json")
	b, ok := web.NotFound(strings.Repeat("\"\x00\xff", 3)).Response(r).Body()
	require.True(t, ok)
	assert.True(t, json.Valid(b))
}
