package sse

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// events reads all events of a text.
func events(r io.Reader) (all []Event, err error) {
	for e, err := range Read(r) {
		if err != nil {
			return all, err
		}
		all = append(all, e)
	}
	return all, nil
}

// TestRead has the cases of the HTML standard, 9.2.6, and of line breaks.
func TestRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]Event{
		"data: YHOO\ndata: +2\ndata: 10\n\n":                        {{Data: []byte("YHOO\n+2\n10")}},
		": test\n\ndata: first\nid: 1\n\ndata:second\nid\n\n":       {{ID: "1", Data: []byte("first")}, {Data: []byte("second")}},
		"data\n\ndata\ndata\n\ndata:":                               {{Data: []byte{}}, {Data: []byte("\n")}},
		"data:test\n\ndata: test\n\n":                               {{Data: []byte("test")}, {Data: []byte("test")}},
		"\ufeffdata: a\r\n\r\ndata: b\r\rdata: c\n\n":               {{Data: []byte("a")}, {Data: []byte("b")}, {Data: []byte("c")}},
		"event: e\n\nretry: 5\n\nretry: x\nretry: -1\n\n":           {{Retry: 5 * time.Millisecond}},
		"id: a\x00b\ndata: x\n\nid: 7\n\ndata: y\nother: field\n\n": {{Data: []byte("x")}, {ID: "7"}, {ID: "7", Data: []byte("y")}},
		"data: cut off\n":                                           nil,
		"":                                                          nil,
	} {
		for _, r := range []io.Reader{strings.NewReader(text), iotest.OneByteReader(strings.NewReader(text)), iotest.DataErrReader(strings.NewReader(text))} {
			got, err := events(r)
			require.NoError(t, err)
			assert.Equal(t, want, got, "%q", text)
		}
	}
	broken := errors.New("broken")
	_, err := events(iotest.ErrReader(broken))
	require.ErrorIs(t, err, broken)
	_, err = events(strings.NewReader("data: " + strings.Repeat("x", LongestEvent)))
	require.ErrorIs(t, err, ErrTooLong)
	_, err = events(strings.NewReader(strings.Repeat("data: x\n", LongestEvent/4)))
	require.ErrorIs(t, err, ErrTooLong)
	for range Read(strings.NewReader("data: a\n\ndata: b\n\n")) {
		break
	}
}

// TestReadAtOnce: an event whose lines end with "\r" does not wait for what follows.
func TestReadAtOnce(t *testing.T) {
	t.Parallel()
	r, w := io.Pipe()
	defer r.Close()
	go func() { _, _ = w.Write([]byte("data: a\r\r")) }()
	for e, err := range Read(r) {
		require.NoError(t, err)
		assert.Equal(t, "a", string(e.Data))
		break
	}
}

// FuzzEvent: a client reads the events that were sent.
func FuzzEvent(f *testing.F) {
	f.Add("7", "said", []byte("a\nb"), 3000)
	f.Add("", "", []byte("\r\n"), 0)
	f.Add(" x", ":", []byte(" y"), 1)
	f.Fuzz(func(t *testing.T, id, name string, data []byte, retry int) {
		e := Event{ID: id, Name: name, Data: data, Retry: time.Duration(retry%1_000_000) * time.Millisecond}
		if e.check() != nil {
			return
		}
		var sent []byte
		for range 2 {
			sent = e.append(append(sent, ":\n"...))
		}
		got, err := events(bytes.NewReader(sent))
		require.NoError(t, err)
		want := e
		if data != nil || name != "" {
			want.Data = bytes.ReplaceAll(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
			require.Len(t, got, 2)
			require.Equal(t, string(want.Data), string(got[1].Data))
			want.Data, got[1].Data = nil, nil
			require.Equal(t, want, got[1])
		}
	})
}
