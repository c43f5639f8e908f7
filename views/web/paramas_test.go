package web_test

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web"
)

// matched returns a request for which the marker "p" matched text.
func matched(text string) *web.Request {
	r := get("/")
	web.Drive(r).SetMatch(web.NewMatch(web.Routed{Route: "x", Pattern: "/{p}/*rest"},
		web.Param{Name: "p", Value: text}, web.Param{Name: "rest", Values: []string{"a", "b/c"}}))

	return r
}

type (
	level  int8
	slug   string
	toggle bool
)

// reads checks that text is converted to want, and that invalid text is a 404.
func reads[T any](t *testing.T, text string, want T, wrong ...string) {
	t.Helper()
	got, err := web.ParamAs[T](matched(text), "p")
	require.NoError(t, err)
	assert.Equal(t, want, got)
	for _, text := range wrong {
		got, err := web.ParamAs[T](matched(text), "p")
		require.Error(t, err, text)
		var status web.StatusError
		require.ErrorAs(t, err, &status)
		assert.Equal(t, http.StatusNotFound, status.Status(), text)
		assert.Zero(t, got)
	}
}

func TestParamAs(t *testing.T) {
	t.Parallel()
	id := uuid.MustParse("0197a6c8-0000-7000-8000-000000000001")
	reads(t, "x y", "x y")
	reads(t, "-7", -7, "", "7.0", "seven", "0x7", "99999999999999999999", "1_000")
	reads(t, "7", int64(7), "a")
	reads(t, "255", uint8(255), "256", "-1", "")
	reads(t, "-128", level(-128), "128", "x")
	reads(t, "a-b", slug("a-b"))
	reads(t, "true", true, "yes", "")
	reads(t, "1", toggle(true), "2")
	reads(t, "2.5", 2.5, "two")
	reads(t, "1e3", float32(1000), "1e99")
	reads(t, "90s", 90*time.Second, "90")
	reads(t, "2024-02-29", time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC), "2023-02-29", "today")
	reads(t, "2024-02-29T12:00:00Z", time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC))
	reads(t, id.String(), id, "0197a6c8", "")
	reads(t, "::1", netip.IPv6Loopback(), "localhost")
	reads(t, "5", new(5), "five")

	rest, err := web.ParamAs[[]string](matched(""), "rest")
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "b/c"}, rest)
}

func TestParamAsErrors(t *testing.T) {
	t.Parallel()
	_, err := web.ParamAs[int](matched("x"), "p")
	var status web.StatusError
	require.ErrorAs(t, err, &status)
	assert.Equal(t, http.StatusNotFound, status.Status())
	assert.ErrorContains(t, err, `parameter "p": "x" is not an integer`)

	_, missing := web.ParamAs[int](matched("1"), "q")
	_, nowhere := web.ParamAs[int](get("/"), "p")
	_, strange := web.ParamAs[struct{}](matched("1"), "p")
	for want, err := range map[string]error{
		`parameter "q": route "x" (/{p}/*rest) has no marker of that name (have: ["p" "rest"])`: missing,
		`parameter "p": the request matched no route`:                                           nowhere,
		`parameter "p": a struct {} cannot be read from text`:                                   strange,
	} {
		assert.EqualError(t, err, want)
		assert.NotErrorAs(t, err, &status, "a mistake of the program")
	}
}

// TestParamAsReadsGeneratedURLs checks that values survive the way into a URL and back.
func TestParamAsReadsGeneratedURLs(t *testing.T) {
	t.Parallel()
	now := time.Now().UTC().Truncate(0)
	comesBack(t, math.MinInt, math.MaxInt)
	comesBack(t, uint64(math.MaxUint64))
	comesBack(t, level(-3), 4)
	comesBack(t, 0.1, 1e21, math.SmallestNonzeroFloat64)
	comesBack(t, float32(0.1))
	comesBack(t, true, false)
	comesBack(t, now)
	comesBack(t, 90*time.Millisecond)
	comesBack(t, uuid.New())
	comesBack(t, netip.MustParseAddr("2001:db8::1"))
	comesBack(t, slug("é/?#%"))
}

func comesBack[T any](t *testing.T, values ...T) {
	t.Helper()
	for _, v := range values {
		l := new(web.Link)
		l.SetParam("p", v)
		text, ok, err := l.ParamText("p")
		require.NoError(t, err)
		require.True(t, ok)
		got, err := web.ParamAs[T](matched(text.Value), "p")
		require.NoError(t, err)
		assert.Equal(t, v, got)
	}
}

func ExampleParamAs() {
	r := web.Begin(nil, httptest.NewRequest(http.MethodGet, "/users/seven", nil))
	web.Drive(r).SetMatch(web.NewMatch(web.Routed{Route: "user", Pattern: "/users/{id}"}, web.Param{Name: "id", Value: "seven"}))
	_, err := web.ParamAs[int](r, "id")
	fmt.Println(err)
	fmt.Println(web.BadRequest("an id is a number").With(err))
	// Output:
	// 404 Not Found: parameter "id": "seven" is not an integer
	// 400 Bad Request: an id is a number: 404 Not Found: parameter "id": "seven" is not an integer
}
