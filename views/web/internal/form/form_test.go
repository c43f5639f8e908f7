package form_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web/internal/form"
	"github.com/mastaba-go/mastaba/views/web/internal/urls"
)

const (
	encodedType   = "application/x-www-form-urlencoded"
	multipartType = "multipart/form-data; boundary=B"
)

func request(method, contentType, text string) *http.Request {
	hr := httptest.NewRequest(method, "/", strings.NewReader(text))
	hr.Header.Set("Content-Type", contentType)
	return hr
}

// part is a text field, or a file if there is a filename among the parameters.
func part(params, text string) string {
	return "--B\r\nContent-Disposition: form-data; " + params + "\r\n\r\n" + text + "\r\n"
}

const end = "--B--\r\n"

func read(hr *http.Request, limit int64) ([]urls.Pair, error) {
	fields, _, err := form.Read(hr, limit, false)
	return fields.Texts, err
}

func pairs(texts ...string) (list []urls.Pair) {
	for i := 0; i < len(texts); i += 2 {
		list = append(list, urls.Pair{Name: texts[i], Value: texts[i+1]})
	}
	return list
}

func TestIn(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		method, contentType string
		want                form.Kind
	}{
		{"POST", encodedType, form.URLEncoded},
		{"PUT", "Application/X-WWW-Form-URLEncoded; charset=utf-8", form.URLEncoded},
		{"PATCH", encodedType + "; charset", form.URLEncoded},
		{"GET", encodedType, form.None},
		{"DELETE", multipartType, form.None},
		{"POST", "", form.None},
		{"POST", "text/plain", form.None},
		{"POST", "multipart/mixed; boundary=B", form.None},
		{"POST", multipartType, form.Multipart},
		{"POST", "multipart/form-data", form.Multipart},
	} {
		t.Run(tc.method+" "+tc.contentType, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.want, form.In(request(tc.method, tc.contentType, "x")))
		})
	}
	empty := request("POST", encodedType, "")
	empty.Body = http.NoBody
	assert.Equal(t, form.None, form.In(empty))
	empty.Body = nil
	assert.Equal(t, form.None, form.In(empty))
}

func TestReadMultipart(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		text string
		want []urls.Pair
	}{
		"fields in their order": {part(`name="b"`, "1") + part(`name="a"`, "2") + part(`name="b"`, "3") + end,
			pairs("b", "1", "a", "2", "b", "3")},
		"not ASCII":                {part(`name="größe"`, "ä ö") + end, pairs("größe", "ä ö")},
		"lines":                    {part(`name="a"`, "1\r\n2\n\r\n") + end, pairs("a", "1\r\n2\n\r\n")},
		"a file is no text":        {part(`name="f"; filename="x.txt"`, "data") + part(`name="a"`, "1") + end, pairs("a", "1")},
		"an empty file input":      {part(`name="f"; filename=""`, "") + end, pairs("f", "")},
		"a part without a name":    {part(`other="f"`, "1") + part(`name="a"`, "1") + end, pairs("a", "1")},
		"another disposition":      {"--B\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\n1\r\n" + end, nil},
		"no part":                  {end, nil},
		"preamble and epilogue":    {"before\r\n" + part(`name="a"`, "1") + end + "after", pairs("a", "1")},
		"the body is empty":        {"", nil},
		"no line break at the end": {part(`name="a"`, "1") + "--B--", pairs("a", "1")},
		"like a boundary, but not": {part(`name="a"`, "x--B") + end, pairs("a", "x--B")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := read(request("POST", multipartType, tc.text), 1000)
			require.NoError(t, err)
			assert.Equal(t, tc.want, got)
		})
	}
}

