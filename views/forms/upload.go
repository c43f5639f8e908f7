package forms

import (
	"errors"
	"io"
	"mime/multipart"
)

// Upload is a field of an input for a file in a multipart form; a field of type []Upload takes
// several. The zero value stands for no file: see IsZero.
//
//	type Input struct {
//		Photo forms.Upload   `form:"photo" upload:"max=5MB types=image/png,image/jpeg required"`
//		Files []forms.Upload `form:"files" upload:"count=3"`
//	}
//
// The tag has the limits: max is the size of each file (KB, MB and GB are powers of 1024), types
// are media types, also image/*, and count is the number of files, 10 by default. A file that is
// larger than max is a 413, with the problem "too-large" of its field; all files together are
// limited as the body is. A name has at most 255 bytes (the problem "file-name"). The type is what
// the content shows, whatever the client says. The param "file" of a problem is the name of the
// file. An invalid tag is a configuration error.
//
// Up to 1 MB of the files is in memory, the rest in temporary files; for large files see
// [Receiver]. Its methods Open and WriteTo read the content, for example into a store. In a page
// made by [Add] it is there until the function that saves returns.
type Upload struct {
	header *multipart.FileHeader
	typ    string
}

var _ io.WriterTo = Upload{}

// IsZero reports whether no file was sent.
func (u Upload) IsZero() bool { return u.header == nil }

// Name returns the name that the client gives the file, without folders. It is not safe as the name
// of a file.
func (u Upload) Name() string {
	if u.header == nil {
		return ""
	}
	return u.header.Filename
}

// Size returns the length in bytes.
func (u Upload) Size() int64 {
	if u.header == nil {
		return 0
	}
	return u.header.Size
}

// Type returns the media type that the content shows (http.DetectContentType), without parameters.
// What the client says of it does not count.
func (u Upload) Type() string { return u.typ }

// Open opens the content. The caller closes it.
func (u Upload) Open() (multipart.File, error) {
	if u.header == nil {
		return nil, errors.New("open an upload: no file was sent: see IsZero")
	}
	return u.header.Open()
}

// WriteTo copies the content to a sink, with little memory.
func (u Upload) WriteTo(sink io.Writer) (int64, error) {
	file, err := u.Open()
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(sink, file)
	return n, errors.Join(err, file.Close())
}

// Receive makes u a file of a form, whose content shows the media type. The decoder of inputs calls
// it; tests may.
func (u *Upload) Receive(file *multipart.FileHeader, mediaType string) {
	u.header, u.typ = file, mediaType
}
