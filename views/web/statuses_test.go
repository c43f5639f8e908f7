package web_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

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
