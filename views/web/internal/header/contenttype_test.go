package header_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/mastaba-go/mastaba/views/web/internal/header"
)

func TestContentType(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 1<<10)
	for value, want := range map[string]string{
		"text/html":                              "text/html",
		"Application/JSON ; charset=utf-8":       "application/json",
		"multipart/form-data; boundary=" + long:  "multipart/form-data",
		`a/b;x="`:                                "a/b", // the parameters do not matter
		"a/b; x=1; x=2":                          "a/b",
		"image/*":                                "image/*",
		"":                                       "",
		";charset=utf-8":                         "",
		"json":                                   "",
		"a/b/c":                                  "",
		"a/":                                     "",
		"/b":                                     "",
		"a b/c":                                  "",
		"a/b c":                                  "",
		"text/html, text/plain":                  "",
		"text/" + long:                           "",
		strings.Repeat(" ", 1<<10) + "text/html": "",
	} {
		assert.Equal(t, want, header.ContentType(http.Header{"Content-Type": {value}}), "%.40q", value)
	}
	assert.Empty(t, header.ContentType(nil))
}

func TestContentTypeDoesNotAllocate(t *testing.T) {
	h := http.Header{"Content-Type": {"multipart/form-data; boundary=" + strings.Repeat("X", 1<<16)}}
	assert.Zero(t, testing.AllocsPerRun(10, func() { header.ContentType(h) }))
}
