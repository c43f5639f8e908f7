package forms_test

import (
	"fmt"
	"io"
	"net/http"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/traversal"
	"github.com/mastaba-go/mastaba/views"
	"github.com/mastaba-go/mastaba/views/forms"
	"github.com/mastaba-go/mastaba/views/web"
)

// Photo is an input with a file.
type Photo struct {
	Caption string       `form:"caption"`
	Image   forms.Upload `form:"image" upload:"max=5MB types=image/png,image/jpeg required"`
}

func ExampleUpload() {
	show := func(r *web.Request, _ any) (string, error) { return forms.Show(r, nil).Problem("image"), nil }
	save := func(r *web.Request, _ any, in Photo) (*web.Response, error) {
		if _, err := in.Image.WriteTo(io.Discard); err != nil { // a store
			return nil, err
		}
		return r.Redirect(http.StatusSeeOther, "/photos"), nil
	}
	config := framework.New(framework.Options{Root: func(*web.Request) (traversal.Resource, error) { return traversal.Map{}, nil }})
	forms.Add(config, show, save, views.Name("edit"), views.Renderer("string"))
	app, err := config.App()
	if err != nil {
		fmt.Println(err)
		return
	}
	// The body of a browser: the client says image/png, but the content is a page.
	body := "--x\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n<html>\r\n--x--\r\n"
	w := send(app, "POST", "multipart/form-data; boundary=x", body)
	fmt.Println(w.Code, w.Body)
	// Output: 422 the file is text/html: expected image/png or image/jpeg
}
