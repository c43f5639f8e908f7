package stream_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web/internal/stream"
)

func TestHandlerWriterCounts(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		write  func(*stream.HandlerWriter) error
		status int
		text   string
	}{
		"Write":       {func(p *stream.HandlerWriter) error { _, err := p.Write([]byte("abc")); return err }, 200, "abc"},
		"WriteString": {func(p *stream.HandlerWriter) error { _, err := io.WriteString(p, "abc"); return err }, 200, "abc"},
		"ReadFrom":    {func(p *stream.HandlerWriter) error { _, err := io.Copy(p, strings.NewReader("abc")); return err }, 200, "abc"},
		"Flush":       {func(p *stream.HandlerWriter) error { p.Flush(); return nil }, 200, ""},
		"FlushError":  {(*stream.HandlerWriter).FlushError, 200, ""},
		"WriteHeader": {func(p *stream.HandlerWriter) error { p.WriteHeader(404); return nil }, 404, ""},
		"twice":       {func(p *stream.HandlerWriter) error { p.WriteHeader(404); p.Begin(200); return nil }, 404, ""},
		"ResponseController": {func(p *stream.HandlerWriter) error {
			return http.NewResponseController(p).Flush()
		}, 200, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, w := newWriter()
			p := &stream.HandlerWriter{Writer: o}
			require.NoError(t, tc.write(p))
			assert.Equal(t, stream.Sent{Status: tc.status, Bytes: int64(len(tc.text)), Started: true}, o.Sent)
			assert.Equal(t, tc.status, w.Code)
			assert.Equal(t, tc.text, w.Body.String())
			assert.Equal(t, tc.status, o.Head.(*head).corrected)
			assert.Empty(t, w.Header().Get("X-Head"), "the handler sends its own headers")
			assert.Equal(t, http.ResponseWriter(w), p.Unwrap())
		})
	}
}

func TestHandlerWriterUnifiesHeaders(t *testing.T) {
	t.Parallel()
	for _, shared := range []bool{false, true} {
		o, w := newWriter()
		p := &stream.HandlerWriter{Writer: o, Shared: shared}
		p.Header()["Server"] = []string{"outer", "inner"}
		p.WriteHeader(200)
		assert.Len(t, w.Header()["Server"], map[bool]int{false: 2, true: 1}[shared])
	}
}

func TestInformationalResponses(t *testing.T) {
	t.Parallel()
	for _, apart := range []bool{false, true} {
		o, _ := newWriter()
		var statuses, informed []int
		o.W = recording{o.W, &statuses}
		p := &stream.HandlerWriter{Writer: o}
		if apart {
			p.Inform = func(status int, _ http.Header) { informed = append(informed, status) }
		}
		p.WriteHeader(103)
		assert.False(t, o.Sent.Started, "it does not begin the response")
		p.WriteHeader(200)
		assert.Equal(t, map[bool][]int{false: {103, 200}, true: {200}}[apart], statuses)
		assert.Equal(t, map[bool][]int{true: {103}}[apart], informed)
	}
}

type recording struct {
	http.ResponseWriter
	statuses *[]int
}

func (r recording) WriteHeader(status int) { *r.statuses = append(*r.statuses, status) }

func TestInterim(t *testing.T) {
	t.Parallel()
	served := func(proto int) *http.Request {
		hr := httptest.NewRequest("GET", "/", nil)
		hr.ProtoMinor = proto
		return hr
	}
	var none *stream.Interim
	none.Send(103, nil)
	none.Close()
	assert.Nil(t, stream.NewInterim(httptest.NewRecorder(), served(1)), "not net/http's server")
	var statuses []int
	var links []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		w.Header().Set("X-Own", "1")
		i := stream.NewInterim(recorder{w, &statuses, &links}, hr)
		i.Send(103, http.Header{"Link": {"</a>"}})
		assert.Equal(t, http.Header{"X-Own": {"1"}}, w.Header(), "the headers are those of before")
		i.Close()
		i.Send(103, http.Header{"Link": {"</b>"}})
	}))
	defer server.Close()
	resp, err := server.Client().Get(server.URL)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, []int{103}, statuses)
	assert.Equal(t, []string{"</a>"}, links)
}

type recorder struct {
	http.ResponseWriter
	statuses *[]int
	links    *[]string
}

func (r recorder) WriteHeader(status int) {
	*r.statuses = append(*r.statuses, status)
	*r.links = append(*r.links, r.Header().Get("Link"))
}
