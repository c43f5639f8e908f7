package web_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web"
)

// formReaders are the ways of net/http to read a form with a file f.
var formReaders = map[string]func(*web.Request) error{
	"FormFile": func(r *web.Request) error {
		file, _, err := r.FormFile("f")
		if err != nil {
			return err
		}
		return file.Close()
	},
	"ParseMultipartForm": func(r *web.Request) error { return r.ParseMultipartForm(1 << 20) },
	"MultipartReader": func(r *web.Request) error {
		parts, err := r.MultipartReader()
		for err == nil {
			var part *multipart.Part
			if part, err = parts.NextPart(); err == nil {
				_, err = io.Copy(io.Discard, part)
			}
		}
		if err == io.EOF {
			return nil
		}
		return err
	},
}

func TestFormErrors(t *testing.T) {
	t.Parallel()
	contentType, text := multipartBody(t, 10)
	last := strings.LastIndex(text, "\r\n--")
	for name, tc := range map[string]struct {
		method, query, contentType, text string
		status                           int
		detail                           string
	}{
		"a form":              {"POST", "", contentType, text, 0, ""},
		"no line at the end":  {"POST", "", contentType, strings.TrimSpace(text), 0, ""},
		"neither":             {"POST", "", "", "", 415, "send multipart/form-data"},
		"a GET":               {"GET", "", "", "", 415, "send multipart/form-data"},
		"URL-encoded":         {"POST", "", formType, "f=1", 415, "send multipart/form-data"},
		"JSON":                {"POST", "", "application/json", "{}", 415, "send multipart/form-data"},
		"a malformed type":    {"POST", "", "multipart/form-data; boundary", text, 415, "send multipart/form-data"},
		"no body":             {"POST", "", contentType, "", 400, "the multipart form is malformed"},
		"no boundary":         {"POST", "", "multipart/form-data", text, 400, "the multipart form is malformed"},
		"another boundary":    {"POST", "", "multipart/form-data; boundary=x", text, 400, "the multipart form is malformed"},
		"cut off in a file":   {"POST", "", contentType, text[:strings.Index(text, "xxx")], 400, "the multipart form is malformed"},
		"cut off at the end":  {"POST", "", contentType, text[:last], 400, "the multipart form is malformed"},
		"cut off in a header": {"POST", "", contentType, text[:strings.LastIndex(text, "\r\n\r\n2")+2], 400, "the multipart form is malformed"},
	} {
		for reader, read := range formReaders {
			t.Run(name+"/"+reader, func(t *testing.T) {
				t.Parallel()
				r := begin(tc.method, "/?"+tc.query, tc.text, "Content-Type", tc.contentType)
				body := r.Body
				err := read(r)
				assert.Equal(t, body, r.Body, "is put back")
				if tc.status == 0 {
					require.NoError(t, err)
					return
				}
				status, _ := web.StatusOf(err)
				assert.Equal(t, tc.status, status, "%v", err)
				assert.ErrorContains(t, err, tc.detail)
			})
		}
	}
}

func TestFormFileErrors(t *testing.T) {
	t.Parallel()
	contentType, text := multipartBody(t, 10)
	upload := func(query string) *web.Request { return begin("POST", "/?"+query, text, "Content-Type", contentType) }

	t.Run("no such file", func(t *testing.T) {
		t.Parallel()
		r := upload("")
		for range 2 { // read, and known
			_, _, err := r.FormFile("other")
			require.ErrorIs(t, err, http.ErrMissingFile)
			refused, ok := errors.AsType[*web.HTTPError](err)
			require.True(t, ok)
			assert.Equal(t, 400, refused.Status())
			assert.Equal(t, "the form does not have the file", refused.Detail())
		}
	})
	t.Run("the query", func(t *testing.T) {
		t.Parallel()
		for _, query := range []string{"a=%zz", "a;b"} {
			for _, err := range []error{upload(query).ParseMultipartForm(100), upload(query).ParseForm()} {
				assert.ErrorContains(t, err, "400 Bad Request: the query string is malformed")
			}
		}
	})
	t.Run("ParseForm", func(t *testing.T) {
		t.Parallel()
		require.NoError(t, post("a=1").ParseForm())
		assert.ErrorContains(t, post("a=%zz").ParseForm(), "400 Bad Request: the request body is malformed")
	})
	t.Run("too large", func(t *testing.T) {
		t.Parallel()
		r := upload("")
		web.Drive(r).LimitBody(20)
		_, _, err := r.FormFile("f")
		assert.ErrorContains(t, err, "413 Request Entity Too Large: the request body exceeds the limit of 20 bytes")
		long := strings.Repeat("x", 11<<20) // net/http limits the texts
		r = begin("POST", "/", strings.Replace(text, "\r\n1\r\n", "\r\n"+long+"\r\n", 1), "Content-Type", contentType)
		assert.ErrorContains(t, r.ParseMultipartForm(0), "413 Request Entity Too Large: the form is too large")
	})
	t.Run("no body at all", func(t *testing.T) {
		t.Parallel()
		hr := httptest.NewRequest("POST", "/", nil)
		hr.Header.Set("Content-Type", contentType)
		hr.Body = nil
		_, _, err := web.Begin(nil, hr).FormFile("f")
		status, _ := web.StatusOf(err)
		assert.Equal(t, 400, status, "%v", err)
	})
	t.Run("a mistake of the view", func(t *testing.T) {
		t.Parallel()
		parts, parsed := upload(""), upload("")
		_, err := parts.MultipartReader()
		require.NoError(t, err)
		require.NoError(t, parsed.ParseMultipartForm(100))
		_, again := parts.MultipartReader()
		_, after := parsed.MultipartReader()
		_, _, file := parts.FormFile("f")
		for _, err := range []error{again, after, file, parts.ParseMultipartForm(100)} {
			_, ok := web.StatusOf(err)
			assert.False(t, ok, "%v", err)
		}
	})
	t.Run("a failure of the server", func(t *testing.T) {
		t.Parallel()
		r := upload("")
		r.Body = io.NopCloser(io.MultiReader(strings.NewReader(text[:100]), failingDisk{}))
		_, _, err := r.FormFile("f")
		_, ok := web.StatusOf(err)
		assert.False(t, ok, "%v", err)
	})
}

type failingDisk struct{}

func (failingDisk) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Err: errors.New("disk on fire")}
}

// The errors of a multipart.Reader for a malformed part have no status; the application finds it.
func TestMalformedParts(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		body string
		want int // 0: no status
	}{
		"a header without a colon": {"--b\r\nContent-Disposition\r\n\r\nx\r\n--b--\r\n", 400},
		"a line in between":        {"--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--b other\r\n\r\n--b--\r\n", 400},
		"a part":                   {"--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--b--\r\n", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := beginIn(nil, http.MethodPost, "/", tc.body, "Content-Type", "multipart/form-data; boundary=b")
			parts, err := r.MultipartReader()
			require.NoError(t, err)
			for err == nil {
				_, err = parts.NextPart()
			}
			status, _ := web.StatusOf(web.Drive(r).OrBodyError(fmt.Errorf("upload: %w", err)))
			if tc.want == 0 {
				assert.ErrorIs(t, err, io.EOF)
				return
			}
			assert.Equal(t, tc.want, status, err)
			upstream := &url.Error{Op: "Get", URL: "http://a", Err: err}
			status, ok := web.StatusOf(web.Drive(r).OrBodyError(upstream))
			assert.False(t, ok && status == 400, "the header of another server is no mistake of the client")
		})
	}
}
