package rfc9110_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/internal/rfc9110"
)

// headers makes headers of names and values.
func headers(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Add(pairs[i], pairs[i+1])
	}
	return h
}

// The model accepts the right response, and names what is wrong with others.
func TestModel(t *testing.T) {
	t.Parallel()
	const date = "Tue, 14 Nov 2023 22:13:20 GMT"
	modified, err := time.Parse(http.TimeFormat, date)
	assert.NoError(t, err)
	abc := rfc9110.Resource{Body: "abc", Type: "text/plain", ETag: `"v1"`, Modified: modified, Codings: []string{"gzip"}, Coded: true}
	whole := []string{"Content-Type", "text/plain", "Etag", `"v1"`, "Last-Modified", date, "Vary", "Accept-Encoding"}
	part := func(contentRange string) []string { return append([]string{"Content-Range", contentRange}, whole...) }
	for _, test := range []struct {
		name     string
		request  []string
		status   int
		response []string
		body     string
		wrong    string // "" if nothing is
	}{
		{"whole", nil, 200, whole, "abc", ""},
		{"no Vary", nil, 200, whole[:6], "abc", "does not name Accept-Encoding"},
		{"wrong body", nil, 200, whole, "ab", "another body"},
		{"part", []string{"Range", "bytes=-2"}, 206, part("bytes 1-2/3"), "bc", ""},
		{"Range ignored", []string{"Range", "bytes=-2"}, 200, whole, "abc", "status 200, want [206]"},
		{"part without Vary", []string{"Range", "bytes=-2"}, 206, part("bytes 1-2/3")[:8], "bc", "does not name Accept-Encoding"},
		{"no length", []string{"Range", "bytes=-0"}, 206, part("bytes 3-2/3"), "", "status 206, want [416]"},
		{"unsatisfiable", []string{"Range", "bytes=-0"}, 416, []string{"Content-Range", "bytes */3"}, "", ""},
		{"wrong size", []string{"Range", "bytes=3-"}, 416, []string{"Content-Range", "bytes */4"}, "", "416 with"},
		{"unknown unit", []string{"Range", "lines=1"}, 416, nil, "", "status 416, want [200]"},
		{"two lines", []string{"If-None-Match", `"x"`, "If-None-Match", `"v1"`}, 200, whole, "abc", "status 200, want [304]"},
		{"not modified", []string{"If-None-Match", `"x"`, "If-None-Match", `W/"v1"`}, 304, whole[2:], "", ""},
		{"not modified, other tag", []string{"If-None-Match", `"v1"`}, 304, append([]string{"Etag", `"v2"`}, whole[4:]...), "", "304: Etag"},
		{"tag before date", []string{"If-None-Match", `"x"`, "If-Modified-Since", date}, 304, whole[2:], "", "status 304, want [200]"},
		{"dates in two lines", []string{"If-Modified-Since", date, "If-Modified-Since", date}, 304, whole[2:], "", "status 304, want [200]"},
		{"weak If-Match", []string{"If-Match", `W/"v1"`}, 200, whole, "abc", "status 200, want [412]"},
		{"weak If-Range", []string{"If-Range", `W/"v1"`, "Range", "bytes=0-0"}, 206, part("bytes 0-0/3"), "a", "status 206, want [200]"},
		{"coding refused", []string{"Accept-Encoding", "gzip;q=0"}, 200, append([]string{"Content-Encoding", "gzip"}, whole...), "abc", `want ""`},
		{"coding ignored", []string{"Accept-Encoding", "gzip"}, 200, whole, "abc", `want "gzip"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := abc.Check(rfc9110.Request{Method: "GET", Header: headers(test.request...)},
				rfc9110.Response{Status: test.status, Header: headers(test.response...), Body: []byte(test.body), Plain: test.body})
			if test.wrong == "" {
				assert.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, test.wrong)
			}
		})
	}
}
