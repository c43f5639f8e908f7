package stream_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web/internal/stream"
)

var errBroken = errors.New("broken")

// head is a response with a status and the header X-Head.
type head struct{ status, corrected int }

func (b *head) Begin(h http.Header) int { h.Set("X-Head", "1"); return b.status }

func (b *head) Correct(_ http.Header, status int) { b.corrected = status }

func newWriter() (*stream.Writer, *httptest.ResponseRecorder) {
	w := httptest.NewRecorder()
	return &stream.Writer{W: w, Head: &head{status: 203}}, w
}

func TestWriterStartsWithTheFirstByte(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(*stream.Writer) error{
		"Write":       func(o *stream.Writer) error { _, err := o.Write([]byte("abc")); return err },
		"WriteString": func(o *stream.Writer) error { _, err := o.WriteString("abc"); return err },
		"Flush":       (*stream.Writer).Flush,
		"Start":       func(o *stream.Writer) error { o.Start(); o.Start(); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, w := newWriter()
			assert.False(t, o.Sent.Started)
			require.NoError(t, write(o))
			assert.Equal(t, stream.Sent{Status: 203, Bytes: int64(w.Body.Len()), Started: true}, o.Sent)
			assert.Equal(t, 203, w.Code)
			assert.Equal(t, "1", w.Header().Get("X-Head"))
		})
	}
}

func TestCopy(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 10_000)
	for name, tc := range map[string]struct {
		body io.Reader
		size int64
		sent string
		want string // text of the error
	}{
		"of a known size":        {strings.NewReader("abc"), 3, "abc", ""},
		"of an unknown size":     {strings.NewReader("abc"), -1, "abc", ""},
		"empty":                  {strings.NewReader(""), 0, "", ""},
		"empty, unknown size":    {strings.NewReader(""), -1, "", ""},
		"long":                   {strings.NewReader(long), 10_000, long, ""},
		"long, unknown size":     {strings.NewReader(long), -1, long, ""},
		"byte by byte":           {iotest.OneByteReader(strings.NewReader("abc")), 3, "abc", ""},
		"longer than declared":   {strings.NewReader("abcdef"), 3, "abc", ""},
		"shorter than declared":  {strings.NewReader("abc"), 5, "abc", "body ended after 3 of 5 bytes: unexpected EOF"},
		"nothing, but declared":  {strings.NewReader(""), 5, "", "body ended after 0 of 5 bytes: unexpected EOF"},
		"fails at once":          {iotest.ErrReader(errBroken), -1, "", "broken"},
		"fails later":            {io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(errBroken)), -1, "abc", "broken"},
		"fails later, with size": {io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(errBroken)), 5, "abc", "broken"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, w := newWriter()
			err := o.Copy(tc.body, tc.size)
			if tc.want == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, tc.want)
			}
			assert.Equal(t, tc.sent, w.Body.String())
			assert.EqualValues(t, len(tc.sent), o.Sent.Bytes)
			assert.Equal(t, tc.sent != "", o.Sent.Started, "an error before the first byte can still get a response")
		})
	}
}

func TestComplete(t *testing.T) {
	t.Parallel()
	o, _ := newWriter()
	_, err := o.WriteString("abc")
	require.NoError(t, err)
	for _, declared := range []string{"", "3", "2", "nonsense"} {
		require.NoError(t, o.Complete(declared), declared)
	}
	require.ErrorIs(t, o.Complete("4"), io.ErrUnexpectedEOF)
}
