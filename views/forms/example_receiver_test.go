package forms_test

import (
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/forms"
	"github.com/mastaba-go/mastaba/views/web"
)

// Video is a file of an application's own.
type Video struct{ Path string }

// ReceiveFile writes the file while it arrives.
func (v *Video) ReceiveFile(_ *web.Request, _, _ string, content io.Reader) error {
	file, err := os.CreateTemp("", "video-") // a store
	if err != nil {
		return err
	}
	if _, err = io.Copy(file, content); err == nil {
		err = file.Close()
	} else {
		_ = file.Close()
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	v.Path = file.Name()
	return err
}

// DiscardFile removes the file of an input that is refused.
func (v *Video) DiscardFile(*web.Request) { _ = os.Remove(v.Path) }

// Film is an input with a large file.
type Film struct {
	Title string `form:"title"`
	Video Video  `form:"video" upload:"max=2GB required"`
}

func ExampleReceiver() {
	show := func(r *web.Request, _ any) (string, error) { return forms.Show(r, nil).Problem("video"), nil }
	save := func(r *web.Request, _ any, in Film) (*web.Response, error) {
		text, err := os.ReadFile(in.Video.Path)
		if err != nil {
			return nil, err
		}
		return r.Text(fmt.Sprintf("%s: %s", in.Title, text)), os.Remove(in.Video.Path)
	}
	config := framework.New(framework.Options{Root: func(*web.Request) (traversal.Resource, error) { return traversal.Map{}, nil }})
	forms.Add(config, show, save, views.Name("edit"), views.Renderer("string"), views.BodyLimit(3<<30))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	const title = "--x\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nMastabas\r\n"
	const video = "--x\r\nContent-Disposition: form-data; name=\"video\"; filename=\"a.mp4\"\r\n\r\nbytes of a film\r\n"
	for _, body := range []string{title + video, title} {
		w := send(app, http.MethodPost, "multipart/form-data; boundary=x", body+"--x--\r\n")
		fmt.Println(w.Code, w.Body)
	}
	// Output:
	// 200 Mastabas: bytes of a film
	// 422 expected a file
}
