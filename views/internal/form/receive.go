package form

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"reflect"

	"github.com/mastaba-go/mastaba/views/web"
)

// receiver is a field that takes a file while the body is read: forms.Receiver.
type receiver interface {
	ReceiveFile(r *web.Request, name, mediaType string, content io.Reader) error
}

// discarder is a receiver that can undo what it did: forms.Discarder.
type discarder interface {
	DiscardFile(r *web.Request)
}

func isReceiver(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[receiver]())
}

// ofFiles reports whether files fill a type as they arrive: a receiver, or a slice of them.
func ofFiles(t reflect.Type) bool {
	return isReceiver(t) || t.Kind() == reflect.Slice && isReceiver(t.Elem())
}

// checkReceiver returns an error if a type has a method ReceiveFile that is never called.
func checkReceiver(f field) error {
	t := f.typ
	if t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	method, ok := reflect.PointerTo(t).MethodByName("ReceiveFile")
	switch {
	case !ok:
		return nil
	case !isReceiver(t):
		return fmt.Errorf("field %s: method ReceiveFile%s of %s has another signature than that of forms.Receiver, so it would never be called",
			f.goName, signature(method.Type), t)
	case f.typ.Kind() == reflect.Pointer:
		return fmt.Errorf("field %s: want %s, not a pointer to it: a file that was not sent leaves it as it is", f.goName, t)
	}
	return nil
}

// Streams reports whether the input takes files while they arrive.
func (f *Form) Streams() bool { return f.streams }

// Around returns next, or if the input takes files while they arrive, Begin of it. f may be nil.
func (f *Form) Around(next func(*web.Request, any) (any, error)) func(*web.Request, any) (any, error) {
	if f == nil || !f.streams {
		return next
	}
	return Begin(next)
}

// Begin returns a function that calls next with a request of which Parameters reads only what comes
// before the first file: otherwise a check of the CSRF token would read all of it.
func Begin(next func(*web.Request, any) (any, error)) func(*web.Request, any) (any, error) {
	return func(r *web.Request, res any) (any, error) {
		web.Drive(r).BeginForm()
		return next(r, res)
	}
}

// files fills the fields of one input that take files.
type files struct {
	r      *web.Request
	form   *Form
	input  reflect.Value
	m      mistakes
	counts map[string]int // of files by field
	taken  []receiver
	large  bool // a file is too large, so the rest of the form was not read
}

// ended reports whether a file ended the reading of the form; not for nil.
func (fs *files) ended() bool { return fs != nil && fs.large }

var errTooLarge = errors.New("a file is too large")

// read reads the form, and lets the fields take their files. It stops at a file that is too large.
func (fs *files) read() error {
	err := web.Drive(fs.r).ReadForm(fs.take)
	if err == errTooLarge {
		fs.large = true
		return nil
	}
	if err != nil {
		return err
	}
	for _, u := range fs.form.uploads {
		if u.required && fs.counts[u.name] == 0 {
			fs.at(&u, -1)
			fs.m.add(codeRequired, "expected a file", nil)
		}
	}
	return nil
}

// at makes a field, or its element at an index, what mistakes are about.
func (fs *files) at(u *uploadField, index int) {
	fs.m.within, fs.m.name, fs.m.path = nil, u.name, fs.m.path[:0]
	if u.list && index >= 0 {
		fs.m.push(step{index: index, element: true})
	}
}

func (fs *files) take(part *multipart.Part) error {
	for i := range fs.form.uploads {
		if u := &fs.form.uploads[i]; u.name == part.FormName() {
			return fs.takeFor(u, part)
		}
	}
	return nil // Parameters has its name
}

func (fs *files) takeFor(u *uploadField, part *multipart.Part) error {
	index := fs.counts[u.name]
	if fs.counts[u.name]++; index >= u.count {
		if index == u.count {
			fs.at(u, -1)
			fs.m.add(codeMany, fmt.Sprintf("expected at most %d files", u.count), map[string]any{"max": u.count})
		}
		return nil
	}
	fs.at(u, index)
	content := &bounded{from: part, left: u.max, most: u.max}
	var start [512]byte
	n, err := io.ReadFull(content, start[:])
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF && !content.exceeded {
		return err
	}
	name, typ := part.FileName(), mediaType(start[:n])
	if !content.exceeded && !u.check(name, typ, &fs.m) {
		return nil
	}
	to := reflect.New(u.typ)
	if received := to.Interface().(receiver); !content.exceeded {
		if err = received.ReceiveFile(fs.r, name, typ, io.MultiReader(bytes.NewReader(start[:n]), content)); err == nil {
			fs.taken = append(fs.taken, received)
		}
	}
	if content.exceeded {
		fs.m.add(codeTooLarge, fmt.Sprintf("the file has more than %d bytes", u.max), map[string]any{"file": clip(name, mostText), "max": u.max})
		return errTooLarge
	}
	if found, ok := fs.m.listed(err); ok {
		prefix := fs.m.where()
		for _, one := range found {
			if one.Name != "" {
				one.Name = "." + one.Name
			}
			one.Name = prefix + one.Name
			fs.m.append(one)
		}
		return nil
	}
	if err != nil {
		return err
	}
	if v := fs.input.FieldByIndex(u.index); u.list {
		v.Set(reflect.Append(v, to.Elem()))
	} else {
		v.Set(to.Elem())
	}
	return nil
}

// discard undoes what was received for an input that is refused, the last one first, also if
// undoing one of them panics. fs may be nil.
func (fs *files) discard() {
	if fs == nil || len(fs.taken) == 0 {
		return
	}
	last := fs.taken[len(fs.taken)-1]
	fs.taken = fs.taken[:len(fs.taken)-1]
	defer fs.discard()
	if d, ok := last.(discarder); ok {
		d.DiscardFile(fs.r)
	}
}

// bounded is the content of a file, which fails beyond a number of bytes.
type bounded struct {
	from     io.Reader
	left     int64
	most     int64 // 0: only the limit of bodies counts
	exceeded bool
}

func (b *bounded) Read(p []byte) (int, error) {
	switch {
	case b.exceeded:
		return 0, b.tooLarge()
	case b.most == 0 || len(p) == 0:
		return b.from.Read(p)
	case int64(len(p))-1 > b.left: // a byte more shows that there is one
		p = p[:b.left+1]
	}
	n, err := b.from.Read(p)
	if b.left -= int64(n); b.left < 0 {
		b.exceeded = true
		return n - 1, b.tooLarge()
	}
	return n, err
}

func (b *bounded) tooLarge() error {
	return web.Status(http.StatusRequestEntityTooLarge, fmt.Sprintf("the file has more than %d bytes", b.most))
}
