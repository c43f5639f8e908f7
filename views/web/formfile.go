package web

import (
	"mime/multipart"

	"github.com/mastaba-go/mastaba/views/web/internal/form"
)

// ParseForm is that of http.Request, with a status for what the client did wrong. Most views need
// [Request.Parameters] instead.
func (r *Request) ParseForm() error { return r.useForm(r.Request.ParseForm) }

// FormFile is that of http.Request, with a status for what the client did wrong: a 415 for a body
// of another type, a 400 for a malformed form or a missing file (http.ErrMissingFile).
func (r *Request) FormFile(name string) (file multipart.File, header *multipart.FileHeader, err error) {
	err = r.useForm(func() error { file, header, err = r.Request.FormFile(name); return err })
	return file, header, err
}

// ParseMultipartForm is that of http.Request, with the errors of FormFile.
func (r *Request) ParseMultipartForm(maxMemory int64) error {
	return r.useForm(func() error { return r.Request.ParseMultipartForm(maxMemory) })
}

// MultipartReader is that of http.Request, with the errors of FormFile. A form that ends too early
// is a 400 from its parts, too.
func (r *Request) MultipartReader() (parts *multipart.Reader, err error) {
	err = r.useForm(func() error { parts, err = r.Request.MultipartReader(); return err })
	return parts, err
}

func (r *Request) useForm(read func() error) error {
	return formError(form.Use(r.Request, read, bodyError))
}
