package header_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/views/web/internal/header"
)

func TestConditional(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, method string
		in, want     http.Header // want is nil for in itself
	}{
		{"nothing", "GET", http.Header{}, nil},
		{"usual", "GET", http.Header{"If-None-Match": {`"a", "b"`}, "Range": {"bytes=0-1,5-"}, "If-Modified-Since": {"x"}}, nil},
		{"tags in two lines", "GET", http.Header{"If-None-Match": {`"a"`, `W/"b"`}, "If-Match": {"", `"c"`}},
			http.Header{"If-None-Match": {`"a", W/"b"`}, "If-Match": {`, "c"`}}},
		{"empty lists", "GET", http.Header{"If-None-Match": {" "}, "If-Match": {"", ""}}, http.Header{"If-None-Match": {","}, "If-Match": {","}}},
		{"dates in two lines", "GET", http.Header{"If-Modified-Since": {"x", "y"}, "If-Unmodified-Since": {"x", "y"}}, http.Header{}},
		{"Range of HEAD", "HEAD", http.Header{"Range": {"bytes=0-1"}}, http.Header{}},
		{"Range of PUT", "PUT", http.Header{"Range": {"bytes=0-1"}}, http.Header{}},
		{"empty If-Range", "GET", http.Header{"Range": {"bytes=0-1"}, "If-Range": {""}}, http.Header{"If-Range": {""}}},
		{"unit in upper case", "GET", http.Header{"Range": {"Bytes=0-1"}}, http.Header{"Range": {"bytes=0-1"}}},
		{"other unit", "GET", http.Header{"Range": {"items=0-1"}}, nil},
		{"no unit", "GET", http.Header{"Range": {"0-1"}}, nil},
		{"suffix of no length", "GET", http.Header{"Range": {"bytes=-0"}}, http.Header{"Range": {"bytes=9223372036854775807-"}}},
		{"suffixes", "GET", http.Header{"Range": {"bytes=-1, 0-0, -5, -2, -00"}}, http.Header{"Range": {"bytes=-5,0-0,9223372036854775807-"}}},
		{"large numbers", "GET", http.Header{"Range": {"bytes=0-99999999999999999999"}}, http.Header{"Range": {"bytes=0-9223372036854775807"}}},
		{"large suffix", "GET", http.Header{"Range": {"bytes=-99999999999999999999"}}, http.Header{"Range": {"bytes=-9223372036854775807"}}},
		{"backwards", "GET", http.Header{"Range": {"bytes=5-2,-0"}}, nil},
		{"invalid", "GET", http.Header{"Range": {"bytes=x-"}}, nil},
		{"no number", "GET", http.Header{"Range": {"bytes=-"}}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			before := test.in.Clone()
			got := header.Conditional(test.method, test.in)
			if test.want == nil {
				test.want = before
			}
			assert.Equal(t, test.want, got)
			assert.Equal(t, before, test.in, "the client's own headers stay")
		})
	}
}

// Most requests have no conditions.
func TestConditionalAllocatesNothing(t *testing.T) {
	h := http.Header{"Accept": {"*/*"}}
	assert.Zero(t, testing.AllocsPerRun(100, func() { header.Conditional("GET", h) }))
}

func TestWhole(t *testing.T) {
	t.Parallel()
	h := http.Header{"Content-Range": {"bytes 0--1/0"}}
	assert.Equal(t, 200, header.Whole(h, 206))
	assert.Empty(t, h)
	h = http.Header{"Content-Range": {"bytes 0-9/10"}}
	assert.Equal(t, 206, header.Whole(h, 206))
	assert.Equal(t, "bytes 0-9/10", h.Get("Content-Range"))
	h = http.Header{"Content-Range": {"bytes */0"}}
	assert.Equal(t, 416, header.Whole(h, 416))
	assert.Len(t, h, 1)
}
