package devtools

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// There is one flight recorder in a process, so this test is not parallel.
func TestSlowRequestsKeepTheirTraces(t *testing.T) {
	bar := New(true)
	stop, err := bar.Start()
	require.NoError(t, err)
	_, err = New(true).Start()
	require.Error(t, err, "a second recorder")
	for number, took := range []time.Duration{time.Second, time.Millisecond, time.Second, 2 * time.Second, time.Minute} {
		bar.keepSlow(&record{number: uint64(number), method: "GET", target: "/slow"}, took)
	}
	var kept []uint64
	for _, trace := range bar.flight.traces() {
		kept = append(kept, trace.Request)
		assert.True(t, bytes.HasPrefix(trace.data, []byte("go 1.")))
	}
	assert.Equal(t, []uint64{2, 3, 4}, kept, "the newest three")

	get := func(method, path string) *httptest.ResponseRecorder {
		hr := httptest.NewRequest(method, path, http.NoBody)
		hr.RemoteAddr = "[::1]:99"
		w := httptest.NewRecorder()
		bar.Handler(nil).ServeHTTP(w, hr)
		return w
	}
	assert.Contains(t, get("GET", "/-/dev/trace").Body.String(), "GET /slow")
	for path, status := range map[string]int{"/3": 200, "/0": 404, "/x": 404, "": 200} {
		assert.Equal(t, status, get("POST", "/-/dev/trace"+path).Code, path)
	}
	stop()
	stop()
	assert.Equal(t, http.StatusServiceUnavailable, get("POST", "/-/dev/trace").Code)
	assert.Contains(t, get("GET", "/-/dev/trace").Body.String(), "does not run")
}

// The error of an inner tween is shown there, not at each tween that passed it on.
func TestWaterfall(t *testing.T) {
	spans := []span{
		{Kind: ofTween, Name: "outer", Depth: 0, Begin: 0, End: 100, Note: "broken"},
		{Kind: ofTween, Name: "inner", Depth: 1, Begin: 50, End: 100, Note: "broken"},
		{Kind: ofView, Name: "view", Depth: 2, Begin: 100, End: 0},
	}
	var got []string
	for _, b := range bars(spans, 200) {
		got = append(got, fmt.Sprintf("%s %s+%s %s", b.Name, b.X, b.Width, b.Note))
	}
	assert.Equal(t, []string{"outer 0.0+500.0 ", "inner 250.0+250.0 broken", "view 500.0+500.0 "}, got)
}
