package form

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

// upload is a field for a file: forms.Upload.
type upload interface {
	// Receive sets it to a file whose content shows the media type.
	Receive(file *multipart.FileHeader, mediaType string)
}

// uploadMemory is how much of the files of a form is kept in memory; the rest is in temporary
// files.
const uploadMemory = 1 << 20

// uploadField is a field that files fill.
type uploadField struct {
	name     string
	index    []int
	list     bool
	max      int64 // bytes of a file; 0: only the limit of bodies counts
	count    int
	types    []string
	required bool
	typ      reflect.Type // of a file
}

// longestName is how many bytes the name of a file may have, as in most file systems. Without a
// limit it could be as long as the body, and would be in every page that lists it.
const (
	longestName = 255
	codeName    = "file-name" // a name that is longer
)

var uploadType = reflect.TypeFor[upload]()

func isUpload(t reflect.Type) bool { return reflect.PointerTo(t).Implements(uploadType) }

// uploadOf returns the field of an upload with the limits in its tag, such as
// `upload:"max=5MB types=image/png,image/* count=3 required"`; ok is false for other types.
func uploadOf(f field, tag string) (u uploadField, ok bool, err error) {
	if err := checkReceiver(f); err != nil {
		return u, false, err
	}
	typ := f.typ
	list := typ.Kind() == reflect.Slice && (isUpload(typ.Elem()) || isReceiver(typ.Elem()))
	if list {
		typ = typ.Elem()
	}
	if !isUpload(typ) && !isReceiver(typ) {
		if tag != "" {
			err = fmt.Errorf("field %s of type %s has the tag `upload:%q`, but is neither an upload nor a slice of uploads", f.goName, f.typ, tag)
		}
		return u, false, err
	}
	u = uploadField{name: f.form, index: f.index, list: list, count: 1, typ: typ}
	if list {
		u.count = 10
	}
	for word := range strings.FieldsSeq(tag) {
		key, value, _ := strings.Cut(word, "=")
		fine := true
		switch key {
		case "max":
			u.max, fine = bytesOf(value)
		case "count":
			n, err := strconv.Atoi(value)
			u.count, fine = n, err == nil && n > 0 && list
		case "types":
			u.types, fine = strings.Split(value, ","), value != ""
			for _, t := range u.types {
				_, _, err := mime.ParseMediaType(t)
				fine = fine && err == nil && strings.Contains(t, "/")
			}
		case "required":
			u.required, fine = true, value == ""
		default:
			fine = false
		}
		if !fine {
			return u, true, fmt.Errorf("field %s: invalid %q in its tag `upload:%q`: "+
				"want something like `upload:\"max=5MB types=image/png,image/jpeg required\"`, and count=3 for slices", f.goName, word, tag)
		}
	}
	return u, true, nil
}

// bytesOf reads a number of bytes, with the units KB, MB and GB as powers of 1024.
func bytesOf(text string) (int64, bool) {
	unit := int64(1)
	for suffix, bytes := range map[string]int64{"KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30} {
		if number, ok := strings.CutSuffix(text, suffix); ok {
			text, unit = number, bytes
		}
	}
	n, err := strconv.ParseInt(text, 10, 32)
	return n * unit, err == nil && n > 0
}

// fillUploads sets the fields of an input to the files of a multipart form.
func (f *Form) fillUploads(r *web.Request, input reflect.Value, m *mistakes) error {
	files := map[string][]*multipart.FileHeader{}
	if web.Drive(r).ContentType() == "multipart/form-data" {
		if err := r.ParseMultipartForm(uploadMemory); err != nil {
			return err
		}
		files = r.MultipartForm.File
	}
	for _, u := range f.uploads {
		m.path = append(m.path[:0], step{name: u.name})
		headers := files[u.name]
		switch {
		case len(headers) == 0 && u.required:
			m.add(codeRequired, "expected a file", nil)
		case len(headers) > u.count:
			m.add(codeMany, fmt.Sprintf("expected at most %d files, got %d", u.count, len(headers)), map[string]any{"max": u.count})
		case len(headers) > 0:
			if err := u.fill(input.FieldByIndex(u.index), headers, m); err != nil {
				return err
			}
		}
	}
	m.path = m.path[:0]
	return nil
}

func (u *uploadField) fill(v reflect.Value, headers []*multipart.FileHeader, m *mistakes) error {
	if u.list {
		v.Set(reflect.MakeSlice(v.Type(), len(headers), len(headers)))
	}
	for i, header := range headers {
		to := v
		if u.list {
			to = v.Index(i)
			m.path = append(m.path[:1], step{index: i, element: true})
		}
		typ, err := sniff(header)
		if err != nil {
			return err
		}
		to.Addr().Interface().(upload).Receive(header, typ)
		if u.max > 0 && header.Size > u.max {
			m.add(codeTooLarge, fmt.Sprintf("the file has %d bytes: expected at most %d", header.Size, u.max), map[string]any{"file": clip(header.Filename, mostText), "size": header.Size, "max": u.max})
		} else {
			u.check(header.Filename, typ, m)
		}
	}
	return nil
}

// check adds what is wrong with the name or the media type of a file, and reports whether nothing
// is.
func (u *uploadField) check(name, typ string, m *mistakes) bool {
	switch {
	case len(name) > longestName:
		m.add(codeName, fmt.Sprintf("the name of the file has %d bytes: expected at most %d", len(name), longestName),
			map[string]any{"file": clip(name, mostText), "max": longestName})
	case !u.takes(typ):
		want := strings.Join(u.types, " or ")
		m.add(codeMedia, fmt.Sprintf("the file is %s: expected %s", typ, want), map[string]any{"file": clip(name, mostText), "got": typ, "want": want})
	default:
		return true
	}
	return false
}

func (u *uploadField) takes(typ string) bool {
	for _, want := range u.types {
		group, any := strings.CutSuffix(want, "*")
		if typ == want || any && strings.HasPrefix(typ, group) {
			return true
		}
	}
	return len(u.types) == 0
}

func sniff(header *multipart.FileHeader) (string, error) {
	file, err := header.Open()
	if err != nil {
		return "", err
	}
	var start [512]byte
	n, err := io.ReadFull(file, start[:])
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	return mediaType(start[:n]), errors.Join(err, file.Close())
}

// mediaType returns the media type that the beginning of a file shows.
func mediaType(start []byte) string {
	typ, _, _ := strings.Cut(http.DetectContentType(start), ";")
	return typ
}
