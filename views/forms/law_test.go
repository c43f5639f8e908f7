package forms_test

import (
	"bytes"
	"encoding/binary"
	"log/slog"
	"math"
	"mime/multipart"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/forms"
	"github.com/mastaba-go/mastaba/views/web"
)

// rich is an input with all kinds of fields.
type rich struct {
	common
	Text   string
	Int    int64
	Uint   uint16
	Float  float64
	Small  float32
	Bool   bool
	When   time.Time
	Wait   time.Duration
	Addr   netip.Addr
	Level  slog.Level
	Data   []byte
	Texts  []string
	Ints   []int8
	Dates  *[]time.Time
	P      *int
	Name   *string
	Inside sparse
	Behind *sparse
	Lines  []sparse
	Trees  []*tree
	Counts map[string]int
	Of     map[kind]*sparse
	Lists  map[string][]string
}

type common struct{ Shared string }

type kind string

// sparse may have nothing that is sent.
type sparse struct {
	When time.Time
	P    *bool
	Tags []string
	Of   map[string]uint8
}

type tree struct {
	Name     string
	Children []tree
}

// source makes values of what a fuzzer offers.
type source struct{ rest []byte }

func (s *source) byte() byte {
	if len(s.rest) == 0 {
		return 0
	}
	b := s.rest[0]
	s.rest = s.rest[1:]
	return b
}

func (s *source) uint64() uint64 {
	var b [8]byte
	for i := range b {
		b[i] = s.byte()
	}
	return binary.LittleEndian.Uint64(b[:])
}

func (s *source) text() string {
	n := min(int(s.byte()%16), len(s.rest))
	text := string(s.rest[:n])
	s.rest = s.rest[n:]
	return strings.ToValidUTF8(text, "?")
}

// time returns a time that RFC 3339 can write.
func (s *source) time() time.Time {
	switch s.byte() % 3 {
	case 0:
		return time.Time{}
	case 1:
		return time.Unix(int64(s.uint64()%(1<<37)), 0).UTC().Truncate(24 * time.Hour)
	}
	return time.Unix(int64(s.uint64()%(1<<37)), int64(s.uint64()%1e9)).UTC()
}

// some returns a list of up to three values, nil for none.
func some[T any](s *source, one func() T) (list []T) {
	for range s.byte() % 4 {
		list = append(list, one())
	}
	return list
}

// mapped returns a map of up to three values, nil for none; a key with a dot has no parameter.
func mapped[K ~string, T any](s *source, one func() T) map[K]T {
	var all map[K]T
	for range s.byte() % 4 {
		if all == nil {
			all = map[K]T{}
		}
		all[K(strings.ReplaceAll(s.text(), ".", "_"))] = one()
	}
	return all
}

// maybe returns a pointer to a value, or nil.
func maybe[T any](s *source, one func() T) *T {
	if s.byte()%2 == 0 {
		return nil
	}
	return new(one())
}

func (s *source) sparse() sparse {
	return sparse{s.time(), maybe(s, func() bool { return s.byte()%2 == 1 }), some(s, s.text), mapped[string](s, s.byte)}
}

func (s *source) tree(depth int) tree {
	t := tree{Name: s.text()}
	if depth < 3 {
		t.Children = some(s, func() tree { return s.tree(depth + 1) })
	}
	return t
}

func (s *source) rich() rich {
	number := func() float64 {
		f := math.Float64frombits(s.uint64())
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return 0 // no form has them
		}
		return f
	}
	small := math.Float32frombits(uint32(s.uint64()))
	if small != small || math.IsInf(float64(small), 0) {
		small = 0
	}
	in := rich{
		common: common{s.text()},
		Text:   s.text(), Int: int64(s.uint64()), Uint: uint16(s.uint64()), Float: number(), Small: small, Bool: s.byte()%2 == 1,
		When: s.time(), Wait: time.Duration(s.uint64()), Level: slog.Level(int8(s.byte())),
		Texts: some(s, s.text), Ints: some(s, func() int8 { return int8(s.byte()) }), P: maybe(s, func() int { return int(s.uint64()) }),
		Inside: s.sparse(), Lines: some(s, s.sparse), Trees: some(s, func() *tree { return new(s.tree(0)) }),
		Counts: mapped[string](s, func() int { return int(s.uint64()) }), Of: mapped[kind](s, func() *sparse { return new(s.sparse()) }),
		Behind: maybe(s, s.sparse), Name: maybe(s, func() string { return s.text() + "x" }), // an empty text counts as missing
	}
	if s.byte()%2 == 1 {
		in.Addr = netip.AddrFrom4([4]byte{s.byte(), s.byte(), s.byte(), s.byte()})
	}
	if data := s.text(); data != "" {
		in.Data = []byte(data)
	}
	if dates := some(s, func() time.Time { return s.time().AddDate(1, 0, 0) }); dates != nil {
		in.Dates = &dates
	}
	for key, list := range mapped[string](s, func() []string { return some(s, s.text) }) {
		if list != nil {
			if in.Lists == nil {
				in.Lists = map[string][]string{}
			}
			in.Lists[key] = list
		}
	}
	return in
}

