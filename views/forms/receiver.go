package forms

import (
	"io"

	"github.com/mastaba-go/mastaba/registry"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/internal/form"
	"github.com/mastaba-go/mastaba/views/web"
)

// Receiver is a field of an input that takes a file while the body of the request arrives: nothing
// of the file is kept in memory or in a temporary file, however large it is. A slice of Receivers
// takes several. The limits are in the tag, as for [Upload].
//
//	type Video struct{ Key string }
//
//	func (v *Video) ReceiveFile(r *web.Request, name, mediaType string, content io.Reader) (err error) {
//		v.Key, err = store.Put(r.Context(), content)
//		return err
//	}
//
//	func (v *Video) DiscardFile(r *web.Request) { store.Delete(v.Key) }
//
//	type Input struct {
//		Title string `form:"title"`
//		Video Video  `form:"video" upload:"max=2GB types=video/* required"`
//	}
//
//	forms.Add(config, show, save, views.Name("upload"), views.BodyLimit(3<<30))
//
// The body as a whole is limited too: raise the limit with views.BodyLimit. All files of an input
// are either Receivers or Uploads. JSON fills no Receiver, nor do the text fields of a form.
// Receivers work with [views.OnInput] too.
//
// # The order of the fields
//
// What runs before the view sees only the fields of the form that come before its first file, since
// reading further would mean to keep the file. So the field with the CSRF token has to be the first
// one in the form: {{csrf}} right after <form>; scripts send the header instead. Otherwise the
// response is a 400. The same holds for the permission check, and for an error view of these
// checks. A predicate [views.Param] takes its fields from there too, and only if one is missing it
// reads the whole form, as other views do, with the limit of the application. The input itself may
// have its fields in any order.
type Receiver interface {
	// ReceiveFile takes one file. It is called on the goroutine of the request, once the first 512
	// bytes have arrived. name is what the client calls the file, without folders, and mediaType
	// what the content shows (http.DetectContentType). What is left of content is skipped.
	//
	// Reading content fails if the file is larger than the limit in the tag, or the body than its
	// limit, or if the client disconnects; return that error. The response is a 413 or 400, and
	// what follows in the form is not read: a browser that is still sending may show a broken
	// connection in place of the page, so a page for large files should check the size first. An
	// [*views.InputError] is a problem of the field. Any other error is that of the view. After an
	// error, ReceiveFile has to clean up itself.
	ReceiveFile(r *web.Request, name, mediaType string, content io.Reader) error
}

// Discarder is a [Receiver] that can undo what it did.
type Discarder interface {
	// DiscardFile is called if the input is refused although ReceiveFile succeeded: another field
	// has a problem, or the rest of the form could not be read. If the function that saves fails,
	// it has to clean up itself. The context of the request may have ended.
	DiscardFile(r *web.Request)
}

// Names of the deriver for pages with a Receiver, and of its option.
const (
	deriverStream = "begin_form_view"
	optionStream  = "begin_form"
)

// addStreaming adds the deriver, which runs before the checks of the permission and the CSRF token.
func addStreaming(c *registry.Config) error {
	derive := func(next views.Callable, info *views.Info) (views.Callable, error) {
		streams, _, err := views.ValueOf[bool](info, optionStream)
		if err != nil || !streams {
			return next, err
		}
		return form.Begin(next), nil
	}
	views.AddDeriver(c, deriverStream, derive, views.Options(optionStream), views.Under(views.Ingress), views.Over(views.SecuredView))
	return nil
}
