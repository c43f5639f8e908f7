package web_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/mastaba-go/mastaba/views/web"
)

// play calls a view with a request and prints what the client sees, as an App would.
func play(view web.Handler, hr *http.Request) {
	r := web.Begin(nil, hr)
	resp, err := web.Guard(view)(r)
	if err != nil {
		errorResp, ok := web.Drive(r).ErrorResponse(err)
		if !ok {
			fmt.Println("log:", err)
			return
		}
		resp = errorResp
	}
	w := httptest.NewRecorder()
	if _, err := resp.Send(w, r); err != nil {
		fmt.Println("log:", err)
	}
	fmt.Println(w.Code, strings.TrimSpace(w.Body.String()))
}

func Example() {
	greet := func(r *web.Request) (*web.Response, error) {
		p, err := r.Parameters()
		if err != nil {
			return nil, err
		}
		name, ok := p.Get("name")
		if !ok {
			return nil, web.BadRequest("say ?name=…")
		}
		return r.Text("hello " + name), nil
	}
	play(greet, httptest.NewRequest("GET", "/?name=Ann", nil))
	play(greet, httptest.NewRequest("GET", "/", nil))
	// Output:
	// 200 hello Ann
	// 400 400 Bad Request
	//
	// say ?name=…
}

// The text fields of the form are parameters. Errors of both methods have a status, so the view
// returns them as they are.
func ExampleRequest_FormFile() {
	upload := func(r *web.Request) (*web.Response, error) {
		fields, err := r.Parameters()
		if err != nil {
			return nil, err
		}
		title, _ := fields.Get("title")
		file, header, err := r.FormFile("photo")
		if errors.Is(err, http.ErrMissingFile) {
			return nil, web.UnprocessableContent("choose a photo")
		}
		if err != nil {
			return nil, err
		}
		defer file.Close()
		content, err := io.ReadAll(file) // or io.Copy to a file, a database …
		if err != nil {
			return nil, err
		}
		return r.Text(fmt.Sprintf("%s: %s, %d bytes", title, header.Filename, len(content))), nil
	}
	// What a browser sends for <form method="post" enctype="multipart/form-data">.
	post := func(withFile bool) *http.Request {
		var body strings.Builder
		form := multipart.NewWriter(&body)
		_ = form.WriteField("title", "Saqqara")
		if withFile {
			file, _ := form.CreateFormFile("photo", "mastaba.jpg")
			_, _ = file.Write([]byte("a photo"))
		}
		_ = form.Close()
		hr := httptest.NewRequest("POST", "/", strings.NewReader(body.String()))
		hr.Header.Set("Content-Type", form.FormDataContentType())
		return hr
	}
	play(upload, post(true))
	play(upload, post(false))
	play(upload, httptest.NewRequest("POST", "/", nil))
	// Output:
	// 200 Saqqara: mastaba.jpg, 7 bytes
	// 422 422 Unprocessable Entity
	//
	// choose a photo
	// 415 415 Unsupported Media Type
	//
	// send multipart/form-data
}

func ExampleKey() {
	var cart = web.NewKey("cart", func(*web.Request) ([]string, error) {
		fmt.Println("looking it up")
		return []string{"bread", "salt"}, nil
	})
	r := web.Begin(nil, httptest.NewRequest("GET", "/", nil))
	for range 2 {
		items, err := cart.Get(r)
		fmt.Println(items, err)
	}
	// Output:
	// looking it up
	// [bread salt] <nil>
	// [bread salt] <nil>
}

func ExampleHTTPError() {
	broken := func(*web.Request) (*web.Response, error) {
		cause := errors.New("dial tcp 10.0.0.7: connection refused")
		return nil, web.BadRequest("the order has no lines").WithExtension("field", "lines").With(cause)
	}
	hr := httptest.NewRequest("GET", "/", nil)
	hr.Header.Set("Accept", "application/json")
	play(broken, hr)
	// Output: 400 {"title":"Bad Request","status":400,"detail":"the order has no lines","field":"lines"}
}

// An error of your own needs only a method Status.
func ExampleStatusError() {
	play(func(*web.Request) (*web.Response, error) {
		return nil, fmt.Errorf("load: %w", soldOut{"bread"})
	}, httptest.NewRequest("GET", "/", nil))
	// Output:
	// 409 409 Conflict
	//
	// bread is sold out
}

type soldOut struct{ what string }

func (e soldOut) Error() string { return e.what + " is sold out" }
func (e soldOut) Status() int   { return http.StatusConflict }

func ExampleRequest_Response() {
	r := web.Begin(nil, httptest.NewRequest("GET", "/", nil))
	r.Response().SetHeader("Cache-Control", "no-store") // becomes part of the response
	resp := r.Text("hello")
	fmt.Println(resp.Header("Cache-Control"))
	// Output: no-store
}

func ExampleResponse_SetStream() {
	play(func(*web.Request) (*web.Response, error) {
		resp := web.Respond(http.StatusOK)
		resp.SetContentType("text/csv")
		resp.SetStream(func(w web.StreamWriter) error {
			for i := range 3 {
				if _, err := fmt.Fprintf(w, "%d,%d\n", i, i*i); err != nil {
					return err
				}
			}
			return nil
		})
		return resp, nil
	}, httptest.NewRequest("GET", "/", nil))
	// Output:
	// 200 0,0
	// 1,1
	// 2,4
}

func ExampleResponse_SetHandler() {
	play(func(*web.Request) (*web.Response, error) {
		resp := web.Respond(http.StatusOK)
		resp.SetHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "from net/http") }))
		return resp, nil
	}, httptest.NewRequest("GET", "/", nil))
	// Output: 200 from net/http
}

func ExampleFromContext() {
	below := func(ctx context.Context) string {
		if r, ok := web.FromContext(ctx); ok {
			return "requested by " + r.RemoteAddr
		}
		return "no request"
	}
	r := web.Begin(nil, httptest.NewRequest("GET", "/", nil))
	fmt.Println(below(r.Context()))
	fmt.Println(below(context.Background()))
	// Output:
	// requested by 192.0.2.1:1234
	// no request
}

func ExampleParseAccept() {
	a := web.ParseAccept("text/html;q=0.8, application/json, */*;q=0.1")
	fmt.Println(a.Quality("text/html"), a.Best([]string{"text/html", "application/json", "image/png"}))
	// Output: 0.8 [application/json text/html image/png]
}

func ExampleNewPredicate() {
	weekday := func(day string) web.Predicate {
		return web.NewPredicate("weekday", fmt.Sprintf("%q", day), func(r *web.Request) (bool, error) {
			return r.Header.Get("X-Weekday") == day, nil
		})
	}
	fmt.Println(weekday("Monday"), web.Not(weekday("Monday")))
	// Output: weekday="Monday" !weekday="Monday"
}

func ExampleResponse_SetReader() {
	play(func(*web.Request) (*web.Response, error) {
		file, err := os.Open("testdata/hello.txt")
		if err != nil {
			return nil, err
		}
		resp := web.Respond(http.StatusOK)
		resp.SetContentType("text/plain; charset=utf-8")
		resp.SetReader(file, -1) // closed after it was sent
		return resp, nil
	}, httptest.NewRequest("GET", "/", nil))
	// Output: 200 hello from a file
}
