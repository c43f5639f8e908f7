package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/traversal/async"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestRepresentationOfErrors(t *testing.T) {
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

func TestContentOfErrors(t *testing.T) {
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
		status   int // 0 if there is no response
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

func TestErrorDiscardsWhatTheViewSet(t *testing.T) {
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

// busy is an error with a status and a Retry-After.
type busy struct{ status int }

func (busy) Error() string             { return "busy" }
func (b busy) Status() int             { return b.status }
func (busy) RetryAfter() time.Duration { return 1500 * time.Millisecond }

func TestResponsesToErrorsOfWaiting(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		err    error
		status int
		retry  string
	}{
		{"saturated", fmt.Errorf("paint: %w", &async.SaturatedError{Name: "pictures", After: 3 * time.Second}), 503, "3"},
		{"ErrSaturated", async.ErrSaturated, 503, "1"},
		{"any error that says so", busy{429}, 429, "2"},
		{"deadline", context.DeadlineExceeded, 504, ""},
		{"deadline within", fmt.Errorf("ask: %w", errors.Join(errors.New("a"), context.DeadlineExceeded)), 504, ""},
		{"deadline in an HTTP error", web.BadGateway("").With(context.DeadlineExceeded), 502, ""},
		{"cancelled", context.Canceled, 0, ""},
		{"a body beyond the limit of middleware", fmt.Errorf("read: %w", &http.MaxBytesError{Limit: 3}), 413, ""},
		{"a panic that says so", &web.PanicError{Value: &http.MaxBytesError{Limit: 3}}, 0, ""},
		{"a panic that says deadline", &web.PanicError{Value: context.DeadlineExceeded}, 0, ""},
		{"a panic of work that says deadline", &async.PanicError{Value: context.DeadlineExceeded}, 0, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := get("/")
			resp, ok := web.Drive(r).ErrorResponse(test.err)
			status, known := web.StatusOf(test.err)
			assert.Equal(t, test.status, status)
			assert.Equal(t, known, ok)
			if test.status == 0 {
				require.False(t, ok)
				return
			}
			assert.Equal(t, test.status, resp.Status())
			assert.Equal(t, test.retry, resp.Header("Retry-After"))
			web.Drive(r).SetError(test.err)
			assert.Equal(t, test.retry, r.Response().Header("Retry-After"), "in an error view")
		})
	}
}

func TestClientGone(t *testing.T) {
	t.Parallel()
	here := get("/")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	gone := here.WithContext(ctx)
	late, cancelLate := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancelLate()
	tests := []struct {
		name string
		r    *web.Request
		err  error
		want bool
	}{
		{"cancelled", gone, fmt.Errorf("load: %w", context.Canceled), true},
		{"a wait that was refused", gone, web.Status(web.StatusClientClosedRequest, ""), true},
		{"another error", gone, errors.New("no"), false},
		{"an error with a status", gone, web.NotFound("").With(context.Canceled), false},
		{"a panic", gone, &web.PanicError{Value: context.Canceled}, false},
		{"the client is there", here, context.Canceled, false},
		{"a deadline", here.WithContext(late), context.Canceled, false},
	}
	for _, test := range tests {
		resp, got := web.Drive(test.r).ClientGone(test.err)
		assert.Equal(t, test.want, got, test.name)
		if got {
			assert.Equal(t, 499, resp.Status())
			b, _ := resp.Body()
			assert.Empty(t, b)
		}
	}
}