// FuzzValues checks that decoding what Values returns yields the value, in each kind of form.
func FuzzValues(f *testing.F) {
	f.Add([]byte(nil))
	f.Add([]byte("a few letters that become numbers, texts & more; 1=2&3=4\r\n\x00\xff\x01\x02\x03"))
	f.Add(bytes.Repeat([]byte{3, 1, 2, 'k', 255, 7}, 200))
	f.Add(bytes.Repeat([]byte{1, 3, 5, 250}, 400))
	var got rich
	config := configured()
	config.AddView(views.OnInput(func(r *web.Request, _ any, in rich) (*web.Response, error) { got = in; return r.Text(""), nil }))
	app, err := config.App()
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, data []byte) {
		want := (&source{data}).rich()
		values, err := forms.Values(want)
		require.NoError(t, err)
		for _, encode := range []func(url.Values) (string, string){inURL, inParts} {
			contentType, body := encode(values)
			if contentType == "" {
				continue
			}
			hr := httptest.NewRequest("POST", "/", strings.NewReader(body))
			hr.Header.Set("Content-Type", contentType)
			w := httptest.NewRecorder()
			app.ServeHTTP(w, hr)
			require.Equal(t, 200, w.Code, "%s", w.Body)
			require.Equal(t, want, got, "%v", values)
		}
	})
}

func inURL(values url.Values) (contentType, body string) { return encoded, values.Encode() }

// inParts returns nothing for names with control characters, which no header of a part can have.
func inParts(values url.Values) (contentType, body string) {
	for name := range values {
		if strings.ContainsFunc(name, unicode.IsControl) {
			return "", ""
		}
	}
	var text strings.Builder
	to := multipart.NewWriter(&text)
	for name, all := range values {
		for _, value := range all {
			_ = to.WriteField(name, value)
		}
	}
	_ = to.Close()
	return to.FormDataContentType(), text.String()
}

// FuzzReceivers never panics, answers with a status that blames the client, and keeps no more than
// the limits allow, and nothing of an input that was refused.
func FuzzReceivers(f *testing.F) {
	const file = "--x\r\nContent-Disposition: form-data; name=%; filename=%\r\n\r\n"
	field := func(name, text string) string { return strings.ReplaceAll(file, "%", name) + text + "\r\n" }
	f.Add(field("main", "movie") + field("more", "1") + field("more", "2") + "--x--\r\n")
	f.Add(field("main", strings.Repeat("x", 3000)) + "--x--")
	f.Add(field("more", "1") + field("more", "2") + field("more", "3"))
	f.Add("--x\r\nContent-Disposition: form-data; name=title\r\n\r\nbad\r\n" + field("main", "movie") + "--x--")
	app, s := reels(f, framework.Options{MaxBody: 10 << 10, MaxForm: 2 << 10})
	f.Fuzz(func(t *testing.T, body string) {
		clear(s.files)
		w := post(app, body, "Content-Type", "multipart/form-data; boundary=x")
		require.True(t, w.Code < 500 || strings.Contains(body, "broken"), "%d: %s", w.Code, w.Body)
		require.LessOrEqual(t, len(s.files), 3)
		for name, text := range s.files {
			require.LessOrEqual(t, len(text), 2<<10, name)
		}
		if w.Code != 200 {
			require.Empty(t, s.files)
		}
	})
}
