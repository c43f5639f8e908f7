package web_test

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mastaba-go/mastaba/views/web"
)

const (
	formBegin = "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\n"
	formRest  = "file\r\n--b\r\nContent-Disposition: form-data; name=z\r\n\r\n26\r\n--b--\r\n"
)

func multipartRequest(body io.Reader, query string) *web.Request {
	hr := httptest.NewRequest("POST", "/?"+query, body)
	hr.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	return web.Begin(&web.Application{}, hr)
}

// The beginning of a form is read no further than up to its first file, and then all of it is there.
func TestBeginning(t *testing.T) {
	t.Parallel()
	r := multipartRequest(io.MultiReader(strings.NewReader(formBegin), iotest.ErrReader(errors.New("read too far"))), "q=0")
	p, err := web.Drive(r).Beginning()
	require.NoError(t, err)
	assert.Equal(t, []string{"q", "a"}, p.Names())
	assert.Equal(t, []string{"f"}, p.Files())
	_, err = r.Parameters()
	require.Error(t, err)

	r = multipartRequest(strings.NewReader(formBegin+formRest), "")
	web.Drive(r).BeginForm()
	p, err = r.Parameters()
	require.NoError(t, err)
	assert.Equal(t, []string{"a"}, p.Names())
	var content string
	require.NoError(t, web.Drive(r).ReadForm(func(part *multipart.Part) error {
		text, err := io.ReadAll(part)
		content = part.FileName() + string(text)
		return err
	}))
	assert.Equal(t, "ffile", content)
	p, err = r.Parameters()
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "z"}, p.Names())
	_, _, err = r.FormFile("f")
	require.ErrorContains(t, err, "MultipartReader")
	require.ErrorContains(t, web.Drive(r).ReadForm(nil), "it was read before")
}

func TestReadFormEndsWithTheErrorOfTake(t *testing.T) {
	t.Parallel()
	r := multipartRequest(strings.NewReader(formBegin+formRest), "")
	full := errors.New("full")
	require.Equal(t, full, web.Drive(r).ReadForm(func(*multipart.Part) error { return full }))
	p, err := r.Parameters()
	require.NoError(t, err)
	assert.Equal(t, []string{"a"}, p.Names(), "what came before")
	r = multipartRequest(iotest.DataErrReader(io.MultiReader(strings.NewReader(formBegin), iotest.ErrReader(os.ErrDeadlineExceeded))), "")
	err = web.Drive(r).ReadForm(func(part *multipart.Part) error { return nil })
	status, _ := web.StatusOf(err)
	assert.Equal(t, 408, status)
}

// Whatever reads a form first, and in whichever order, the others see all of it.
func TestBeginningIsReadOnce(t *testing.T) {
	t.Parallel()
	for range 50 {
		r := multipartRequest(iotest.OneByteReader(strings.NewReader(formBegin+formRest)), "")
		var all sync.WaitGroup
		for i := range 6 {
			all.Go(func() {
				want, read := []string{"a"}, web.Drive(r).Beginning
				if i%2 == 0 {
					want, read = []string{"a", "z"}, r.Parameters
				}
				p, err := read()
				if assert.NoError(t, err) {
					assert.Equal(t, want, p.Names())
				}
			})
		}
		all.Wait()
	}
}