func TestReadErrors(t *testing.T) {
	t.Parallel()
	many := func(n int) string { return strings.Repeat(part(`name="a"`, ""), n) + end }
	for name, tc := range map[string]struct {
		contentType, text string
		limit             int64
		large             bool
		want              string
	}{
		"encoded, too large":       {encodedType, "a=12345", 6, true, "the form exceeds the limit of 6 bytes"},
		"encoded, not UTF-8":       {encodedType, "a=%ff", 9, false, "the form is not UTF-8"},
		"no boundary":              {"multipart/form-data", end, 99, false, "the multipart form is malformed"},
		"an invalid boundary":      {`multipart/form-data; boundary="`, end, 99, false, "the multipart form is malformed"},
		"another boundary":         {"multipart/form-data; boundary=C", end, 99, false, "the multipart form is malformed"},
		"ends in a field":          {multipartType, strings.TrimSpace(part(`name="a"`, "1")), 99, false, "the multipart form is malformed"},
		"ends in a file":           {multipartType, strings.TrimSpace(part(`name="a"; filename="f"`, "1")), 99, false, "the multipart form is malformed"},
		"ends in a header":         {multipartType, "--B\r\nContent-Disp", 99, false, "the multipart form is malformed"},
		"ends after a field":       {multipartType, part(`name="a"`, "1"), 99, false, "the multipart form is malformed"},
		"a header without a colon": {multipartType, "--B\r\nContent-Disposition\r\n\r\n1\r\n" + end, 99, false, "the multipart form is malformed"},
		"name not UTF-8":           {multipartType, part("name=\"\xff\"", "1") + end, 99, false, "the form is not UTF-8"},
		"value not UTF-8":          {multipartType, part(`name="a"`, "\xff") + end, 99, false, "the form is not UTF-8"},
		"value too large":          {multipartType, part(`name="a"`, strings.Repeat("x", 62)) + end, 99, true, "the form exceeds the limit of 99 bytes"},
		"values too large":         {multipartType, strings.Repeat(part(`name="a"`, "x"), 3) + end, 99, true, "the form exceeds the limit of 99 bytes"},
		"header of a file":         {multipartType, part(`name="a"; filename="`+strings.Repeat("x", 99)+`"`, "") + end, 99, true, "the form exceeds the limit of 99 bytes"},
		"too many parts":           {multipartType, many(1001), 1 << 20, true, "the form has more than 1000 parts"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := read(request("POST", tc.contentType, tc.text), tc.limit)
			e, ok := errors.AsType[*form.Error](err)
			require.True(t, ok, "%v", err)
			assert.Equal(t, tc.want, e.Detail)
			assert.Equal(t, tc.large, e.Status() == http.StatusRequestEntityTooLarge)
			assert.Contains(t, err.Error(), tc.want)
		})
	}
	fields, err := read(request("POST", multipartType, many(1000)), 1<<20)
	require.NoError(t, err)
	assert.Len(t, fields, 1000)
}

// A form that ends anywhere before its last boundary is malformed.
func TestIncompleteForms(t *testing.T) {
	t.Parallel()
	text := part(`name="a"`, "1") + part(`name="f"; filename="f"`, "2") + part(`name="b"`, "3") + end
	for n := 1; n < len(text)-2; n++ {
		_, err := read(request("POST", multipartType, text[:n]), 1000)
		_, ok := errors.AsType[*form.Error](err)
		require.True(t, ok, "%q: %v", text[:n], err)
	}
}

func TestFilesMayBeLarge(t *testing.T) {
	t.Parallel()
	text := part(`name="f"; filename="f"`, strings.Repeat("x", 1<<20)) + part(`name="a"`, "1") + end
	hr := request("POST", multipartType, text)
	fields, kept, err := form.Read(hr, 1000, false)
	require.NoError(t, err)
	assert.Equal(t, form.Fields{Texts: pairs("a", "1"), Files: []string{"f"}}, fields)
	again, err := io.ReadAll(kept.Again())
	require.NoError(t, err)
	assert.Equal(t, text, string(again))
	require.NoError(t, kept.Close())
}

// An error of the body is returned as it is, wherever it occurs.
func TestErrorsOfTheBody(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	text := "before\r\n" + part(`name="f"; filename="f"`, "12345") + part(`name="a"`, "12345") + end
	for _, contentType := range []string{encodedType, multipartType} {
		for n := range len(text) {
			hr := request("POST", contentType, text)
			hr.Body = io.NopCloser(io.MultiReader(strings.NewReader(text[:n]), iotest.ErrReader(broken)))
			_, err := read(hr, 1000)
			require.Equal(t, broken, err, "%s broken after %q", contentType, text[:n])
		}
	}
}

