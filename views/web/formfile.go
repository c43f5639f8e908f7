package web

import (
	"mime/multipart"

	"github.com/mastaba-go/mastaba/views/web/internal/form"
)

// ParseForm is that of http.Request, but its error has a status if the client caused it. Most views
// need [Request.Parameters] instead.
func (r *Request) ParseForm() error { return r.useForm(r.Request.ParseForm) }

// FormFile is that of http.Request, but its error has a status if the client caused it: 415 for a
// body of another type, 413 for one that is too large, 400 for a malformed form or a missing file.
func (r *Request) FormFile(name string) (file multipart.File, header *multipart.FileHeader, err error) {
	err = r.useForm(func() error { file, header, err = r.Request.FormFile(name); return err })
	return file, header, err
}

// ParseMultipartForm is that of http.Request, with the errors of FormFile.
func (r *Request) ParseMultipartForm(maxMemory int64) error {
	return r.useForm(func() error { return r.Request.ParseMultipartForm(maxMemory) })
}

// MultipartReader is that of http.Request, with the errors of FormFile. If the form ends too early,
// reading a part of it fails with a 400, too. If a part is malformed, the error of NextPart has no
// status; a view that returns it responds with a 400.
func (r *Request) MultipartReader() (parts *multipart.Reader, err error) {
	err = r.useForm(func() error { parts, err = r.Request.MultipartReader(); return err })
	return parts, err
}

func (r *Request) useForm(read func() error) error {
	return formError(form.Use(r.Request, read, bodyError))
}
