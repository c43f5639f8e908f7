package web_test

import (
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web"
)

func TestLimitBodyAcceptsWhatFits(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("x", 100)
	for _, limit := range []int64{-1, 100, 101} {
		r := begin("POST", "/", text)
		r.Body = io.NopCloser(iotest.OneByteReader(r.Body))
		web.Drive(r).LimitBody(limit)
		got, err := io.ReadAll(r.Body)
		require.NoError(t, err, "limit %d", limit)
		assert.Equal(t, text, string(got))
	}
}

func TestLimitBodyRejectsLongerBodies(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		declared bool
		limit    int64
		got      int
	}{
		"declared: at once":          {true, 99, 0},
		"undeclared: after the last": {false, 99, 99},
		"nothing is allowed":         {false, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := begin("POST", "/", strings.Repeat("x", 100))
			if !tt.declared {
				r.ContentLength = -1
			}
			web.Drive(r).LimitBody(tt.limit)
			got, err := io.ReadAll(r.Body)
			assert.Len(t, got, tt.got)
			status, _ := web.StatusOf(err)
			assert.Equal(t, http.StatusRequestEntityTooLarge, status)
			beyond, ok := errors.AsType[*http.MaxBytesError](err)
			require.True(t, ok)
			assert.Equal(t, tt.limit, beyond.Limit)
			_, again := r.Body.Read(make([]byte, 1))
			assert.Equal(t, err, again)
		})
	}
}

func TestLimitBodyReplacesTheLimitBefore(t *testing.T) {
	t.Parallel()
	r := begin("POST", "/", "a=1&b=2", "Content-Type", formType)
	_, ok := web.Drive(r).BodyLimit()
	assert.False(t, ok)
	web.Drive(r).LimitBody(3)
	copied := r.WithContext(t.Context())
	web.Drive(copied).LimitBody(7)
	n, ok := web.Drive(r).BodyLimit()
	assert.True(t, ok)
	assert.EqualValues(t, 7, n)

	_, err := copied.Parameters() // wraps the body
	require.NoError(t, err)
	web.Drive(r).LimitBody(5)
	n, _ = web.Drive(copied).BodyLimit()
	assert.EqualValues(t, 5, n)
}

func TestLimitBodyWithoutABody(t *testing.T) {
	t.Parallel()
	r := get("/")
	web.Drive(r).LimitBody(1)
	_, ok := web.Drive(r).BodyLimit()
	assert.False(t, ok)
}

func TestBrokenBodyIsAnHTTPError(t *testing.T) {
	t.Parallel()
	busy := web.ServiceUnavailable("busy")
	for name, tt := range map[string]struct {
		err    error
		status int
	}{
		"too slow":         {os.ErrDeadlineExceeded, 408},
		"broke off":        {io.ErrUnexpectedEOF, 400},
		"malformed":        {errors.New("invalid byte in chunk length"), 400},
		"limited by other": {&http.MaxBytesError{Limit: 5}, 413},
		"has a status":     {busy, 503},
		"closed":           {http.ErrBodyReadAfterClose, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := begin("POST", "/", "x")
			r.Body = io.NopCloser(iotest.ErrReader(tt.err))
			web.Drive(r).LimitBody(10)
			_, err := r.Body.Read(make([]byte, 1))
			require.ErrorIs(t, err, tt.err)
			status, _ := web.StatusOf(err)
			assert.Equal(t, tt.status, status)
		})
	}
}