func TestParsed(t *testing.T) {
	t.Parallel()
	text := part(`name="b"`, "1") + part(`name="a"`, "2") + part(`name="f"; filename="x"`, "3") + part(`name="b"`, "4") + end
	sorted := pairs("a", "2", "b", "1", "b", "4")

	t.Run("not yet", func(t *testing.T) {
		t.Parallel()
		for _, contentType := range []string{encodedType, multipartType, "text/plain"} {
			_, ok, err := form.Parsed(request("POST", contentType, text))
			require.NoError(t, err)
			assert.False(t, ok)
		}
	})
	t.Run("ParseForm", func(t *testing.T) {
		t.Parallel()
		hr := request("POST", encodedType, "b=1&a=2&b=4")
		require.NoError(t, hr.ParseForm())
		got, ok, err := form.Parsed(hr)
		require.NoError(t, err)
		assert.True(t, ok)
		assert.Equal(t, sorted, got.Texts)
	})
	t.Run("ParseForm leaves a multipart form", func(t *testing.T) {
		t.Parallel()
		hr := request("POST", multipartType, text)
		require.NoError(t, hr.ParseForm())
		_, ok, err := form.Parsed(hr)
		require.NoError(t, err)
		assert.False(t, ok)
	})
	t.Run("ParseMultipartForm", func(t *testing.T) {
		t.Parallel()
		hr := request("POST", multipartType, text)
		require.NoError(t, hr.ParseMultipartForm(100))
		got, ok, err := form.Parsed(hr)
		require.NoError(t, err)
		assert.True(t, ok)
		assert.Equal(t, []string{"f"}, got.Files)
		assert.Equal(t, sorted, got.Texts)
	})
	t.Run("not UTF-8", func(t *testing.T) {
		t.Parallel()
		hr := request("POST", encodedType, "a=%ff")
		require.NoError(t, hr.ParseForm())
		_, _, err := form.Parsed(hr)
		_, ok := errors.AsType[*form.Error](err)
		assert.True(t, ok, "%v", err)
	})
	t.Run("MultipartReader", func(t *testing.T) {
		t.Parallel()
		hr := request("POST", multipartType, text)
		_, err := hr.MultipartReader()
		require.NoError(t, err)
		_, _, err = form.Parsed(hr)
		require.ErrorContains(t, err, "call Parameters first")
		_, ok := errors.AsType[*form.Error](err)
		assert.False(t, ok, "it is not the client's fault")
	})
}

// What mime/multipart writes is read back, whatever is in it.
func FuzzMultipart(f *testing.F) {
	f.Add("a", "1", "b", []byte("data"))
	f.Add(`"`, "\r\n--", "é\\", []byte{0, 255})
	f.Fuzz(func(t *testing.T, name, value, file string, data []byte) {
		var text bytes.Buffer
		w := multipart.NewWriter(&text)
		_ = w.WriteField(name, value)
		h := textproto.MIMEHeader{"Content-Disposition": {multipart.FileContentDisposition("f", "f"+file)}}
		p, _ := w.CreatePart(h)
		_, _ = p.Write(data)
		_ = w.WriteField("last", "1")
		_ = w.Close()
		netHTTP, again := request("POST", w.FormDataContentType(), text.String()), request("POST", w.FormDataContentType(), text.String())
		got, err := read(again, 1<<20)
		if failed := netHTTP.ParseMultipartForm(1 << 20); failed != nil {
			if err == nil {
				t.Fatalf("%q, net/http has %v", got, failed)
			}
			return
		}
		if !utf8.ValidString(name) || !utf8.ValidString(value) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		values := map[string][]string{}
		for _, p := range got {
			values[p.Name] = append(values[p.Name], p.Value)
		}
		if a, b := fmt.Sprint(values), fmt.Sprint(netHTTP.MultipartForm.Value); a != b {
			t.Fatalf("%s, net/http has %s", a, b)
		}
	})
}
