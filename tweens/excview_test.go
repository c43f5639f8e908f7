package tweens_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/tweens"
	"github.com/mastaba-go/mastaba/views/web"
)

func TestErrorViews(t *testing.T) {
	t.Parallel()
	first, second := errors.New("first"), errors.New("second")
	type handler = func(r *web.Request, err error) (*web.Response, bool, error)
	handles := func(r *web.Request, err error) (*web.Response, bool, error) {
		return r.Text("sorry: " + err.Error()), true, nil
	}
	none := func(*web.Request, error) (*web.Response, bool, error) { return nil, false, nil }
	raises := func(err error) handler {
		return func(*web.Request, error) (*web.Response, bool, error) { return nil, false, err }
	}
	tests := []struct {
		name   string
		main   web.Handler
		handle handler
		body   string
		err    error
	}{
		{"no error", text("hello"), none, "hello", nil},
		{"handled", failing(first), handles, "sorry: first", nil},
		{"unhandled", failing(first), none, "", first},
		{"the view fails", failing(first), raises(second), "", second},
		{"the view finds nothing", failing(first), raises(web.NotFound("no view")), "", first},
		{"a panic is an error", func(*web.Request) (*web.Response, error) { panic("ouch") }, handles, "sorry: panic: ouch", nil},
		{"the view panics", failing(first), func(*web.Request, error) (*web.Response, bool, error) { panic(second) }, "", second},
		{"neither", func(*web.Request) (*web.Response, error) { return nil, nil }, handles,
			"sorry: a tween or the router returned neither a response nor an error", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := around(t, tweens.ErrorViews(tt.handle), tt.main)
			r := request("GET", "/")
			w := httptest.NewRecorder()
			err := respond(h, r, w)
			if tt.err != nil {
				require.ErrorIs(t, err, tt.err)
				assert.NoError(t, r.Err(), "an unhandled error is not kept in the request")
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tt.body, w.Body.String())
			assert.Equal(t, tt.name != "no error", r.Err() != nil)
		})
	}
}

func TestErrorViewsLetAbortPass(t *testing.T) {
	t.Parallel()
	none := func(*web.Request, error) (*web.Response, bool, error) { return nil, false, nil }
	h := around(t, tweens.ErrorViews(none), func(*web.Request) (*web.Response, error) { panic(http.ErrAbortHandler) })
	assert.PanicsWithValue(t, http.ErrAbortHandler, func() { _, _ = h(request("GET", "/")) })
}

func TestErrorViewsLogPanics(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := zerolog.New(&out)
	says := func(r *web.Request, _ error) (*web.Response, bool, error) { return r.Text("sorry"), true, nil }
	h := around(t, tweens.ErrorViews(says), func(*web.Request) (*web.Response, error) { panic("ouch") })
	_, err := h(web.Begin(&web.Application{Log: &log}, httptest.NewRequest("GET", "/x", nil)))
	require.NoError(t, err)
	assert.Contains(t, out.String(), `"error":"panic: ouch"`)
	assert.Contains(t, out.String(), "excview_test.go")
}

func TestErrorViewsLogInternalErrors(t *testing.T) {
	t.Parallel()
	cause := errors.New("the disk is full")
	for name, tt := range map[string]struct {
		err    error
		logged string
	}{
		"500":       {web.InternalServerError("").With(cause), "the disk is full"},
		"502":       {web.BadGateway("").With(cause), "the disk is full"},
		"refused":   {web.ServiceUnavailable("").With(cause), ""},
		"too late":  {web.GatewayTimeout("").With(cause), ""},
		"a mistake": {web.Conflict("").With(cause), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			log := zerolog.New(&out)
			h, err := tweens.Chain(mustBuild(t, func(*registry.Config) {}), failing(tt.err))
			require.NoError(t, err)
			_, err = h(web.Begin(&web.Application{Log: &log}, httptest.NewRequest("GET", "/x", nil)))
			require.NoError(t, err)
			if tt.logged == "" {
				assert.Empty(t, out.String())
			} else {
				assert.Contains(t, out.String(), tt.logged)
			}
		})
	}
}

// A chain without added tweens turns HTTP errors into responses.
func TestBuiltinExcView(t *testing.T) {
	t.Parallel()
	reg := mustBuild(t, func(*registry.Config) {})
	h, err := tweens.Chain(reg, failing(web.NotFound("")))
	require.NoError(t, err)
	w, err := get(h)
	require.NoError(t, err)
	assert.Equal(t, http.StatusNotFound, w.Code)

	boom := errors.New("boom")
	h, err = tweens.Chain(reg, failing(boom))
	require.NoError(t, err)
	_, err = get(h)
	assert.ErrorIs(t, err, boom)
}

func TestPanicsBecomeErrorsWithTheirStack(t *testing.T) {
	t.Parallel()
	h := around(t, tweens.ErrorViews(func(*web.Request, error) (*web.Response, bool, error) { return nil, false, nil }),
		func(*web.Request) (*web.Response, error) { panic("ouch") })
	_, err := h(request("GET", "/"))
	panicked, ok := errors.AsType[*web.PanicError](err)
	require.True(t, ok)
	assert.Equal(t, "ouch", panicked.Value)
	assert.Contains(t, string(panicked.Stack), "excview_test.go")
}

func BenchmarkExcView(b *testing.B) {
	resp := web.Respond(200)
	h := around(b, tweens.ErrorViews(func(*web.Request, error) (*web.Response, bool, error) { return nil, false, nil }),
		func(*web.Request) (*web.Response, error) { return resp, nil })
	r := request("GET", "/")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h(r); err != nil {
			b.Fatal(err)
		}
	}
}
